"""`…/message-store-templates`: texts that are ready to be sent, a user's or the company's.

Source: wire.md 2.11.
"""

from typing import Any

import msgspec

from postroom.api.call import NO_CONTENT, Call, Reply, encode
from postroom.api.endpoint import A, Group, Reach, X, endpoint
from postroom.api.path_ids import id_of
from postroom.directory import templates
from postroom.model.errors import InvalidParameter, InvalidReference, NotFound
from postroom.model.ids import ExtensionId
from postroom.model.template import Scope, Template
from postroom.wire.template_info import (
    MAIN_SITE,
    TemplateBody,
    TemplateInfo,
    TemplateList,
    template_info,
)

OF_COMPANY, OF_USER = f"{A}/message-store-templates", f"{X}/message-store-templates"
ONE_OF_COMPANY, ONE_OF_USER = f"{OF_COMPANY}/{{templateId}}", f"{OF_USER}/{{templateId}}"
CREATED = 201


class SiteRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which site it belongs to."""

    id: str = MAIN_SITE


class TemplateRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the template shall be; its id is in the path or given by the server."""

    display_name: str
    body: TemplateBody
    scope: Scope | None = None
    site: SiteRequest = SiteRequest()


class SiteQuery(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Of which sites: all, unless some are named."""

    site_ids: tuple[str, ...] = ()


class TemplateQuery(SiteQuery, frozen=True, kw_only=True, rename="camel"):
    """Whose: the user's and the company's, unless it is said."""

    scope: Scope | None = None


@endpoint(
    "GET",
    OF_COMPANY,
    "listCompanyMessageTemplates",
    scope="ReadAccounts",
    query=SiteQuery,
    answer=TemplateList,
)
async def list_of_company(call: Call[SiteQuery, None]) -> TemplateList:
    """List the templates of the company."""
    return await _listed(call, (None,))


@endpoint(
    "GET",
    OF_USER,
    "listUserMessageTemplates",
    scope="ReadAccounts",
    reach=Reach.PERSONAL,
    query=TemplateQuery,
    answer=TemplateList,
)
async def list_of_user(call: Call[TemplateQuery, None]) -> TemplateList:
    """List the templates that a user may take: the company's and their own."""
    owners = {Scope.COMPANY: (None,), Scope.PERSONAL: (call.owner,), None: (None, call.owner)}
    return await _listed(call, owners[call.query.scope])


async def _listed(
    call: Call[SiteQuery, None] | Call[TemplateQuery, None], owners: tuple[ExtensionId | None, ...]
) -> TemplateList:
    if call.query.site_ids and MAIN_SITE not in call.query.site_ids:
        return TemplateList(records=[])
    store, account_id = call.counter.store, call.company.account_id
    found = [await templates.listed(store, account_id, owner) for owner in owners]
    return TemplateList(records=[template_info(one) for some in found for one in some])


@endpoint(
    "POST",
    OF_COMPANY,
    "createCompanyMessageTemplate",
    scope="EditAccounts",
    permission="AccountAdministration",
    group=Group.MEDIUM,
    body=TemplateRequest,
    answer=TemplateInfo,
    status=CREATED,
)
async def create_of_company(call: Call[None, TemplateRequest]) -> Reply:
    """Make a template of the company, of which there may be 50."""
    return await _create(call, None)


@endpoint(
    "POST",
    OF_USER,
    "createUserMessageTemplate",
    scope="EditExtensions",
    group=Group.MEDIUM,
    reach=Reach.PERSONAL,
    body=TemplateRequest,
    answer=TemplateInfo,
    status=CREATED,
)
async def create_of_user(call: Call[None, TemplateRequest]) -> Reply:
    """Make a template of a user, of which there may be 25."""
    return await _create(call, call.owner)


async def _create(call: Call[None, TemplateRequest], owner: ExtensionId | None) -> Reply:
    new = _wanted(call, owner, next(call.counter.ids))
    await templates.create(call.counter.store, new)
    return Reply(status=CREATED, body=encode(template_info(new)))


def _wanted(call: Call[None, TemplateRequest], owner: ExtensionId | None, id: int) -> Template:
    """The template that the body describes.  Raises what contradicts the path or is not there."""
    request = call.body
    new = Template(
        account_id=call.company.account_id,
        id=id,
        extension=owner,
        name=request.display_name,
        text=request.body.text,
    )
    if request.scope not in (None, new.scope):
        raise InvalidParameter("scope", f"templates are {new.scope} here")
    if request.site.id != MAIN_SITE:
        raise InvalidReference("site.id")
    return new


@endpoint(
    "GET",
    ONE_OF_COMPANY,
    "readCompanyMessageTemplate",
    scope="ReadAccounts",
    answer=TemplateInfo,
)
async def read_of_company(call: Call[None, None]) -> TemplateInfo:
    """Get a template of the company."""
    return await _read(call, None)


@endpoint(
    "GET",
    ONE_OF_USER,
    "readUserMessageTemplate",
    scope="ReadAccounts",
    reach=Reach.PERSONAL,
    answer=TemplateInfo,
)
async def read_of_user(call: Call[None, None]) -> TemplateInfo:
    """Get a template of a user."""
    return await _read(call, call.owner)


async def _read(call: Call[None, None], owner: ExtensionId | None) -> TemplateInfo:
    store, account_id = call.counter.store, call.company.account_id
    return template_info(await templates.found(store, account_id, owner, _id(call)))


def _id(call: Call[Any, Any]) -> int:
    id = id_of(call.path["templateId"])
    if id is None:
        raise NotFound("templateId")
    return id


@endpoint(
    "PUT",
    ONE_OF_COMPANY,
    "updateCompanyMessageTemplate",
    scope="EditAccounts",
    permission="AccountAdministration",
    group=Group.MEDIUM,
    body=TemplateRequest,
    answer=TemplateInfo,
)
async def update_of_company(call: Call[None, TemplateRequest]) -> TemplateInfo:
    """Replace a template of the company."""
    return await _update(call, None)


@endpoint(
    "PUT",
    ONE_OF_USER,
    "updateUserMessageTemplate",
    scope="EditExtensions",
    group=Group.MEDIUM,
    reach=Reach.PERSONAL,
    body=TemplateRequest,
    answer=TemplateInfo,
)
async def update_of_user(call: Call[None, TemplateRequest]) -> TemplateInfo:
    """Replace a template of a user."""
    return await _update(call, call.owner)


async def _update(call: Call[None, TemplateRequest], owner: ExtensionId | None) -> TemplateInfo:
    new = _wanted(call, owner, _id(call))
    await templates.change(call.counter.store, new)
    return template_info(new)


@endpoint(
    "DELETE",
    ONE_OF_COMPANY,
    "deleteCompanyMessageTemplate",
    scope="EditAccounts",
    permission="AccountAdministration",
    group=Group.MEDIUM,
    status=204,
)
async def delete_of_company(call: Call[None, None]) -> Reply:
    """Remove a template of the company."""
    return await _delete(call, None)


@endpoint(
    "DELETE",
    ONE_OF_USER,
    "deleteUserMessageTemplate",
    scope="EditExtensions",
    group=Group.MEDIUM,
    reach=Reach.PERSONAL,
    status=204,
)
async def delete_of_user(call: Call[None, None]) -> Reply:
    """Remove a template of a user."""
    return await _delete(call, call.owner)


async def _delete(call: Call[None, None], owner: ExtensionId | None) -> Reply:
    await templates.remove(call.counter.store, call.company.account_id, owner, _id(call))
    return NO_CONTENT

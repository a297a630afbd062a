"""Whether a caller may call an endpoint, and for whose extension.

Source: wire.md 1.5, 2; another account's ids are never known: 404.
"""

from collections.abc import Callable
from typing import Any

from postroom.api.call import Call
from postroom.api.endpoint import Reach
from postroom.model import access
from postroom.model.errors import AdministratorRequired, AnotherExtension, AppLacksScope, NotFound
from postroom.model.extension import Extension
from postroom.model.ids import ExtensionId
from postroom.model.refusals import MayNotPage

MAX_DIGITS = 19
PAGES = "createInternalTextMessage"


def check(call: Call[Any, Any]) -> None:
    """Resolve the path's account and extension, and raise what stands against the caller."""
    caller, endpoint = call.caller, call.endpoint
    _check_account(call)
    call.owner = _owner(call)
    if endpoint.scope is not None and endpoint.scope not in caller.identity.scopes:
        raise AppLacksScope(endpoint.scope)
    REACHES[endpoint.reach](call)
    if endpoint.reach is not Reach.DEPARTMENT:
        access.check_permission(caller.extension, endpoint.permission)


def _check_account(call: Call[Any, Any]) -> None:
    spelled = call.path.get("accountId", "~")
    if spelled != "~" and spelled != str(call.company.account_id):
        raise NotFound("accountId")


def _owner(call: Call[Any, Any]) -> ExtensionId:
    spelled = call.path.get("extensionId", "~")
    if spelled == "~" or call.endpoint.several == "extensionId":
        return call.caller.extension.id
    owner = extension_id(spelled)
    if owner is None or owner not in call.company.extensions:
        raise NotFound("extensionId")
    return owner


def extension_id(spelled: str) -> ExtensionId | None:
    """An id as spelled in a path; `None` when it is none."""
    if spelled.isascii() and spelled.isdigit() and len(spelled) <= MAX_DIGITS:
        return ExtensionId(int(spelled))
    return None


def _free(call: Call[Any, Any]) -> None:
    """Everybody may."""


def _personal(call: Call[Any, Any]) -> None:
    caller = call.caller.extension
    if call.owner != caller.id and not caller.administrator:
        raise AnotherExtension


def _mailbox(call: Call[Any, Any]) -> None:
    access.check_mailbox(call.company, call.caller.extension, call.owner)


def _sender(call: Call[Any, Any]) -> None:
    """Nobody sends for somebody else; for pages on behalf of a department the guide has a code."""
    if call.owner == call.caller.extension.id:
        return
    if call.endpoint.operation == PAGES and call.extension.is_department:
        raise MayNotPage(call.extension.type)
    raise AnotherExtension


def _administrator(call: Call[Any, Any]) -> None:
    if not call.caller.extension.administrator:
        raise AdministratorRequired


def check_department(call: Call[Any, Any], department: Extension) -> None:
    """Raises what stands against changing a department; its managers need no permission for that.

    Unless it was taken from them.
    """
    caller, permission = call.caller.extension, call.endpoint.permission
    is_manager = caller.id in call.company.managers.get(department.id, ())
    if not is_manager or permission in caller.denied:
        access.check_permission(caller, permission)


REACHES: dict[Reach, Callable[[Call[Any, Any]], None]] = {
    Reach.PUBLIC: _free,
    Reach.ANYBODY: _free,
    Reach.COLLEAGUE: _free,
    Reach.PERSONAL: _personal,
    Reach.MAILBOX: _mailbox,
    Reach.SENDER: _sender,
    Reach.ADMINISTRATOR: _administrator,
    Reach.DEPARTMENT: _free,
}

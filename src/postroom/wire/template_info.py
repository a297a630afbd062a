"""Templates of messages as JSON.

Source: wire.md 2.11.
"""

import msgspec

from postroom.model.template import Scope, Template

MAIN_SITE = "main-site"


class SiteInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A site of the company; there is only the main one."""

    id: str
    name: str


class TemplateBody(msgspec.Struct, frozen=True, kw_only=True):
    """The text, of at most 1000 UTF-16 units."""

    text: str


class TemplateInfo(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A template."""

    id: str
    display_name: str
    body: TemplateBody
    scope: Scope
    site: SiteInfo


class TemplateList(msgspec.Struct, frozen=True, kw_only=True):
    """Templates, without pages: there are never many."""

    records: list[TemplateInfo]


def template_info(template: Template) -> TemplateInfo:
    """The record of a template."""
    return TemplateInfo(
        id=str(template.id),
        display_name=template.name,
        body=TemplateBody(text=template.text),
        scope=template.scope,
        site=SiteInfo(id=MAIN_SITE, name="Main Site"),
    )

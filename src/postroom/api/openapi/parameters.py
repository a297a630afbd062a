"""What goes into an operation: parameters of path, query and head, and the body."""

import re
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import FieldInfo

from postroom.api import query
from postroom.api.endpoint import Endpoint, Reach
from postroom.api.openapi.words import EXAMPLES, PARAMETERS
from postroom.wire.batches import MULTIPART_JSON

Schema = dict[str, Any]
_IN_PATH = re.compile(r"\{(\w+)\}")

OWN = ("accountId", "extensionId")
SPECIAL: dict[Any, Schema] = {
    query.Moment: {"type": "string", "examples": ["2026-11-21T09:00:00.000Z"]},
    query.Id: {"type": "string", "pattern": "^(~|[0-9]{1,19})$"},
    query.Page: {"type": "integer", "minimum": 1, "maximum": query.LAST_PAGE},
    query.PerPage: {"type": "integer", "minimum": 1},
    query.Count: {"type": "integer", "minimum": 1},
}
"""Types of the query that are written in another way than they are kept."""


class Field(msgspec.Struct, frozen=True):
    """One field of a query: its type without `None`, and whether it may be repeated."""

    info: FieldInfo
    hint: Any
    is_list: bool


def fields(endpoint: Endpoint) -> Iterator[Field]:
    """The fields of an endpoint's query."""
    if endpoint.query is None:
        return
    hints = get_type_hints(endpoint.query)
    for info in msgspec.structs.fields(endpoint.query):
        hint = hints[info.name]
        if get_origin(hint) in (UnionType, Union):
            [hint] = [one for one in get_args(hint) if one is not NoneType]
        is_list = get_origin(hint) is tuple
        yield Field(info, get_args(hint)[0] if is_list else hint, is_list)


def parameters(endpoint: Endpoint, schemas: dict[Any, Schema]) -> list[Schema]:
    """All parameters; `schemas` has the schema of each type."""
    written = [_in_path(name, endpoint) for name in _IN_PATH.findall(endpoint.path)]
    written += [_in_query(field, schemas) for field in fields(endpoint)]
    if endpoint.reach is Reach.SENDER:
        written.append({"$ref": "#/components/parameters/IdempotencyKey"})
    if endpoint.is_content:
        written.append({"$ref": "#/components/parameters/Range"})
    return written


def _in_path(name: str, endpoint: Endpoint) -> Schema:
    schema: Schema = {"type": "string", "minLength": 1}
    if name in OWN:
        schema["default"] = "~"
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": PARAMETERS[name],
        "schema": schema,
    }


def _in_query(field: Field, schemas: dict[Any, Schema]) -> Schema:
    info, name = field.info, field.info.encode_name
    schema = dict(SPECIAL.get(field.hint) or schemas[field.hint])
    if field.is_list:
        schema = {"type": "array", "items": schema}
    if info.default not in (msgspec.NODEFAULT, None, ()):
        schema["default"] = list(info.default) if field.is_list else info.default
    return {
        "name": name,
        "in": "query",
        "required": info.required,
        "description": PARAMETERS[name],
        "schema": schema,
    }


def body(endpoint: Endpoint, schemas: dict[Any, Schema]) -> Schema | None:
    """The body of a request, in every representation."""
    if endpoint.body is None:
        return None
    schema = schemas[endpoint.body]
    content = {media: {"schema": _as(media, schema)} for media in endpoint.media}
    if endpoint.operation in EXAMPLES:
        content["application/json"]["example"] = EXAMPLES[endpoint.operation]
    return {"required": True, "content": content}


def _as(media: str, schema: Schema) -> Schema:
    """A JSON body in another representation: beside attachments, or one for each id."""
    if media == "multipart/form-data":
        return {"type": "object", "properties": {"json": schema}, "required": ["json"]}
    if media.startswith("multipart/"):
        return {}
    if media == MULTIPART_JSON:
        item = {"type": "object", "properties": {"body": schema, "resourceId": {"type": "string"}}}
        return {"type": "array", "items": item}
    return schema


COMMON: dict[str, Schema] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Sent again within 24 hours with the same body, it gets the first answer.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    },
    "Range": {
        "name": "Range",
        "in": "header",
        "required": False,
        "description": "One range of octets: `bytes=0-499`, `bytes=500-` or `bytes=-500`.",
        "schema": {"type": "string", "pattern": "^bytes=([0-9]+-[0-9]*|-[0-9]+)$"},
    },
}
"""Parameters that several operations share."""

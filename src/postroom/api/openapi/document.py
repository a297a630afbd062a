"""The document as a whole."""

from collections.abc import Sequence
from typing import Any

import msgspec

from postroom.api.auth import OAuthErrorInfo
from postroom.api.counter import ApiSettings
from postroom.api.endpoint import Endpoint, Reach
from postroom.api.openapi import answers, parameters
from postroom.api.openapi.words import SCOPES, TAGS
from postroom.api.routes import served
from postroom.model.access import SCOPES as ALL_SCOPES
from postroom.model.message import Party

Schema = dict[str, Any]
REF = "#/components/schemas/{name}"


def document(settings: ApiSettings) -> bytes:
    """The OpenAPI document of a server, as JSON."""
    return msgspec.json.format(msgspec.json.encode(written(settings)), indent=1)


def written(settings: ApiSettings) -> Schema:
    """The OpenAPI document of a server."""
    endpoints = served(demo=settings.demo)
    schemas, components = _schemas(endpoints)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Postroom",
            "version": settings.version,
            "summary": "A message store per extension, spoken to as RingCentral's.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": settings.base}],
        "tags": [{"name": tag.name, "description": tag.sentence} for tag in _tags(endpoints)],
        "paths": _paths(endpoints, schemas),
        "components": {
            "schemas": components,
            "responses": answers.shared(schemas),
            "parameters": parameters.COMMON,
            "headers": answers.headers(),
            "securitySchemes": _security_schemes(settings.base),
        },
    }


def _schemas(endpoints: Sequence[Endpoint]) -> tuple[dict[Any, Schema], dict[str, Schema]]:
    """The schema of every type that goes in or out, and the components that they refer to."""
    types: dict[Any, None] = {OAuthErrorInfo: None, Party: None}
    for one in endpoints:
        types |= {kind: None for kind in (one.body, one.answer) if kind is not None}
        for field in parameters.fields(one):
            if field.hint not in parameters.SPECIAL:
                types[field.hint] = None
    found, components = msgspec.json.schema_components(list(types), ref_template=REF)
    components |= {
        "Error": answers.ERROR,
        "ErrorItem": answers.ERROR_ITEM,
        "Batch": answers.BATCH,
    }
    return dict(zip(types, found, strict=True)), dict(sorted(components.items()))


def _module(endpoint: Endpoint) -> str:
    return endpoint.handler.__module__.rpartition(".")[2]


def _tags(endpoints: Sequence[Endpoint]) -> list[Any]:
    there = {_module(one) for one in endpoints}
    return [tag for tag in TAGS if there.intersection(tag.modules)]


def _tag(endpoint: Endpoint) -> str:
    module = _module(endpoint)
    return next(tag.name for tag in TAGS if module in tag.modules)


def _paths(endpoints: Sequence[Endpoint], schemas: dict[Any, Schema]) -> dict[str, Schema]:
    """The operations by path and method, in the order of the groups."""
    order = [module for tag in TAGS for module in tag.modules]
    paths: dict[str, Schema] = {}
    for one in sorted(endpoints, key=lambda one: order.index(_module(one))):
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, schemas)
    return paths


def _operation(endpoint: Endpoint, schemas: dict[Any, Schema]) -> Schema:
    operation: Schema = {
        "operationId": endpoint.operation,
        "summary": endpoint.summary,
        "tags": [_tag(endpoint)],
        "x-rate-group": endpoint.group.value,
    }
    if endpoint.scope is not None:
        operation["x-app-permission"] = endpoint.scope
    if endpoint.permission is not None:
        operation["x-user-permission"] = endpoint.permission
    if given := parameters.parameters(endpoint, schemas):
        operation["parameters"] = given
    if (body := parameters.body(endpoint, schemas)) is not None:
        operation["requestBody"] = body
    operation["responses"] = answers.answers(endpoint, schemas)
    operation["security"] = _security(endpoint)
    return operation


def _security(endpoint: Endpoint) -> list[Schema]:
    if endpoint.reach is Reach.PUBLIC:
        return []
    scopes = [] if endpoint.scope is None else [endpoint.scope]
    return [{"oauth2": scopes}, {"bearer": []}]


def _security_schemes(base: str) -> dict[str, Schema]:
    flow = {
        "authorizationUrl": f"{base}/restapi/oauth/authorize",
        "tokenUrl": f"{base}/restapi/oauth/token",
        "refreshUrl": f"{base}/restapi/oauth/token",
        "scopes": {name: SCOPES.get(name, "Not used here") for name in sorted(ALL_SCOPES)},
    }
    return {
        "oauth2": {"type": "oauth2", "flows": {"authorizationCode": flow}},
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "An access token; `?access_token=` is taken as well.",
        },
    }

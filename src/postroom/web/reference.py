"""The OpenAPI document as a page for people: groups, operations, and what goes in and out.

Read from the document itself, so that the page shows nothing that the document does not say.
"""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

Schema = dict[str, Any]
DEEPEST = 5
METHODS = ("get", "post", "put", "patch", "delete")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter, or one member of a body; `depth` is how far it is nested."""

    name: str
    type: str
    sentence: str = ""
    required: bool = False
    default: str = ""
    place: str = ""
    depth: int = 0


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One status that an operation may answer with."""

    status: str
    sentence: str


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation."""

    id: str
    method: str
    path: str
    summary: str
    scope: str
    permission: str
    rate_group: str
    public: bool
    parameters: list[Row]
    media: list[str]
    body: list[Row]
    example: str
    result: str
    result_rows: list[Row]
    answers: list[Answer]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Operations that belong together."""

    name: str
    sentence: str
    operations: list[Operation]

    @property
    def anchor(self) -> str:
        """Where it is on the page."""
        return self.name.lower().replace(" ", "-")


class Reference:
    """Reads one document."""

    def __init__(self, document: Schema) -> None:
        self.document = document

    def groups(self) -> list[Group]:
        """All operations, in the groups and the order of the document."""
        found: dict[str, list[Operation]] = {}
        for path, by_method in self.document["paths"].items():
            for method in METHODS:
                if method in by_method:
                    operation = by_method[method]
                    found.setdefault(operation["tags"][0], []).append(
                        self._operation(method, path, operation)
                    )
        return [
            Group(name=tag["name"], sentence=tag["description"], operations=found[tag["name"]])
            for tag in self.document["tags"]
        ]

    def _operation(self, method: str, path: str, operation: Schema) -> Operation:
        body = operation.get("requestBody", {}).get("content", {})
        first: Schema = next(iter(body.values()), {})
        result = self._result(operation["responses"])
        return Operation(
            id=operation["operationId"],
            method=method.upper(),
            path=path,
            summary=operation["summary"],
            scope=operation.get("x-app-permission", ""),
            permission=operation.get("x-user-permission", ""),
            rate_group=operation["x-rate-group"],
            public=not operation["security"],
            parameters=[self._parameter(one) for one in operation.get("parameters", [])],
            media=list(body),
            body=list(self._rows(first.get("schema", {}))),
            example=json.dumps(first["example"], indent=2) if "example" in first else "",
            result=self._type(result),
            result_rows=list(self._rows(result)),
            answers=[
                Answer(status=status, sentence=self._resolved(one)["description"])
                for status, one in operation["responses"].items()
            ],
        )

    def _result(self, responses: Schema) -> Schema:
        """The schema of the answer when all is well."""
        content: Schema = next(iter(responses.values())).get("content", {})
        first: Schema = next(iter(content.values()), {})
        schema: Schema = first.get("schema", {})
        return schema

    def _parameter(self, given: Schema) -> Row:
        one = self._resolved(given)
        schema = one["schema"]
        default = schema.get("default")
        return Row(
            name=one["name"],
            place=one["in"],
            type=self._type(schema),
            sentence=one["description"],
            required=one["required"],
            default=_spelled(default),
        )

    def _rows(self, given: Schema, depth: int = 0) -> Iterator[Row]:
        """The members of an object, each followed by its own."""
        schema = self._object(given)
        for name, member in schema.get("properties", {}).items():
            yield Row(
                name=name,
                type=self._type(member),
                sentence=self._resolved(_some(member)).get("description", ""),
                required=name in schema.get("required", ()),
                default=_spelled(member.get("default")),
                depth=depth,
            )
            if depth < DEEPEST:
                yield from self._rows(member, depth + 1)

    def _object(self, given: Schema) -> Schema:
        """The object that a schema is about: its own, a list's, or the only one of several."""
        schema = self._resolved(_some(given))
        return self._object(schema["items"]) if schema.get("items") else schema

    def _resolved(self, schema: Schema) -> Schema:
        """What a reference leads to."""
        while "$ref" in schema:
            place: Any = self.document
            for key in schema["$ref"].removeprefix("#/").split("/"):
                place = place[key]
            schema = place
        return schema

    def _type(self, given: Schema) -> str:
        schema = self._resolved(_some(given))
        if "anyOf" in schema:
            choices = [one for one in schema["anyOf"] if one.get("type") != "null"]
            return " or ".join(self._type(one) for one in choices)
        if "enum" in schema:
            return " · ".join(map(str, schema["enum"]))
        if schema.get("type") == "array":
            return f"list of {self._type(schema.get('items', {}))}"
        if schema.get("type") == "object":
            return str(schema.get("title", "object"))
        return str(schema.get("type", ""))


def _some(schema: Schema) -> Schema:
    """A schema without the null that it may be instead."""
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return choices[0] if len(choices) == 1 else schema


def _spelled(default: object) -> str:
    match default:
        case None | []:
            return ""
        case list():
            return ", ".join(map(str, default))
        case bool():
            return str(default).lower()
        case _:
            return str(default)

"""What comes out of an operation: answers, and the refusals that it may give."""

from typing import Any

from postroom.api.auth import OAuthErrorInfo
from postroom.api.endpoint import Endpoint, Group, Reach
from postroom.wire.batches import MULTIPART_JSON

Schema = dict[str, Any]
FORM = "application/x-www-form-urlencoded"

ERROR: Schema = {
    "title": "Error",
    "description": "A refusal: the list of errors, with the first one repeated at the top.",
    "type": "object",
    "properties": {
        "errorCode": {"type": "string", "examples": ["CMN-101"]},
        "message": {"type": "string"},
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {"$ref": "#/components/schemas/ErrorItem"},
        },
        "parameterName": {"type": "string"},
        "permissionName": {"type": "string"},
    },
    "required": ["errorCode", "message", "errors"],
}
ERROR_ITEM: Schema = {
    "title": "ErrorItem",
    "description": "One thing that stands against a request.",
    "type": "object",
    "properties": {
        "errorCode": {"type": "string", "examples": ["CMN-101"]},
        "message": {"type": "string"},
        "parameterName": {"type": "string", "description": "The parameter that is wrong."},
        "permissionName": {"type": "string", "description": "The permission that is lacking."},
    },
    "required": ["errorCode", "message"],
}
BATCH: Schema = {
    "title": "Batch",
    "description": "The answers to a request with several ids, in their order.",
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "resourceId": {"type": "string"},
            "status": {"type": "integer"},
            "body": {"type": "object"},
        },
        "required": ["resourceId", "status", "body"],
    },
}

REFUSALS: dict[int, tuple[str, str]] = {
    400: ("Invalid", "Something in the request is wrong: CMN-101, CMN-103, or a code of its own."),
    401: ("Unauthorized", "Nobody is logged in, or no longer: AGW-401, OAU-213, OAU-141."),
    403: ("Forbidden", "Not allowed: CMN-401 (application), CMN-408 (user), CMN-404 (mailbox)."),
    404: ("NotFound", "There is no such resource, or not for this caller: CMN-102."),
    409: ("Conflict", "The idempotency key was used with another request: CMN-108."),
    413: ("TooLarge", "The body is too large: CMN-104."),
    415: ("UnsupportedBody", "The body is of another type: CMN-104."),
    416: ("RangeNotSatisfiable", "The range lies outside of the content: CMN-107."),
    429: ("RateExceeded", "Too many requests: CMN-301, with `Retry-After`."),
    503: ("Unavailable", "Nothing was stored; try again: CMN-201, with `Retry-After`."),
}
LIMITS = {
    "X-Rate-Limit-Group": "The rate group of the operation.",
    "X-Rate-Limit-Limit": "Requests in a window.",
    "X-Rate-Limit-Remaining": "Requests that are left in this window.",
    "X-Rate-Limit-Window": "The window in seconds.",
}
_COUNTS = ("Limit", "Remaining", "Window", "After")


def answers(endpoint: Endpoint, schemas: dict[Any, Schema]) -> dict[str, Schema]:
    """All answers of an operation by their statuses."""
    written = {str(endpoint.status): _success(endpoint, schemas)}
    if endpoint.several is not None:
        written["207"] = {
            "description": "Several ids: an answer for each.",
            "content": {
                MULTIPART_JSON: {"schema": {"$ref": "#/components/schemas/Batch"}},
                "multipart/mixed": {"schema": {"type": "string"}},
            },
        }
    if endpoint.is_content:
        written["206"] = {"description": "The range.", "content": _content(endpoint, schemas)}
        written["304"] = {"description": "The content is still what the client has."}
    for status in sorted(_refusals(endpoint)):
        written[str(status)] = _refusal(endpoint, status)
    return written


def _success(endpoint: Endpoint, schemas: dict[Any, Schema]) -> Schema:
    written: Schema = {"description": "Done."}
    if endpoint.answer is not None or endpoint.is_content:
        written["content"] = _content(endpoint, schemas)
    written["headers"] = {"RCRequestId": {"$ref": "#/components/headers/RCRequestId"}}
    if endpoint.group is not Group.NONE:
        written["headers"] |= {name: {"$ref": f"#/components/headers/{name}"} for name in LIMITS}
    return written


def _content(endpoint: Endpoint, schemas: dict[Any, Schema]) -> Schema:
    if endpoint.answer is None:
        return {media: {} for media in endpoint.produces}
    return {media: {"schema": schemas[endpoint.answer]} for media in endpoint.produces}


def _refusals(endpoint: Endpoint) -> set[int]:
    """The statuses of the refusals that an operation may give."""
    conditions = {
        400: True,
        401: endpoint.reach is not Reach.PUBLIC or FORM in endpoint.media,
        403: endpoint.reach is not Reach.PUBLIC,
        404: "{" in endpoint.path,
        409: endpoint.reach is Reach.SENDER,
        413: endpoint.body is not None,
        415: endpoint.body is not None and "application/json" in endpoint.media,
        416: endpoint.is_content,
        429: endpoint.group is not Group.NONE,
        503: endpoint.group is not Group.NONE,
    }
    return {status for status, given in conditions.items() if given}


def _refusal(endpoint: Endpoint, status: int) -> Schema:
    if FORM in endpoint.media and status in (400, 401):
        return {"$ref": "#/components/responses/OAuthRefused"}
    return {"$ref": f"#/components/responses/{REFUSALS[status][0]}"}


def shared(schemas: dict[Any, Schema]) -> dict[str, Schema]:
    """The refusals, once for all operations."""
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    written: dict[str, Schema] = {
        name: {"description": sentence, "content": error} for name, sentence in REFUSALS.values()
    }
    for name in ("RateExceeded", "Unavailable"):
        written[name]["headers"] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    written["OAuthRefused"] = {
        "description": "Refused, in the words of RFC 6749.",
        "content": {"application/json": {"schema": schemas[OAuthErrorInfo]}},
    }
    return written


def headers() -> dict[str, Schema]:
    """The headers, once for all answers."""
    sentences = LIMITS | {
        "RCRequestId": "The id of the request, as it stands in the log.",
        "Retry-After": "Seconds to wait.",
    }
    return {
        name: {
            "description": sentence,
            "schema": {"type": "integer" if name.endswith(_COUNTS) else "string"},
        }
        for name, sentence in sentences.items()
    }

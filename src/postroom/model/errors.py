"""Every refusal, as one tree.

    PostroomError
      Invalid                the request is wrong                                    400
        InvalidParameter     CMN-101          Unparsable      CMN-103
        InvalidReference     CMN-102, a body  DuplicateValue  CMN-406   ...
        ...                  MSG-3xx, EXT-4xx: `model/refusals.py`
      Unauthorized           nobody is logged in, or no longer                       401
      Forbidden              logged in, but not allowed                              403
      NotFound               CMN-102 in a path, CMN-120                              404
      Conflict               the same idempotency key with another body              409
      Unavailable            try again later                                         503

`api/errors.py` turns a class into an HTTP status.  `extras` are the members that stand beside
`errorCode` and `message`.  Source: wire.md 0.4, 1.6, 2.
"""


class PostroomError(Exception):
    """A refusal with RingCentral's code and a sentence for people.

    `sentence` and `parameter` are what a class without facts of its own always says.
    """

    code = "CMN-203"
    sentence = ""
    parameter: str | None = None

    def __init__(self, message: str = "", **extras: str) -> None:
        self.message = message or self.sentence
        self.extras = {"parameterName": self.parameter} if self.parameter else {}
        self.extras |= extras
        super().__init__(self.message)


class Invalid(PostroomError):
    """The request is wrong."""

    code = "CMN-101"


class InvalidParameter(Invalid):
    """One parameter has a value that cannot be taken."""

    def __init__(self, parameter: str, why: str = "") -> None:
        text = f"Parameter [{parameter}] value is invalid"
        super().__init__(f"{text}: {why}" if why else text, parameterName=parameter)


class Unparsable(Invalid):
    """The body is not JSON, or not JSON of this shape."""

    code = "CMN-103"


class UnparsableRequest(Invalid):
    """The request itself cannot be read: encoding, multipart, content type."""

    code = "CMN-104"


class TooManyEntries(Invalid):
    """More ids in one request than a batch may have."""

    code = "CMN-106"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The batch is limited to {limit} entries")


class Contradiction(Invalid):
    """A value in the body contradicts the path, or two spellings of one thing disagree."""

    code = "CMN-108"


class InvalidReference(Invalid):
    """Something that the body refers to does not exist in this account."""

    code = "CMN-102"

    def __init__(self, parameter: str) -> None:
        super().__init__(
            f"Resource for parameter [{parameter}] is not found", parameterName=parameter
        )


class DuplicateValue(Invalid):
    """The same value twice where each may stand once."""

    code = "CMN-406"

    def __init__(self, parameter: str) -> None:
        super().__init__(f"Duplicate value for parameter [{parameter}]", parameterName=parameter)


class TooLarge(Invalid):
    """The body is larger than the endpoint takes."""

    code = "CMN-104"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request is larger than {limit} bytes")


class UnsupportedMedia(Invalid):
    """A content type that the endpoint does not take (415)."""

    code = "MSG-348"


class UnsupportedBody(UnsupportedMedia):
    """The body's content type is not one that the endpoint reads (415)."""

    code = "CMN-104"

    def __init__(self, content_type: str) -> None:
        super().__init__(f"Content type [{content_type}] is not supported")


class Unauthorized(PostroomError):
    """Nobody is logged in, or no longer; the code says why."""

    code = "OAU-213"

    def __init__(self, message: str, code: str = "OAU-213") -> None:
        super().__init__(message)
        self.code = code


class OAuthError(PostroomError):
    """A refusal of the token endpoint: `error` is RFC 6749's word for it."""

    def __init__(self, error: str, code: str, message: str) -> None:
        super().__init__(message)
        self.error, self.code = error, code


class InvalidClient(OAuthError):
    """An application that did not prove who it is; 401 when it tried by header.

    Source: RFC 6749 5.2.
    """

    def __init__(self, message: str, code: str = "OAU-153", *, by_header: bool = False) -> None:
        super().__init__("invalid_client", code, message)
        self.by_header = by_header


class Forbidden(PostroomError):
    """Logged in, but not allowed."""

    code = "CMN-404"


class AppLacksScope(Forbidden):
    """The application has no such permission."""

    code = "CMN-401"

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"In order to call this API endpoint, application needs to have [{scope}] permission",
            permissionName=scope,
        )


class UserLacksPermission(Forbidden):
    """The user has no such permission."""

    code = "CMN-408"

    def __init__(self, permission: str) -> None:
        super().__init__(
            "In order to call this API endpoint, user needs to have "
            f"[{permission}] permission for requested resource",
            permissionName=permission,
        )


class AdministratorRequired(Forbidden):
    """Only an administrator may."""

    code = "CMN-402"
    sentence = "Administrator permission is required"


class AnotherExtension(Forbidden):
    """Another extension's resource."""

    code = "CMN-404"
    sentence = "Attempt to access another extension"


class NotFound(PostroomError):
    """Something that the path refers to does not exist, or not for this caller."""

    code = "CMN-102"

    def __init__(self, parameter: str) -> None:
        super().__init__(
            f"Resource for parameter [{parameter}] is not found", parameterName=parameter
        )


class UnknownUri(PostroomError):
    """No such path (404)."""

    code = "CMN-120"
    sentence = "Invalid URI"


class WrongMethod(PostroomError):
    """The path exists, but not with this method (405)."""

    code = "CMN-104"

    def __init__(self, allowed: str) -> None:
        super().__init__("Request method is not supported for this resource")
        self.allowed = allowed


class NotSupported(PostroomError):
    """An operation of RingCentral's public contract that Postroom lacks (501)."""

    code = "CMN-202"

    def __init__(self, operation: str) -> None:
        super().__init__(
            f"Operation [{operation}] is not supported by this server", operationId=operation
        )


class RangeNotSatisfiable(PostroomError):
    """The requested range lies outside of the content (416)."""

    code = "CMN-107"

    def __init__(self, size: int) -> None:
        super().__init__("Requested range is not satisfiable")
        self.size = size


class Conflict(PostroomError):
    """The same idempotency key came with another body (409)."""

    code = "CMN-108"
    sentence = "This idempotency key was used with another request"


class RateExceeded(PostroomError):
    """Too many requests (429); `retry_after` seconds."""

    code = "CMN-301"

    def __init__(self, retry_after: int) -> None:
        super().__init__("Request rate exceeded")
        self.retry_after = retry_after


class Unavailable(PostroomError):
    """The server cannot take it now (503); nothing was stored; `retry_after` seconds."""

    code = "CMN-201"

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__("Service temporarily unavailable")
        self.retry_after = retry_after


class Outdated(Exception):
    """Made from a directory snapshot that is no longer true; make it again from a fresh one."""


class AlreadyFiled(Exception):
    """The idempotency key, or the parts of a long message, were used by another filing."""

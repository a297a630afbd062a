"""A refusal becomes a status and a body.

Source: wire.md 0.4.
"""

from postroom.model import errors
from postroom.wire.error_info import encode_error

STATUS: tuple[tuple[type[errors.PostroomError], int], ...] = (
    (errors.UnsupportedMedia, 415),
    (errors.TooLarge, 413),
    (errors.Invalid, 400),
    (errors.OAuthError, 400),
    (errors.Unauthorized, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.UnknownUri, 404),
    (errors.WrongMethod, 405),
    (errors.Conflict, 409),
    (errors.RangeNotSatisfiable, 416),
    (errors.RateExceeded, 429),
    (errors.NotSupported, 501),
    (errors.Unavailable, 503),
)


def status_of(refusal: errors.PostroomError) -> int:
    """The HTTP status of a refusal."""
    for family, status in STATUS:
        if isinstance(refusal, family):
            return status
    return 500


def body_of(refusal: errors.PostroomError, *, symbolic: bool = False) -> bytes:
    """The JSON of a refusal; senders want a symbolic code at the top of a 400."""
    at_top = symbolic and status_of(refusal) == 400
    return encode_error(refusal.code, refusal.message, refusal.extras, symbolic=at_top)


def headers_of(refusal: errors.PostroomError) -> list[tuple[str, str]]:
    """The headers that a refusal brings."""
    match refusal:
        case errors.RateExceeded() | errors.Unavailable():
            return [("Retry-After", str(refusal.retry_after))]
        case errors.WrongMethod():
            return [("Allow", refusal.allowed)]
        case errors.RangeNotSatisfiable():
            return [("Content-Range", f"bytes */{refusal.size}")]
        case errors.Unauthorized():
            return [("WWW-Authenticate", 'Bearer realm="RingCentral REST API"')]
        case _:
            return []

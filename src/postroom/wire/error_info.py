"""A refusal as JSON: the list of errors, with the first one repeated at the top.

Source: wire.md 0.4.
"""

from collections.abc import Mapping

import msgspec

SYMBOLIC = "InvalidParameter"


def error_info(
    code: str, message: str, extras: Mapping[str, str], *, symbolic: bool = False
) -> dict[str, object]:
    """The body of a refusal; senders of SMS and pages expect a symbolic code at the top."""
    error: dict[str, object] = {"errorCode": code, "message": message, **extras}
    top = {**error, "errorCode": SYMBOLIC} if symbolic else error
    return {**top, "errors": [error]}


def encode_error(
    code: str, message: str, extras: Mapping[str, str], *, symbolic: bool = False
) -> bytes:
    """The same as bytes."""
    return msgspec.json.encode(error_info(code, message, extras, symbolic=symbolic))

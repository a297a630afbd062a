"""What may be logged: plain values under harmless names, and errors without their words.

A log line is kept for long and read by many, so what is not known to be harmless is left out:
values under names like `token` or `text`, octets, records of any kind, and the words of errors,
which often quote the value that they stumbled over.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from pathlib import Path
from traceback import walk_tb

from postroom.model.errors import PostroomError

REDACTED = "[redacted]"
SECRET_NAMES = ("code", "headers", "query")
OF_MESSAGES = ("body", "content", "octets", "payload", "pdu", "subject", "text")
OF_LOGIN = ("assertion", "authorization", "cookie", "cookies", "credential", "credentials", "jwt")
OF_SECRETS = ("passphrase", "password", "secret", "token", "tokens", "verifier")
SECRET_WORDS = frozenset((*OF_MESSAGES, *OF_LOGIN, *OF_SECRETS))
SECRET_TEXT = re.compile(
    r"(?i)\b(bearer|basic)\s+[^\s\"']+"
    r"|\b(\w*token|\w*secret|password|assertion|code|code_verifier)=[^&\s\"']+"
    r"|://[^/\s:@]*:[^/\s@]+@"
)
PLAIN = frozenset((int, float, bool, type(None)))
TELLS_NO_VALUE = (AttributeError, ImportError, NameError, RecursionError, NotImplementedError)
QUOTES_NO_VALUE = ("apsw",)
"""Modules whose errors name tables and columns, never what is in them."""
DEPTH = 4


@lru_cache(maxsize=1024)
def is_secret(name: str) -> bool:
    """Whether a name's last word promises something secret: `token`, `access_token`, `smsText`."""
    words = re.split(r"_|(?<=[a-z])(?=[A-Z])", name)
    return name.lower() in SECRET_NAMES or words[-1].lower() in SECRET_WORDS


def redacted(name: str, value: object) -> object:
    """The value as it may be logged under this name."""
    if is_secret(name):
        return REDACTED
    return value if type(value) in PLAIN else harmless(value)


def harmless(value: object, depth: int = DEPTH) -> object:
    """A value of plain parts; what is not plain becomes the name of its type."""
    match value:
        case str():
            return SECRET_TEXT.sub(REDACTED, value) if not value.isalnum() else value
        case bool() | int() | float() | None:
            return value
        case Enum() | date() | timedelta() | Path():
            return str(value)
        case BaseException():
            return told(value)
        case dict() if depth:
            return {str(k): _entry(str(k), v, depth) for k, v in value.items()}
        case list() | tuple() | set() | frozenset() if depth:
            return [harmless(entry, depth - 1) for entry in value]
        case _:
            return f"<{type(value).__name__}>"


def _entry(name: str, value: object, depth: int) -> object:
    return REDACTED if is_secret(name) else harmless(value, depth - 1)


def told(error: BaseException) -> str:
    """An error's kind, with its words only where they cannot quote a value."""
    kind = type(error).__name__
    match error:
        case PostroomError():
            return f"{kind} {error.code}"
        case OSError(strerror=str(words)):
            return f"{kind}: {words}"
        case _ if isinstance(error, TELLS_NO_VALUE) or type(error).__module__ in QUOTES_NO_VALUE:
            return f"{kind}: {error}"
        case _ if state := getattr(error, "sqlstate", None):
            return f"{kind}: SQLSTATE {state}"
        case _:
            return kind


def trace(error: BaseException) -> str:
    """Where an error came from and what caused it, innermost last."""
    return "\n".join(_trace(error, DEPTH))


def _trace(error: BaseException, depth: int) -> Iterator[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause and depth:
        yield from _trace(cause, depth - 1)
        yield "which led to"
    for frame, line in walk_tb(error.__traceback__):
        code = frame.f_code
        yield f"  {'/'.join(Path(code.co_filename).parts[-3:])}:{line} in {code.co_name}"
    yield told(error)
    if isinstance(error, BaseExceptionGroup) and depth:
        for one in error.exceptions:
            yield from _trace(one, depth - 1)

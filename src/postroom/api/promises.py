"""`Idempotency-Key`: the same key and body within 24 h gives the first answer again.

The key is unique per app, extension and path, by an index and not by looking first; looking first
only spares the rules, which may have changed their mind since.  4xx are not remembered.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from hashlib import sha256
from typing import Any, TypeVar

from postroom.api.call import Call, Reply, encode
from postroom.channels.desk import Promise
from postroom.mailbox.promises import Kept, kept
from postroom.model.access import Caller
from postroom.model.errors import AlreadyFiled, Conflict, InvalidParameter, NotFound, Outdated
from postroom.model.message import Message
from postroom.wire.message_info import message_info

HEADER = "idempotency-key"
MAX_LENGTH = 255
Draft = TypeVar("Draft")
Send = Callable[[Caller, Draft, Promise | None], Awaitable[Message]]


async def once(call: Call[Any, Any], send: Send[Draft], draft: Draft) -> Reply:
    """Send, or answer as the first time."""
    key = call.headers.get(HEADER)
    if key is None:
        return Reply(body=_spell(call.base, await send(call.caller, draft, None)))
    if not 0 < len(key) <= MAX_LENGTH:
        raise InvalidParameter(HEADER, f"1 to {MAX_LENGTH} characters are allowed")
    promise = Promise(
        digest=_digest(call, key),
        body=sha256(call.octets).digest(),
        answer=partial(_spell, call.base),
    )
    if (before := await _kept(call, promise)) is not None:
        return _again(before, promise)
    try:
        return Reply(body=_spell(call.base, await send(call.caller, draft, promise)))
    except AlreadyFiled:
        first = await _kept(call, promise)
        if first is None:
            raise Outdated from None
        return _again(first, promise)


def _spell(base: str, message: Message) -> bytes:
    return encode(message_info(message, base))


async def _kept(call: Call[Any, Any], promise: Promise) -> Kept | None:
    return await kept(
        call.counter.store, call.company.account_id, promise.digest, call.counter.clock()
    )


def _again(first: Kept, promise: Promise) -> Reply:
    if first.body != promise.body:
        raise Conflict
    if not first.answer:  # its message is purged, and what it said with it
        raise NotFound("messageId")
    return Reply(body=first.answer, headers=(("Idempotent-Replayed", "true"),))


def _digest(call: Call[Any, Any], key: str) -> bytes:
    identity = call.caller.identity
    path = call.endpoint.path
    text = f"{identity.client_id}\n{call.owner}\n{path}\n{key}"
    return sha256(text.encode("utf-8", "surrogateescape")).digest()

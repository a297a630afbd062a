"""The id of an SMS conversation: the same two numbers always give the same one.

53 bits of BLAKE2b, so that no table is read and nobody races; within an account collisions are
as unlikely as birthdays among 2^53 days.
"""

from functools import lru_cache
from hashlib import blake2b

from postroom.model.ids import MAX_ID, AccountId, ConversationId


@lru_cache(maxsize=8192)
def conversation_of(account_id: AccountId, own: str, peers: tuple[str, ...]) -> ConversationId:
    """The conversation of one own number with a set of others; MSISDNs."""
    text = f"{account_id}|{own}|{','.join(sorted(peers))}"
    digest = blake2b(text.encode(), digest_size=8).digest()
    return ConversationId((int.from_bytes(digest) & MAX_ID) or 1)

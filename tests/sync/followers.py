"""A client that keeps its tokens, for the state machine."""

from dataclasses import dataclass, field

from postroom.mailbox.syncing import Synced
from postroom.model.message import Message
from postroom.model.sync import Frame, SyncToken
from postroom.wire import sync_tokens

KEY = b"k" * 32


@dataclass(slots=True)
class Client:
    """A copy, its token, and the tokens that it had before, with the step of each."""

    frame: Frame
    token: SyncToken
    step: int
    copy: dict[int, Message] = field(default_factory=dict)
    before: list[tuple[SyncToken, int]] = field(default_factory=list)

    def take(self, synced: Synced, step: int) -> set[int]:
        """Put an answer into the copy; the ids that it told."""
        for id in synced.gone:
            self.copy.pop(id, None)
        self.copy.update({message.id: message for message in synced.messages})
        self.before.append((self.token, self.step))
        text = sync_tokens.encode(synced.token, KEY)
        decoded = sync_tokens.decode(text, KEY)
        assert decoded == synced.token
        self.token, self.step = decoded, step
        told = [*synced.gone, *(message.id for message in synced.messages)]
        assert len(told) == len(set(told))
        return set(told)

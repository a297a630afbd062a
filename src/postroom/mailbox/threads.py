"""Who takes part in a pager conversation."""

from postroom.model.company import Company
from postroom.model.errors import InvalidReference
from postroom.model.filing import Thread
from postroom.model.ids import ConversationId, ExtensionId, MessageId
from postroom.model.message import MessageType
from postroom.store import codes
from postroom.store.database import Store
from postroom.store.messages import CONVERSATION_OF, PARTICIPANTS


async def thread(
    store: Store, company: Company, extension: ExtensionId, reply_on: MessageId
) -> Thread:
    """The conversation that a copy in the mailbox belongs to, or that has this id itself.

    Participants only grow by filings and shrink with the directory's version, so what is read here
    holds for a filing made from the same company.  Raises `InvalidReference("replyOn")`.
    """
    rows = await store.look(
        CONVERSATION_OF,
        account_id=company.account_id,
        extension_id=extension,
        id=reply_on,
        type=codes.TYPE[MessageType.PAGER],
    )
    id = ConversationId(rows[0][0]) if rows else ConversationId(reply_on)
    found = await store.look(PARTICIPANTS, account_id=company.account_id, conversation_id=id)
    if not found:
        raise InvalidReference("replyOn")
    return _thread(company, id, [ExtensionId(row[0]) for row in found])


def _thread(company: Company, id: ConversationId, participants: list[ExtensionId]) -> Thread:
    departments = frozenset(
        extension
        for extension in participants
        if extension in company.extensions and company.extensions[extension].is_department
    )
    return Thread(id=id, explicit=frozenset(participants) - departments, departments=departments)

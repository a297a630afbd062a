"""`postroom participant`: who takes part in a conversation that named them."""

import argparse

from postroom.cli import Commands
from postroom.cli.office import Office, Refused, add_action, extension_of
from postroom.cli.options import id_number
from postroom.directory.provisioning import set_participant
from postroom.model.errors import InvalidReference
from postroom.model.ids import ConversationId


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("participant", help="who takes part in a conversation")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    removing = add_action(actions, "remove", "let somebody leave a conversation", remove)
    adding = add_action(actions, "add", "let somebody who left come back", add)
    for one in (removing, adding):
        one.add_argument("conversation", type=id_number, help="the conversation's id")
        one.add_argument("extension", help="the extension number")


async def remove(office: Office, arguments: argparse.Namespace) -> None:
    """Let a participant leave: they read and write nothing of it any more."""
    await _set(office, arguments, present=False)
    print(f"extension {arguments.extension} has left conversation {arguments.conversation}")


async def add(office: Office, arguments: argparse.Namespace) -> None:
    """Let a participant who left come back."""
    await _set(office, arguments, present=True)
    print(f"extension {arguments.extension} takes part in conversation {arguments.conversation}")


async def _set(office: Office, arguments: argparse.Namespace, *, present: bool) -> None:
    company, signed = await office.company(), office.signature
    extension = extension_of(company, arguments.extension).id
    conversation = ConversationId(arguments.conversation)
    try:
        await set_participant(
            office.store,
            company,
            conversation,
            extension,
            signed.at_ms,
            present=present,
            signed=signed,
        )
    except InvalidReference as error:
        raise Refused(
            f"extension {arguments.extension} was never named in conversation {conversation}"
        ) from error

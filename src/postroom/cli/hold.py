"""`postroom hold`: legal holds, under which nothing is purged or removed by anybody."""

import argparse

from postroom.cli import Commands
from postroom.cli.office import Office, Refused, add_action, extension_of, moment, show
from postroom.cli.options import id_number
from postroom.mailbox import holding
from postroom.model.company import Company
from postroom.model.errors import InvalidReference, NotFound
from postroom.model.ids import ExtensionId


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("hold", help="legal holds: nothing under one is purged or removed")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listing = add_action(actions, "list", "list the holds that stand", list_holds, lists=True)
    listing.add_argument("--released", action="store_true", help="also those that were released")
    placing = add_action(actions, "place", "hold the account, or one extension", place_hold)
    placing.add_argument("--reason", required=True, help="why: the matter's name or number")
    what = placing.add_mutually_exclusive_group()
    what.add_argument("--extension", help="the extension number; none: the whole account")
    what.add_argument(
        "--extension-id", type=id_number, metavar="ID", help="the same for one that was removed"
    )
    releasing = add_action(actions, "release", "release a hold; others stand", release_hold)
    releasing.add_argument("hold", type=id_number, help="its id, as postroom hold list shows it")


async def list_holds(office: Office, arguments: argparse.Namespace) -> None:
    """List the holds of the account."""
    company = await office.company()
    found = await holding.listed(office.store, company.account_id, released=arguments.released)
    show(
        arguments,
        [
            {
                "id": one.id,
                "extension": _number(company, one.extension),
                "reason": one.reason,
                "placed": moment(one.placed_ms),
                "by": one.placed_by,
                "released": moment(one.released_ms),
                "releasedBy": one.released_by,
            }
            for one in found
        ],
    )


def _number(company: Company, id: ExtensionId | None) -> str:
    if id is None:
        return "all"
    owner = company.extensions.get(id)
    return f"id {id}" if owner is None else owner.number


async def place_hold(office: Office, arguments: argparse.Namespace) -> None:
    """Place a hold; it stands when this is printed."""
    company = await office.company()
    extension: ExtensionId | None = None
    if arguments.extension is not None:
        extension = extension_of(company, arguments.extension).id
    elif arguments.extension_id is not None:
        extension = ExtensionId(arguments.extension_id)
    async with office.ids() as ids:
        try:
            placed = await holding.place(
                office.store,
                company.account_id,
                ids,
                extension,
                arguments.reason,
                office.signature,
            )
        except InvalidReference as error:
            raise Refused(f"there is no mailbox {extension} in {company.name}") from error
    print(f"hold {placed.id} stands on extension {_number(company, extension)}")


async def release_hold(office: Office, arguments: argparse.Namespace) -> None:
    """Release a hold; what is purged or removed from now on cannot be brought back."""
    company = await office.company()
    try:
        await holding.release(office.store, company.account_id, arguments.hold, office.signature)
    except NotFound as error:
        raise Refused(f"no hold {arguments.hold} stands in {company.name}") from error
    print(f"hold {arguments.hold} is released")

"""`postroom extension`: who has a mailbox, and what they may do."""

import argparse

import msgspec

from postroom.cli import Commands
from postroom.cli.office import Office, Refused, add_action, extension_of, show
from postroom.directory import provisioning
from postroom.model.access import ADMINISTRATORS
from postroom.model.company import Company
from postroom.model.extension import Extension, ExtensionStatus, ExtensionType

TYPES = {type.lower(): type for type in ExtensionType}
STATUSES = {status.lower(): status for status in ExtensionStatus}
YES_NO = {"yes": True, "no": False}


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("extension", help="who has a mailbox, and what they may do")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    add_action(actions, "list", "list the extensions", list_extensions, lists=True)
    adding = add_action(actions, "add", "add an extension", add_extension)
    adding.add_argument("number", help="the extension number")
    adding.add_argument("name", help="first and last name")
    adding.add_argument("--type", choices=TYPES, type=str.lower, default="user")
    changing = add_action(actions, "set", "change an extension", set_extension)
    changing.add_argument("number", help="the extension number")
    changing.add_argument("--name", help="first and last name")
    changing.add_argument("--new-number", help="another extension number")
    for one in (adding, changing):
        one.add_argument("--status", choices=STATUSES, type=str.lower)
        one.add_argument("--email")
        one.add_argument("--administrator", choices=YES_NO)
        one.add_argument(
            "--deny", action="append", default=[], metavar="PERMISSION", help="take it away"
        )
        one.add_argument(
            "--allow", action="append", default=[], metavar="PERMISSION", help="give it back"
        )
    removing = add_action(actions, "remove", "remove an extension for good", remove_extension)
    removing.add_argument("number", help="the extension number")


async def list_extensions(office: Office, arguments: argparse.Namespace) -> None:
    """List the extensions of the account."""
    company = await office.company()
    ordered = sorted(company.extensions.values(), key=lambda one: (len(one.number), one.number))
    show(
        arguments,
        [
            {
                "id": one.id,
                "number": one.number,
                "name": one.name,
                "type": one.type,
                "status": one.status,
                "email": one.email,
                "administrator": one.administrator,
                "numbers": [number.msisdn for number in company.numbers_of(one.id)],
                "denied": sorted(one.denied),
            }
            for one in ordered
        ],
    )


async def add_extension(office: Office, arguments: argparse.Namespace) -> None:
    """Add an extension."""
    company = await office.company()
    if arguments.number in company.by_number:
        raise Refused(f"there is an extension {arguments.number} already")
    new = provisioning.extension(
        arguments.number, arguments.name, type=TYPES[arguments.type], now_ms=office.clock()
    )
    async with office.ids() as ids:
        chosen = [_changed(new, arguments)]
        [added] = await provisioning.add_extensions(
            office.store, company, ids, chosen, signed=office.signature
        )
    print(f"extension {added.number} has the id {added.id}")


async def set_extension(office: Office, arguments: argparse.Namespace) -> None:
    """Change an extension; its tokens are judged anew at once."""

    async def change(company: Company) -> Extension:
        after = _changed(extension_of(company, arguments.number), arguments)
        if arguments.name is not None:
            first, _, last = arguments.name.partition(" ")
            after = msgspec.structs.replace(after, first_name=first, last_name=last)
        if arguments.new_number is not None:
            after = msgspec.structs.replace(after, number=arguments.new_number)
        await provisioning.change_extension(
            office.store, after, seen=company, signed=office.signature
        )
        return after

    after = await office.change(change)
    print(f"extension {after.number} is changed")


def _changed(extension: Extension, arguments: argparse.Namespace) -> Extension:
    """The extension after the options that adding and changing share."""
    if unknown := sorted({*arguments.deny, *arguments.allow} - ADMINISTRATORS):
        known = " ".join(sorted(ADMINISTRATORS))
        raise Refused(f"there is no permission {unknown[0]}; there are {known}")
    said = {
        "status": STATUSES.get(arguments.status or ""),
        "email": arguments.email,
        "administrator": YES_NO.get(arguments.administrator or ""),
    }
    return msgspec.structs.replace(
        extension,
        denied=(extension.denied | set(arguments.deny)) - set(arguments.allow),
        **{name: value for name, value in said.items() if value is not None},
    )


async def remove_extension(office: Office, arguments: argparse.Namespace) -> None:
    """Remove an extension: its numbers are free, and it takes part in nothing any more."""
    company = await office.company()
    extension = extension_of(company, arguments.number)
    signed = office.signature
    await provisioning.remove_extension(
        office.store, company, extension, signed.at_ms, signed=signed
    )
    print(f"extension {extension.number} is removed")

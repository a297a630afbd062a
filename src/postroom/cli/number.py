"""`postroom number`: the phone numbers of a company, and whom each belongs to."""

import argparse

from postroom.cli import Commands
from postroom.cli.office import Office, Refused, add_action, extension_of, show
from postroom.directory import provisioning
from postroom.model.address import parse_msisdn
from postroom.model.company import Company, PhoneNumber, Usage
from postroom.model.errors import DuplicateValue

USAGES = {"direct": Usage.DIRECT, "company": Usage.COMPANY, "main": Usage.MAIN}


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("number", help="the phone numbers, and whom each belongs to")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    add_action(actions, "list", "list the numbers", list_numbers, lists=True)
    adding = add_action(actions, "add", "add a number", add_number)
    assigning = add_action(actions, "assign", "give a number to another extension", assign_number)
    for one in (adding, assigning):
        one.add_argument("number", help="the phone number")
        one.add_argument("extension", help="the extension whose SMS it carries")
    adding.add_argument("--usage", choices=USAGES, default="direct")
    removing = add_action(actions, "remove", "remove a number", remove_number)
    removing.add_argument("number", help="the phone number")


async def list_numbers(office: Office, arguments: argparse.Namespace) -> None:
    """List the numbers of the account."""
    company = await office.company()
    show(
        arguments,
        [
            {
                "id": one.id,
                "number": one.msisdn,
                "usage": one.usage,
                "extension": _owner(company, one),
            }
            for one in sorted(company.numbers.values(), key=lambda one: one.msisdn)
        ],
    )


def _owner(company: Company, number: PhoneNumber) -> str | None:
    owner = company.extensions.get(number.owner)
    return None if owner is None else owner.number


async def add_number(office: Office, arguments: argparse.Namespace) -> None:
    """Add a number, as an extension's own or as the company's; a main number is told as such."""
    company = await office.company()
    msisdn = parse_msisdn(arguments.number, company.settings.home_country)
    if msisdn in company.numbers:
        raise Refused(f"{company.name} has {msisdn} already; postroom number assign moves it")
    usage = USAGES[arguments.usage]
    async with office.ids() as ids:
        owner = extension_of(company, arguments.extension).id
        try:
            added = await provisioning.add_number(
                office.store,
                company,
                ids,
                arguments.number,
                owner,
                usage,
                signed=office.signature,
            )
        except DuplicateValue as error:
            raise Refused(f"{msisdn} belongs to another company") from error
    if usage is Usage.MAIN:
        company = await office.companies.current(company.account_id)
        await provisioning.set_account(
            office.store,
            company,
            main_number=added.msisdn,
            settings=company.settings,
            signed=office.signature,
        )
    print(f"{added.msisdn} belongs to extension {arguments.extension}")


async def assign_number(office: Office, arguments: argparse.Namespace) -> None:
    """Give a number to another extension."""
    company = await office.company()
    number = number_of(company, arguments.number)
    owner = extension_of(company, arguments.extension).id
    async with office.ids() as ids:
        await provisioning.add_number(
            office.store,
            company,
            ids,
            number.msisdn,
            owner,
            number.usage,
            signed=office.signature,
        )
    print(f"{number.msisdn} belongs to extension {arguments.extension}")


async def remove_number(office: Office, arguments: argparse.Namespace) -> None:
    """Remove a number; another company may have it then."""
    company = await office.company()
    number = number_of(company, arguments.number)
    await provisioning.remove_number(office.store, company, number, signed=office.signature)
    print(f"{number.msisdn} is removed")


def number_of(company: Company, spelled: str) -> PhoneNumber:
    """The number, however it is spelled.  Raises `Refused`."""
    msisdn = parse_msisdn(spelled, company.settings.home_country)
    found = company.numbers.get(msisdn or "")
    if found is None:
        raise Refused(f"{company.name} has no number {spelled}")
    return found

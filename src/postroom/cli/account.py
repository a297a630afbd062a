"""`postroom account`: the companies of this server, and what each has chosen."""

import argparse

import msgspec

from postroom.cli import Commands
from postroom.cli.office import Office, Refused, add_action, show
from postroom.directory import provisioning
from postroom.directory.founding import found_account
from postroom.model.address import parse_msisdn
from postroom.model.company import Company
from postroom.model.keeping import Choices

YES_NO = {"yes": True, "no": False}
HOUSE = "default"
KEEPING = {
    "deleted_days": (1, 3650, "days until deleted messages are purged"),
    "purged_days": (1, 3650, "days until purged messages are removed"),
    "retention_days": (0, 90, "days until faxes and voicemails are deleted; 0: never"),
    "texts": (0, 10_000_000, "received texts in a mailbox, and sent ones; 0: any"),
    "faxes": (0, 10_000_000, "faxes in a mailbox; 0: any"),
    "voicemails": (0, 10_000_000, "voicemails in a mailbox; 0: any"),
}
"""What may be chosen of `model.keeping.Choices`: the least, the most, and what it says."""


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("account", help="the companies, and what each has chosen")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    add_action(actions, "list", "list the companies", list_accounts, lists=True)
    adding = add_action(actions, "add", "make another company", add_account)
    adding.add_argument("name", help="the company's name")
    adding.add_argument("--number", help="its main phone number")
    adding.add_argument("--extension", default="101", help="its administrator's extension (101)")
    adding.add_argument("--administrator", default="Administrator", help="the name")
    adding.add_argument("--email", default="", help="the administrator's e-mail address")
    setting = add_action(actions, "set", "change what a company has chosen", set_account)
    setting.add_argument("--main-number", help="one of its numbers")
    setting.add_argument("--home-country", help="how numbers without + are read: US, DE ...")
    setting.add_argument(
        "--department-takes-sms",
        choices=YES_NO,
        help="whether a department's own mailbox receives SMS to its number",
    )
    for name, (_, _, help) in KEEPING.items():
        setting.add_argument(f"--{name.replace('_', '-')}", type=_chosen, metavar="N", help=help)


async def list_accounts(office: Office, arguments: argparse.Namespace) -> None:
    """List the companies."""
    companies = [await office.companies.get(id) for id, _ in await office.accounts()]
    show(
        arguments,
        [
            {
                "id": company.account_id,
                "name": company.name,
                "mainNumber": company.main_number,
                "homeCountry": company.settings.home_country,
                "departmentTakesSms": company.settings.department_takes_sms,
                "keeping": _spelled(company.settings.keeping),
                "extensions": len(company.extensions),
                "numbers": len(company.numbers),
            }
            for company in companies
        ],
    )


async def add_account(office: Office, arguments: argparse.Namespace) -> None:
    """Make another company, with its administrator."""
    person = provisioning.extension(
        arguments.extension,
        arguments.administrator,
        email=arguments.email,
        now_ms=office.clock(),
    )
    async with office.ids() as ids:
        system = await found_account(
            office.store,
            ids,
            arguments.name,
            person,
            arguments.number,
            signed=office.signature,
        )
    print(f"account {system.account_id}: its administrator is extension {system.number}")


async def set_account(office: Office, arguments: argparse.Namespace) -> None:
    """Change what a company has chosen."""
    company = await office.change(lambda company: _set(office, company, arguments))
    print(f"account {company.account_id} is changed")


async def _set(office: Office, company: Company, arguments: argparse.Namespace) -> Company:
    settings = company.settings
    if arguments.home_country is not None:
        country = arguments.home_country.upper()
        settings = msgspec.structs.replace(settings, home_country=country)
    if arguments.department_takes_sms is not None:
        takes = YES_NO[arguments.department_takes_sms]
        settings = msgspec.structs.replace(settings, department_takes_sms=takes)
    settings = msgspec.structs.replace(settings, keeping=_keeping(settings.keeping, arguments))
    main = company.main_number
    if arguments.main_number is not None:
        main = parse_msisdn(arguments.main_number, settings.home_country)
        if main not in company.numbers:
            raise Refused(f"{company.name} has no number {arguments.main_number}")
    await provisioning.set_account(
        office.store, company, main_number=main, settings=settings, signed=office.signature
    )
    return company


def _chosen(spelled: str) -> int | str:
    """A number, or `default` for what the house has."""
    return spelled if spelled == HOUSE else int(spelled)


def _keeping(before: Choices, arguments: argparse.Namespace) -> Choices:
    """What the account keeps from now on; what is not said stays as it was."""
    chosen: dict[str, int | None] = {}
    for name, (least, most, _) in KEEPING.items():
        match getattr(arguments, name):
            case None:
                continue
            case int(number) if not least <= number <= most:
                raise Refused(f"--{name.replace('_', '-')} is a number from {least} to {most}")
            case int(number):
                chosen[name] = number
            case _:
                chosen[name] = None
    return msgspec.structs.replace(before, **chosen)


def _spelled(choices: Choices) -> list[str]:
    every = msgspec.structs.asdict(choices)
    return [f"{name}={value}" for name, value in every.items() if value is not None]

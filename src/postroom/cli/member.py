"""`postroom member`: who belongs to a department, and who manages it."""

import argparse

from postroom.cli import Commands
from postroom.cli.office import Office, Refused, add_action, extension_of, show
from postroom.directory import provisioning
from postroom.directory.provisioning import Assignment
from postroom.model.company import Company
from postroom.model.extension import Extension


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("member", help="who belongs to a department, and who manages it")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listing = add_action(actions, "list", "list members and managers", list_members, lists=True)
    listing.add_argument("department", nargs="?", help="one department only")
    adding = add_action(actions, "add", "put extensions into a department", add_members)
    removing = add_action(actions, "remove", "take extensions out", remove_members)
    for one in (adding, removing):
        one.add_argument("department", help="the department's extension number")
        one.add_argument("extension", nargs="+", help="extension numbers")
        one.add_argument("--manager", action="store_true", help="as managers, not as members")


def _department(company: Company, number: str) -> Extension:
    department = extension_of(company, number)
    if not department.is_department:
        raise Refused(f"extension {number} is not a department but a {department.type}")
    return department


async def list_members(office: Office, arguments: argparse.Namespace) -> None:
    """List who belongs to departments."""
    company = await office.company()
    departments = [one for one in company.extensions.values() if one.is_department]
    if arguments.department is not None:
        departments = [_department(company, arguments.department)]
    rows = []
    for department in sorted(departments, key=lambda one: (len(one.number), one.number)):
        for role, table in (("member", company.members), ("manager", company.managers)):
            for id in table.get(department.id, ()):
                one = company.extensions[id]
                rows.append(
                    {
                        "department": department.number,
                        "extension": one.number,
                        "name": one.name,
                        "status": one.status,
                        "role": role,
                    }
                )
    show(arguments, rows)


async def add_members(office: Office, arguments: argparse.Namespace) -> None:
    """Put extensions into a department."""
    await _change(office, arguments, present=True)
    print(f"department {arguments.department}: {', '.join(arguments.extension)} added")


async def remove_members(office: Office, arguments: argparse.Namespace) -> None:
    """Take extensions out of a department."""
    await _change(office, arguments, present=False)
    print(f"department {arguments.department}: {', '.join(arguments.extension)} removed")


async def _change(office: Office, arguments: argparse.Namespace, *, present: bool) -> None:
    company, signed = await office.company(), office.signature
    department = _department(company, arguments.department).id
    ids = tuple(extension_of(company, number).id for number in arguments.extension)
    if arguments.manager:
        await provisioning.set_managers(
            office.store,
            company,
            department,
            ids,
            signed.at_ms,
            present=present,
            signed=signed,
        )
        return
    assignment = (
        Assignment(department=department, added=ids)
        if present
        else Assignment(department=department, removed=ids)
    )
    await provisioning.assign_members(
        office.store, company, [assignment], signed.at_ms, signed=signed
    )

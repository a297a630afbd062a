"""`postroom password`: what people type to log in."""

import argparse
import getpass
import sys

from postroom.cli import Commands
from postroom.cli.office import Office, Refused, add_action, extension_of
from postroom.directory import provisioning
from postroom.directory.passwords import hash_password

SHORTEST = 8


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("password", help="what people type to log in")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    setting = add_action(
        actions, "set", "set it: asked for, or the first line of the input", set_password
    )
    setting.add_argument("extension", help="the extension number")


async def set_password(office: Office, arguments: argparse.Namespace) -> None:
    """Set an extension's password; whoever is logged in as it has to do so again."""
    extension = extension_of(await office.company(), arguments.extension)
    password = _asked()
    if len(password) < SHORTEST:
        raise Refused(f"a password has at least {SHORTEST} characters")
    hash, signed = hash_password(password), office.signature
    await provisioning.set_password(office.store, extension, hash, signed=signed)
    print(f"extension {extension.number} has a new password")


def _asked() -> str:
    """The password: never an argument, which others could see in the list of processes."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("New password: ")
    if getpass.getpass("Again: ") != password:
        raise Refused("the two passwords differ")
    return password

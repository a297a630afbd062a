"""Changes of the directory, made by another process than the one that is looked at."""

import msgspec

from postroom.directory import provisioning
from postroom.model.extension import ExtensionStatus
from tests.directory.lobby import Lobby


async def set_status(lobby: Lobby, number: str, status: ExtensionStatus, email: str = "") -> None:
    """Change an extension's status, and perhaps its address."""
    extension = await lobby.extension(number)
    changed = msgspec.structs.replace(extension, status=status, email=email or extension.email)
    await provisioning.change_extension(lobby.store, changed)


async def remove(lobby: Lobby, number: str) -> None:
    """Take an extension away."""
    company = await lobby.company()
    extension = company.by_number[number]
    await provisioning.remove_extension(lobby.store, company, extension, lobby.clock())

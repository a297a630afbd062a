"""The steps from an empty database to `tables.py`: numbered, forward only, both engines.

A step is a module with `upgrade(op)`, written with Alembic's operations; it is rendered to SQL for
the engine at hand and carried out in one transaction.
"""

import pkgutil
from importlib import import_module

CREATE_VERSION = "CREATE TABLE IF NOT EXISTS schema_version (number INTEGER NOT NULL)"
READ_VERSION = "SELECT max(number) FROM schema_version"
WRITE_VERSION = "INSERT INTO schema_version (number) VALUES ({number})"


class NewerSchema(Exception):
    """The database was written by a newer Postroom: there is no way back."""


def numbers() -> list[int]:
    """The numbers of all steps, in order."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(int(name[1:5]) for name in names if name.startswith("m"))


def missing(current: int) -> list[int]:
    """The steps that a database at `current` still has to take.

    Raises `NewerSchema` when it has taken steps that this program does not know.
    """
    known = numbers()
    if current > known[-1]:
        raise NewerSchema(
            f"the database is at schema {current}, this Postroom knows {known[-1]}: "
            "run the newer version, or restore a backup"
        )
    return [number for number in known if number > current]


def render(number: int, engine: str) -> list[str]:
    """One step as SQL statements, with the note that it was taken."""
    # Alembic takes a quarter of a second to import: only a start that has a step to take needs it.
    from postroom.store.migrations.rendering import rendered

    [name] = (m.name for m in pkgutil.iter_modules(__path__) if m.name.startswith(f"m{number:04}"))
    module = import_module(f"{__name__}.{name}")
    return [*rendered(module.upgrade, engine), WRITE_VERSION.format(number=number)]

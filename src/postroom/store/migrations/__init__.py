"""The steps from an empty database to `tables.py`: numbered, forward only, both engines.

A step is a module with `upgrade(op)`, written with Alembic's operations; it is rendered to SQL for
the engine at hand and carried out in one transaction.
"""

import io
import pkgutil
from importlib import import_module
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql, sqlite

_engines: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}
DIALECTS = {name: module.dialect() for name, module in _engines.items()}

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
    [name] = (m.name for m in pkgutil.iter_modules(__path__) if m.name.startswith(f"m{number:04}"))
    out = io.StringIO()
    options = {"as_sql": True, "output_buffer": out, "literal_binds": True}
    context = MigrationContext.configure(dialect=DIALECTS[engine], opts=options)
    import_module(f"{__name__}.{name}").upgrade(Operations(context))
    statements = [part.strip() for part in out.getvalue().split(";\n")]
    return [part for part in statements if part] + [WRITE_VERSION.format(number=number)]

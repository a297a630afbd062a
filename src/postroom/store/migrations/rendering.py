"""Steps as SQL: Alembic's operations, rendered for an engine without a connection."""

import io
from collections.abc import Callable
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql, sqlite

_engines: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}
DIALECTS = {name: module.dialect() for name, module in _engines.items()}


def rendered(upgrade: Callable[[Operations], None], engine: str) -> list[str]:
    """The statements of one step, in order."""
    out = io.StringIO()
    options = {"as_sql": True, "output_buffer": out, "literal_binds": True}
    context = MigrationContext.configure(dialect=DIALECTS[engine], opts=options)
    upgrade(Operations(context))
    statements = (part.strip() for part in out.getvalue().split(";\n"))
    return [part for part in statements if part]

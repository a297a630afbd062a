"""Whoever changes the directory says who does it, and when: it is entered into the audit log."""

import ast

from postroom.directory import app_registry, credentials, founding, provisioning
from tests.architecture.sources import python_files, text_of

ROOMS = ("src/postroom/api", "src/postroom/cli", "src/postroom/web", "src/postroom/workers")
SIGNED = {
    name
    for module in (app_registry, credentials, founding, provisioning)
    for name, value in vars(module).items()
    if "signed" in getattr(getattr(value, "__code__", None), "co_varnames", ())
    and not name.startswith("_")
}


def test_every_change_of_the_directory_is_signed() -> None:
    calls = [
        (path, node)
        for path in python_files()
        if str(path).startswith(ROOMS)
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.Call) and _name(node) in SIGNED
    ]
    unsigned = [
        f"{path}:{node.lineno}"
        for path, node in calls
        if "signed" not in {keyword.arg for keyword in node.keywords}
    ]

    assert len(calls) >= 15
    assert unsigned == []


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))

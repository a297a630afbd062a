import ast
from pathlib import Path

import pytest

from tests.architecture.sources import python_files, text_of

PURE_ROOMS = ("model", "wire")
PURE_MODULES = ("rules.py", "send.py", "receive.py")
IMPURE = {"open", "print", "input", "now", "utcnow", "today", "uuid1", "uuid4", "getenv"}
"""Calls that need no import to reach the clock, chance or the outside."""


def is_pure(path: Path) -> bool:
    room = path.parts[2:3]
    in_channel = room == ("channels",) and len(path.parts) > 4
    return room[0] in PURE_ROOMS if not in_channel else path.name in PURE_MODULES


def called(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name
        case _:
            return ""


PURE = [path for path in python_files() if path.parts[0] == "src" and is_pure(path)]


@pytest.mark.parametrize("path", PURE, ids=str)
def test_what_is_pure_asks_neither_the_clock_nor_chance_nor_the_outside(path: Path) -> None:
    calls = [called(node) for node in ast.walk(ast.parse(text_of(path)))]

    assert [name for name in calls if name in IMPURE] == []

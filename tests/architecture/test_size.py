import ast
from pathlib import Path

import pytest

from tests.architecture.sources import python_files, text_of

FILE_LINES = 300
FUNCTION_LINES = 50


def is_migration(path: Path) -> bool:
    return path.parent.name == "migrations"


@pytest.mark.parametrize("path", python_files(), ids=str)
def test_a_file_and_its_functions_can_be_taken_in(path: Path) -> None:
    text = text_of(path)
    long = [
        f"{node.name}: {lines} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    ]

    assert is_migration(path) or long == []
    assert is_migration(path) or len(text.splitlines()) <= FILE_LINES

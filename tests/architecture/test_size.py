import ast
from pathlib import Path

import pytest

from tests.architecture.sources import python_files, text_of

FILE_LINES = 300
FUNCTION_LINES = 50


PATHS = [path for path in python_files() if path.parent.name != "migrations"]


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_a_file_and_its_functions_can_be_taken_in(path: Path) -> None:
    text = text_of(path)
    lines = text.count("\n")
    long = {
        node.name: length
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    }

    assert long == {}
    assert lines <= FILE_LINES

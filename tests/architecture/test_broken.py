"""The table of `make broken` fits the code of today."""

from pathlib import Path

import pytest

from tests.broken import BREAKS, ROOT, RULES, Break


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: f"{broken.rule}-{broken.file}")
def test_what_is_broken_stands_in_its_file_once(broken: Break) -> None:
    assert broken.found == 1
    assert broken.new != broken.old
    assert Path(ROOT, broken.path).is_file()


def test_every_rule_is_broken() -> None:
    assert {broken.rule for broken in BREAKS} == set(RULES)

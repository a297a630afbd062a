"""Length is counted in UTF-16 units."""

from hypothesis import given
from hypothesis import strategies as st

from postroom.model.text import units


@given(st.text())
def test_a_character_outside_of_the_basic_plane_counts_twice(text: str) -> None:
    assert units(text) == sum(2 if ord(character) > 0xFFFF else 1 for character in text)


@given(st.text(), st.text())
def test_lengths_add_up(first: str, second: str) -> None:
    assert units(first + second) == units(first) + units(second)

from postroom.config.keys import SECTIONS, keys_of
from postroom.config.page import page
from tests.needs import ROOT

PAGE = (ROOT / "docs" / "configuration.md").read_text("utf-8")


def test_the_page_of_settings_is_what_the_code_says() -> None:
    assert page() == PAGE, "run `make docs`"


def test_every_key_is_on_the_page_with_a_sentence() -> None:
    for section in SECTIONS:
        for key in keys_of(section).values():
            assert f"| `{key.name}`" in PAGE
            assert key.sentence.endswith("."), f"[{section}] {key.name}"

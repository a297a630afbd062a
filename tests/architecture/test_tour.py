import re
from importlib import import_module
from pkgutil import iter_modules

import pytest

import postroom
from tests.needs import ROOT

TOUR = (ROOT / "docs" / "tour.md").read_text("utf-8")
NAMES = sorted(set(re.findall(r"`(\w+(?:\.\w+)+)`", TOUR)))
ROOMS = {module.name for module in iter_modules(postroom.__path__) if module.ispkg}
STOPS = [
    "api",
    "channels",
    "directory",
    "mailbox",
    "model",
    "store",
    "transports",
    "wire",
    "workers",
]


def exists(name: str) -> bool:
    """Whether `room.module.function`, or a method of a class, is in the package."""
    words = name.split(".")
    here = import_module(f"postroom.{words.pop(0)}")
    while words:
        if not hasattr(here, words[0]):
            try:
                import_module(f"{here.__name__}.{words[0]}")
            except ImportError:
                return False
        here = getattr(here, words.pop(0))
    return True


@pytest.mark.parametrize("name", NAMES)
def test_what_the_tour_names_is_there(name: str) -> None:
    assert name.partition(".")[0] in ROOMS
    assert exists(name)


def test_a_name_that_is_not_there_is_noticed() -> None:
    assert exists("channels.sms.send.send")
    assert not exists("channels.sms.send.post")
    assert not exists("channels.telex.send.send")


@pytest.mark.parametrize("room", STOPS)
def test_the_tour_stops_in_every_room_that_a_message_passes(room: str) -> None:
    assert any(name.startswith(f"{room}.") for name in NAMES)

"""What the pages say of commands, links, metrics and `make` is so."""

import re
import shlex
from pathlib import Path
from pkgutil import iter_modules

import pytest
from prometheus_client.metrics_core import CounterMetricFamily

import postroom
from postroom import cli
from postroom.observability.metrics import REGISTRY
from tests.architecture.sources import text_of, tracked
from tests.needs import ROOT

PAGES = [path for path in tracked() if path.suffix == ".md"]
DECISIONS = [page for page in PAGES if page.parent == Path("docs/decisions")]
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")
COMMAND = re.compile(r"(?:^ {4}|^|`)postroom ([a-z][^`\n|]*)", re.MULTILINE)
TARGET = re.compile(r"(?:^ {4}|`)make ([a-z]+)", re.MULTILINE)
METRIC = re.compile(r"\bpostroom_[a-z_]+")

LINKS = [
    (page, target)
    for page in PAGES
    for target, _ in LINK.findall(text_of(page))
    if "://" not in target
]
NAMES = [module.name for module in iter_modules(cli.__path__)]
PARSER = cli._parser(NAMES)


def commands() -> list[str]:
    """The command lines on the pages, joined where they go on."""
    texts = [text_of(page).replace("\\\n", " ") for page in PAGES]
    return sorted({line.strip() for text in texts for line in COMMAND.findall(text)})


def is_understood(line: str) -> bool:
    """Whether the command line parses; of a command that is only named, whether it is there."""
    words = shlex.split(line.rstrip(",."))
    only_named = all(word.isalpha() for word in words) and len(words) <= 2
    try:
        PARSER.parse_args([*words, "--help"] if only_named else words)
    except SystemExit as exit:
        return exit.code == 0
    return True


def test_links_between_pages_lead_somewhere() -> None:
    dead = [f"{page}: {to}" for page, to in LINKS if not (ROOT / page.parent / to).exists()]

    assert LINKS
    assert dead == []


@pytest.mark.parametrize("line", commands())
def test_commands_on_the_pages_are_understood(line: str) -> None:
    assert is_understood(line)


def test_a_command_that_is_not_there_is_noticed() -> None:
    assert is_understood("member add 200 102")
    assert is_understood("member add")
    assert not is_understood("member sack")
    assert not is_understood("members add 200 102")
    assert not is_understood("member add 200 102 --boss")


def test_the_page_on_monitoring_names_every_metric_and_no_other() -> None:
    families = list(REGISTRY.collect())
    kept = {
        f"{family.name}_total" if isinstance(family, CounterMetricFamily) else family.name
        for family in families
    }

    assert set(METRIC.findall(text_of(Path("docs/operate/monitor.md")))) == kept


def test_the_readmes_map_shows_every_room() -> None:
    rooms = {module.name for module in iter_modules(postroom.__path__) if module.ispkg}
    rows = re.findall(r"^\| \d? *\| (.+?) \|", text_of(Path("README.md")), re.MULTILINE)

    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == rooms


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_its_three_parts(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", text_of(page), re.MULTILINE)

    assert headings == ["Context", "Decision", "Consequences"]
    assert text_of(page).startswith(f"# {int(page.name[:4])}. ")


def test_make_knows_every_target_on_the_pages() -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of(Path("Makefile")), re.MULTILINE))
    named = {target for page in PAGES for target in TARGET.findall(text_of(page))}

    assert "run" in named
    assert named - targets == set()

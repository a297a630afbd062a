import re
from collections import Counter

from tests.architecture.sources import python_files, text_of
from tests.needs import ROOT

DECISION = re.compile(r"\d{4}-[a-z0-9-]+\.md")
SOURCE_KEY = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
CITATION = re.compile(r"\bSource: (.+)")
SPECIFICATION = re.compile(r"[\w-]+\.md|RFC \d+|3GPP TS [\d.]+\d|SMPP \d\.\d|ITU-T [A-Z]\.\d+")


def test_decision_records_have_numbers_that_are_used_once() -> None:
    names = [path.name for path in (ROOT / "docs" / "decisions").glob("*")]
    used = Counter(name[:4] for name in names)

    assert [name for name in names if not DECISION.fullmatch(name)] == []
    assert [number for number, times in used.items() if times > 1] == []


def test_every_source_that_is_cited_is_known() -> None:
    keys = SOURCE_KEY.findall((ROOT / "docs" / "sources.md").read_text("utf-8"))
    citations = [
        (path, line)
        for path in python_files()
        if path.parts[0] == "src"
        for line in CITATION.findall(text_of(path))
    ]

    unknown = [
        f"{path}: {line}"
        for path, line in citations
        if not line.startswith(tuple(keys)) or set(SPECIFICATION.findall(line)) - set(keys)
    ]
    assert citations
    assert unknown == []

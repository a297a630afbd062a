"""Answers to the letter: JSON files that are compared, and written anew with `GOLDEN=write`.

What differs from run to run stands there by its name: ids as `{extension 101}`, times as `{time}`;
an id that is a number, and not text, has a `#` before its name.
"""

import json
import os
import re
from typing import Any

from tests.needs import ROOT
from tests.office import Office

FOLDER = ROOT / "tests" / "golden"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d(:|%3A)\d\d(:|%3A)\d\d\.\d{3}Z")


def names(office: Office) -> dict[str, str]:
    """What the ids of the demo company are called."""
    company = office.company
    known = {str(one.id): f"{{extension {one.number}}}" for one in company.extensions.values()}
    known |= {str(one.id): f"{{number {one.msisdn}}}" for one in company.numbers.values()}
    return known


def normal(office: Office, answer: Any, **more: object) -> Any:
    """An answer with names for what differs; `more` are further names and what they stand for."""
    known = names(office) | {str(value): f"{{{name}}}" for name, value in more.items()}
    ids = re.compile("|".join(sorted(map(re.escape, known), key=len, reverse=True)))

    def named(value: Any) -> Any:
        match value:
            case dict():
                return {key: named(one) for key, one in value.items()}
            case list():
                return [named(one) for one in value]
            case bool():
                return value
            case int():
                return f"#{known[str(value)]}" if str(value) in known else value
            case str():
                return TIME.sub("{time}", ids.sub(lambda found: known[found[0]], value))
            case _:
                return value

    return named(answer)


def agrees(office: Office, name: str, answer: Any, **more: object) -> None:
    """Assert that an answer is what its golden file says."""
    path = FOLDER / f"{name}.json"
    spelled = json.dumps(normal(office, answer, **more), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(spelled, "utf-8")
    assert spelled == path.read_text("utf-8")

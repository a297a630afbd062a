"""`postroom` in a process of its own, as people run it."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.server import command, environment

SECONDS = 60.0


@dataclass(slots=True, kw_only=True)
class Answer:
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str


@dataclass(slots=True, kw_only=True)
class Desk:
    """The command line on one data directory, or on one PostgreSQL database."""

    folder: Path
    dsn: str | None = None

    def ask(self, *words: str | int, given: str = "") -> Answer:
        """Run a command; `given` is its standard input."""
        ran = subprocess.run(
            command(*map(str, words), "--data", self.folder),
            input=given,
            env=environment(dsn=self.dsn),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Answer(status=ran.returncode, out=ran.stdout, err=ran.stderr)

    def run(self, *words: str | int, given: str = "") -> str:
        """Run a command that succeeds, and tell what it said."""
        answer = self.ask(*words, given=given)
        assert answer.status == 0, answer.err
        assert answer.err == ""
        return answer.out

    def list(self, *words: str | int) -> list[dict[str, Any]]:
        """A list."""
        rows: list[dict[str, Any]] = json.loads(self.run(*words, "--json"))
        return rows

    def values(self, *words: str | int) -> dict[str, Any]:
        """Named values."""
        values: dict[str, Any] = json.loads(self.run(*words, "--json"))
        return values

    def refused(self, *words: str | int, given: str = "") -> str:
        """Run a command that is refused, and tell its one sentence."""
        answer = self.ask(*words, given=given)
        assert answer.status == 1, answer
        assert answer.out == ""
        [sentence] = answer.err.splitlines()
        assert sentence.startswith("postroom: ")
        return sentence.removeprefix("postroom: ")

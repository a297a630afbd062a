"""`postroom` as people run it: in a process of its own, or, where that will do, in this one."""

import contextlib
import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postroom.cli import main
from postroom.cli.office import in_office
from tests.server import command, environment

SECONDS = 60.0
_ = in_office  # imported here, while the standard error is still the one that logs go to


@dataclass(slots=True, kw_only=True)
class Answer:
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str


@dataclass(slots=True, kw_only=True)
class Desk:
    """The command line on one data directory, or on one PostgreSQL database.

    `apart` runs each command in a process of its own, which takes a second.
    """

    folder: Path
    dsn: str | None = None
    apart: bool = True

    def ask(self, *words: str | int | Path, given: str = "") -> Answer:
        """Run a command; `given` is its standard input."""
        spelled = [*map(str, words), "--data", str(self.folder)]
        return self._in_a_process(spelled, given) if self.apart else _here(spelled, given)

    def _in_a_process(self, words: list[str], given: str) -> Answer:
        ran = subprocess.run(
            command(*words),
            input=given,
            env=environment(dsn=self.dsn),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Answer(status=ran.returncode, out=ran.stdout, err=ran.stderr)

    def run(self, *words: str | int | Path, given: str = "") -> str:
        """Run a command that succeeds, and tell what it said."""
        answer = self.ask(*words, given=given)
        assert answer.status == 0, answer.err
        assert answer.err == ""
        return answer.out

    def list(self, *words: str | int | Path) -> list[dict[str, Any]]:
        """A list."""
        rows: list[dict[str, Any]] = json.loads(self.run(*words, "--json"))
        return rows

    def values(self, *words: str | int | Path) -> dict[str, Any]:
        """Named values."""
        values: dict[str, Any] = json.loads(self.run(*words, "--json"))
        return values

    def refused(self, *words: str | int | Path, given: str = "") -> str:
        """Run a command that is refused, and tell its one sentence."""
        answer = self.ask(*words, given=given)
        assert answer.status == 1, answer
        assert answer.out == ""
        [sentence] = answer.err.splitlines()
        assert sentence.startswith("postroom: ")
        return sentence.removeprefix("postroom: ")


def _here(words: list[str], given: str) -> Answer:
    out, err, stdin = _stream(), _stream(), sys.stdin
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        sys.stdin = io.StringIO(given)
        try:
            status = main(words)
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        finally:
            sys.stdin = stdin
    return Answer(status=status, out=_written(out), err=_written(err))


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), write_through=True)


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()

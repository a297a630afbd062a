"""Break each rule of the guide once, in a copy, and see its story turn red: `make broken`.

A story that stays green proves nothing; so does a row here whose text is no longer in its file.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copy2
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
RULES = range(1, 16)
AT_ONCE = min(4, os.cpu_count() or 1)
FAILED = 1
"""How pytest ends when a test failed; every other end proves nothing."""
NOTICED = re.compile(r"^FAILED \S+::(\w+)", re.MULTILINE)


class Break(NamedTuple):
    """One small change that breaks a rule, and the story that must notice."""

    rule: int
    file: str
    old: str
    new: str
    story: str = ""

    @property
    def path(self) -> str:
        """The story's file."""
        return f"tests/stories/{self.story or f'test_rule_{self.rule:02}.py'}"

    @property
    def found(self) -> int:
        """How often the text is in its file: once, or this row is out of date."""
        return (ROOT / self.file).read_text().count(self.old)


PAGER = "src/postroom/channels/pager/rules.py"
RECEPTION = "src/postroom/channels/sms/reception.py"
INFO = "src/postroom/wire/message_info.py"

BREAKS = (
    Break(
        1,
        "src/postroom/channels/pager/send.py",
        "for extension in (sender, *audience.named)}",
        "for extension in audience.named}",
    ),
    Break(
        2, PAGER, "for member_id in company.members.get(extension.id, ()):", "for member_id in ():"
    ),
    Break(
        3,
        PAGER,
        "if sender.type is not USER:",
        "if sender.type is None:",
    ),
    Break(4, PAGER, "if inactive:", "if inactive and not named:"),
    Break(
        5, PAGER, "if member.is_active and member_id != sender.id:", "if member_id != sender.id:"
    ),
    Break(6, PAGER, "if not takes_part(company, sender.id, thread):", "if thread is None:"),
    Break(
        6,
        "src/postroom/directory/companies.py",
        "if versions and tuple(versions[0]) == (held.version, held.session_version):",
        "if versions:",
        "test_rule_06_processes.py",
    ),
    Break(
        6,
        "src/postroom/mailbox/plans.py",
        "closed=bool(opening.closed),",
        "closed=False,",
        "test_search.py",
    ),
    Break(
        7,
        RECEPTION,
        "RECEIVERS = frozenset({ExtensionType.USER, ExtensionType.VOICEMAIL})",
        "RECEIVERS = frozenset(ExtensionType)",
    ),
    Break(8, "src/postroom/model/text.py", "SMS_UNITS = 1000", "SMS_UNITS = 1001"),
    Break(
        9,
        "src/postroom/channels/sms/rules.py",
        "if number is None or number.owner != sender.id:",
        "if number is None:",
    ),
    Break(
        10,
        RECEPTION,
        "return extension.is_active and may_take_sms(company, extension)",
        "return may_take_sms(company, extension)",
    ),
    Break(
        11,
        "src/postroom/channels/sms/send.py",
        "QUEUED if inside is None else SENT",
        "QUEUED",
    ),
    Break(
        12,
        INFO,
        "None if message.delivered_ms is None else iso(message.delivered_ms)",
        "iso(message.modified_ms)",
    ),
    Break(
        13,
        INFO,
        "message.to_department if type is PAGER else None",
        "message.to_department",
    ),
    Break(
        14,
        "src/postroom/model/lifecycle.py",
        "(ALIVE, Step.DELETE): DELETED,",
        "(ALIVE, Step.DELETE): PURGED,",
    ),
    Break(
        14,
        "src/postroom/model/keeping.py",
        "before_ms=now_ms - days * DAY_MS",
        "before_ms=now_ms - days * DAY_MS + DAY_MS",
        "test_lifecycle.py",
    ),
    Break(
        14,
        "src/postroom/store/judgement.py",
        'after = replace(after, subject="", attachments=None)',
        "after = replace(after, attachments=None)",
        "test_lifecycle.py",
    ),
    Break(
        14,
        "src/postroom/store/batch.py",
        "        if verdict.gone:\n            del states[key]",
        "        if verdict.gone:\n            continue",
        "test_lifecycle.py",
    ),
    Break(
        14,
        "src/postroom/model/lifecycle.py",
        "(ALIVE, Step.EVICT): DELETED",
        "(ALIVE, Step.EVICT): PURGED",
        "test_retention.py",
    ),
    Break(
        14,
        "src/postroom/model/keeping.py",
        "AGEING_TYPES = (MessageType.FAX, MessageType.VOICEMAIL)",
        "AGEING_TYPES = (MessageType.FAX,)",
        "test_retention.py",
    ),
    Break(
        15,
        "src/postroom/api/ranges.py",
        "start, end = max(size - suffix, 0), size",
        "start, end = max(size - suffix - 1, 0), size",
    ),
    Break(
        14,
        "src/postroom/store/judgement.py",
        "if held and lifecycle.is_held_off(availability, wish.step):",
        "if held and wish.by is None:",
        "test_legal_hold.py",
    ),
    Break(
        14,
        "src/postroom/store/provisioning.py",
        "yield from holds.inherit(account_id, [one_.id for one_ in new])",
        "yield from holds.inherit(account_id, [])",
        "test_legal_hold.py",
    ),
    Break(
        14,
        "src/postroom/store/batch.py",
        "    yield from sign(page)\n    return results",
        "    return results",
        "test_audit_log.py",
    ),
    Break(
        14,
        "src/postroom/model/audit.py",
        "if entry.previous != head.hash:",
        "if not entry.previous:",
        "../model/test_audit.py",
    ),
)


class Outcome(NamedTuple):
    """What became of one break."""

    broken: Break
    verdict: str
    seconds: float
    output: str = ""


def copied(folder: Path) -> None:
    """Lay a copy of the working tree into a folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            copy2(ROOT / name, folder / name)


def tried(broken: Break) -> Outcome:
    """Break the rule in a copy, and let its story run there."""
    begun = time.monotonic()
    if broken.found != 1:
        return Outcome(broken, f"FOUND {broken.found} TIMES", 0.0)
    with tempfile.TemporaryDirectory(prefix="broken-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        copied(folder)
        file = folder / broken.file
        file.write_text(file.read_text().replace(broken.old, broken.new))
        ran = told(folder, broken.path)
    seconds = time.monotonic() - begun
    return Outcome(broken, verdict_of(ran), seconds, ran.stdout)


def verdict_of(ran: subprocess.CompletedProcess[str]) -> str:
    """Red only when a test failed: a fixture that breaks is no proof."""
    if ran.returncode == FAILED and NOTICED.search(ran.stdout):
        return "red"
    return "GREEN" if ran.returncode == 0 else f"NOT RUN ({ran.returncode})"


def told(folder: Path, story: str) -> subprocess.CompletedProcess[str]:
    """A story, on SQLite, up to its first failure."""
    options = ["-q", "-x", "-k", "not postgresql", "-p", "no:cacheprovider", "--tb=line"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, f"--basetemp={folder / 'tmp'}", story],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{folder / 'src'}{os.pathsep}{folder}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
    )


def main() -> int:
    """Print a line for each break; 1 when one of them proved nothing."""
    outcomes: list[Outcome] = []
    print("rule  verdict   time  broken in, and noticed by")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for outcome in pool.map(tried, BREAKS):
            outcomes.append(outcome)
            print(line(outcome), flush=True)
    return summary(outcomes)


def line(outcome: Outcome) -> str:
    """The rule, the verdict, what was broken, and the test that noticed it."""
    broken, verdict, seconds, output = outcome
    noticed = NOTICED.search(output)
    where = f"{broken.file.removeprefix('src/postroom/')}: {broken.new}"
    by = f"\n{'':21}{noticed[1]}" if noticed else ""
    return f"{broken.rule:>4}  {verdict:<9} {seconds:4.1f}s {where}{by}"


def summary(outcomes: Sequence[Outcome]) -> int:
    """Tell what proved nothing, with the end of what pytest said."""
    idle = [outcome for outcome in outcomes if outcome.verdict != "red"]
    for outcome in idle:
        print(f"\nrule {outcome.broken.rule}: {outcome.verdict}")
        print(*outcome.output.splitlines()[-8:], sep="\n")
    print(f"\n{len(outcomes) - len(idle)} of {len(outcomes)} breaks were noticed")
    return 1 if idle else 0


if __name__ == "__main__":
    sys.exit(main())

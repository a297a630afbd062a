"""Processes beside a test whose own process has threads.

The event loop's way of starting one forks, and runs code in the child before it becomes the other
program: where a thread holds a lock at that moment, the child waits for ever.  `subprocess` runs
none.
"""

import asyncio
import subprocess
import sys
from typing import IO

from tests.needs import ROOT


class Process:
    """A Python module of the tests at work in a process of its own."""

    def __init__(self, *words: str, told: bool = False) -> None:
        self._popen = subprocess.Popen(
            (sys.executable, "-m", *words),
            cwd=ROOT,
            env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if told else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.pid = self._popen.pid

    async def line(self) -> bytes:
        """The next line that it says."""
        stdout: IO[bytes] | None = self._popen.stdout
        assert stdout is not None
        return await asyncio.to_thread(stdout.readline)

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        self._popen.send_signal(number)

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        self._popen.kill()

    async def wait(self) -> int:
        """Wait for its end."""
        try:
            return await asyncio.to_thread(self._popen.wait)
        finally:
            if self._popen.stdout is not None:
                self._popen.stdout.close()

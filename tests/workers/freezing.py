"""Freezes a process of ours, as a hypervisor or a full disk would."""

import fcntl
import os
import signal
from pathlib import Path
from typing import Protocol

from postroom.store.database import StoreSettings


class Node(Protocol):
    """A process, however it was started."""

    @property
    def pid(self) -> int:
        """Its number."""
        ...

    def send_signal(self, signal: int, /) -> None:
        """Send it a signal."""
        ...


def freeze(node: Node, where: StoreSettings) -> None:
    """Freeze a node between two batches: inside of one it would keep SQLite's file lock."""
    if where.path is None:
        node.send_signal(signal.SIGSTOP)
        return
    lock = os.open(f"{where.path}.lock", os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    node.send_signal(signal.SIGSTOP)
    stat = Path(f"/proc/{node.pid}/stat")
    while stat.read_text().rpartition(")")[2].split()[0] != "T":
        pass
    os.close(lock)

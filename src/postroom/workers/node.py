"""Who this process is, so that another one on the same machine can tell that it died."""

import itertools
import os
import socket
from functools import cache
from pathlib import Path

_serial = itertools.count(1)


def identity() -> str:
    """A name for a holder of leases, never given twice: machine, process, start and number."""
    pid = os.getpid()
    return f"{_machine()}:{pid}:{_started(pid)}:{next(_serial)}"


def is_gone(holder: str) -> bool:
    """Whether a holder on this machine has died for sure; of another machine nobody knows."""
    machine, _, rest = holder.partition(":")
    pid, _, rest = rest.partition(":")
    started = rest.partition(":")[0]
    if machine != _machine() or not pid.isdecimal() or not started:
        return False
    return _started(int(pid)) != started


@cache
def _machine() -> str:
    """One boot of one machine, as processes that see each other's numbers know it."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        space = Path("/proc/self/ns/pid").readlink().name.replace(":", "=")
    except OSError:
        return socket.gethostname()
    return f"{socket.gethostname()}/{boot}/{space}"


def _started(pid: int) -> str:
    """When a process started, in ticks since boot; empty when there is none or nobody says."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state == "Z" else fields[18]

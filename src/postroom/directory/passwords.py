"""Passwords: hashed with argon2, slowly and on threads of their own."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

THREADS = 2
MEMORY_KIB = 19 * 1024
"""With two passes and one lane the least that OWASP recommends: some 20 ms and 19 MiB."""

_HASHER = PasswordHasher(time_cost=2, memory_cost=MEMORY_KIB, parallelism=1)


def hash_password(password: str) -> str:
    """What is stored of a password; takes some 20 ms of a core."""
    return _HASHER.hash(_octets(password))


class Passwords:
    """Verifies passwords, two at a time, without holding up the event loop."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, "postroom-password")
        self._nobodys = hash_password(secrets.token_urlsafe())

    async def fits(self, password: str, hash: str | None) -> bool:
        """Whether the password belongs to the hash; without a hash `False`, after the same time."""
        loop = asyncio.get_running_loop()
        verified = await loop.run_in_executor(
            self._pool, _fits, password, self._nobodys if hash is None else hash
        )
        return verified and hash is not None

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False)


def _fits(password: str, hash: str) -> bool:
    try:
        return _HASHER.verify(hash, _octets(password))
    except (VerificationError, InvalidHashError):
        return False


def _octets(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")

"""One transaction after the other on the same connection, without a trip for each beginning."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any


class Chain:
    """A writer's connection: kept, and with it the next transaction open, while more waits.

    An open transaction that is not used holds no locks.  `more` says whether there is something
    to write.
    """

    def __init__(self, pool: Any, more: Callable[[], bool]) -> None:
        self._pool, self._more = pool, more
        self._connection: Any = None
        self._is_open = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """The connection inside of a transaction, which is committed at the end of the block.

        After an error the connection is given back: the next transaction gets another one if that
        one is broken.
        """
        try:
            if self._connection is None:
                self._connection = await self._pool.acquire()
            if not self._is_open:
                await self._connection.execute("BEGIN")
            yield self._connection
            self._is_open = self._more()
            await self._connection.execute("COMMIT AND CHAIN" if self._is_open else "COMMIT")
        except BaseException:
            await self._give_back()
            raise

    async def rest(self) -> None:
        """There is nothing to write: keep nothing."""
        if self._connection is not None:
            await self._give_back()

    async def _give_back(self) -> None:
        connection, self._connection = self._connection, None
        self._is_open = False
        if connection is None:
            return
        try:
            if connection.is_in_transaction():
                await connection.execute("ROLLBACK")
        except Exception:
            connection.terminate()
        finally:
            with suppress(Exception):
                await self._pool.release(connection)

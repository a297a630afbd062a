"""A PostgreSQL as it is after some days: its WAL segments are there, and are used again.

A new server makes each segment of 16 MB when it is first needed, fills it with zeros and syncs it,
while every commit waits.  One that has run for a while has recycled segments, as many as
`min_wal_size` keeps.  Nothing that makes a commit durable is changed.
"""

import asyncpg

SETTINGS = {"min_wal_size": "1GB", "max_wal_size": "4GB"}
SEGMENTS = 72


async def season(dsn: str) -> None:
    """Let the server go through its segments once, and recycle them with a checkpoint."""
    connection = await asyncpg.connect(dsn)
    try:
        for name, value in SETTINGS.items():
            await connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        await connection.execute("SELECT pg_reload_conf()")
        for _ in range(SEGMENTS):
            await connection.execute("SELECT pg_logical_emit_message(false, 'bench', 'x')")
            await connection.execute("SELECT pg_switch_wal()")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def beside(dsn: str, name: str) -> str:
    """The DSN of one more empty database on the same server."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE template1")
    finally:
        await connection.close()
    before, _, after = dsn.partition("?")
    return f"{before.rpartition('/')[0]}/{name}?{after}"

"""The first page of a list with each combination of filters, in a small and in a huge mailbox."""

import tempfile
import time
from pathlib import Path

import uvloop

from bench.furniture import fill, varied
from bench.machine import MINE, Running, serving
from bench.reading import JWT, Connection
from bench.report import Row, Table, median, percentile
from bench.servers import settings

SIZES = {"102": 1_000, "107": 1_000_000}
ROUNDS = 40
EVER = "dateFrom=2000-01-01"
PEER, OWN = "%2B14150000000", "%2B16505550101"
OTHER = "%2B14150000001"
DATES = "dateFrom={since}&dateTo={until}"

FILTERS = (
    EVER,
    DATES,
    f"{EVER}&messageType=SMS",
    f"{EVER}&messageType=Fax",
    f"{EVER}&messageType=Pager&messageType=Fax",
    f"{EVER}&messageType=VoiceMail",
    f"{EVER}&direction=Inbound",
    f"{EVER}&readStatus=Unread",
    f"{EVER}&readStatus=Read&direction=Outbound&messageType=SMS",
    f"{EVER}&availability=Deleted",
    f"{EVER}&availability=Alive&availability=Deleted",
    f"{EVER}&availability=Deleted&messageType=Fax&direction=Outbound",
    f"{DATES}&readStatus=Unread&direction=Inbound",
    f"{DATES}&messageType=Fax",
    f"{EVER}&conversationId={{conversation}}",
    f"{EVER}&conversationId={{conversation}}&direction=Inbound&readStatus=Read",
    f"{DATES}&conversationId={{conversation}}",
    f"{EVER}&conversationId={{conversation}}&conversationId={{another}}",
    f"{DATES}&conversationId={{conversation}}&conversationId={{another}}",
    f"{EVER}&phoneNumber={PEER}",
    f"{EVER}&phoneNumber={OWN}",
    f"{EVER}&phoneNumber={PEER}&direction=Inbound&messageType=SMS",
    f"{DATES}&phoneNumber={PEER}",
    f"{EVER}&distinctConversations=true",
    f"{EVER}&distinctConversations=true&messageType=SMS",
    f"{EVER}&distinctConversations=true&readStatus=Unread",
    f"{DATES}&distinctConversations=true",
    f"{EVER}&distinctConversations=true&phoneNumber={PEER}",
)


def measure(dsns: dict[str, str | None]) -> Table:
    """Every combination in both mailboxes, in turn."""
    rows: list[Row] = []
    for engine, dsn in dsns.items():
        with tempfile.TemporaryDirectory(dir=".") as folder:
            uvloop.run(fill(settings(0, Path(folder), dsn, None), SIZES, varied))
            with serving("house", Path(folder), dsn) as running:
                rows += [_row(engine, text, running) for text in FILTERS]
    goals = "p50 at 1e6 <= 1.3 x p50 at 1e3 with an index, none above 5 x"
    return Table("A page of up to 100 with filters", goals, rows)


def _row(engine: str, text: str, running: Running) -> Row:
    connection = Connection(running)
    paths = {number: _path(text, running, number) for number in SIZES}
    tokens = {number: running.token(JWT[number]) for number in SIZES}
    seen: dict[str, list[float]] = {number: [] for number in SIZES}
    for _ in range(ROUNDS):
        for number, path in paths.items():
            begun = time.perf_counter()
            connection.ask("GET", path, tokens[number])
            seen[number].append(time.perf_counter() - begun)
    small, large = seen["102"], seen["107"]
    return {
        "store": engine,
        "filters": text.replace(f"{EVER}&", "").replace(DATES, "dates"),
        "p50 ms at 1e3": f"{median(small) * 1e3:.2f}",
        "at 1e6": f"{median(large) * 1e3:.2f}",
        "1e6 / 1e3": f"{median(large) / median(small):.2f}",
        "p99 ms at 1e6": f"{percentile(large, 0.99) * 1e3:.2f}",
        "first request ms at 1e6": f"{large[0] * 1e3:.1f}",
    }


def _path(text: str, running: Running, number: str) -> str:
    """The filters with a conversation of the mailbox, and dates that take a third of it."""
    if "conversation}" in text:
        text = text.replace("{conversation}", _conversation(running, number, PEER))
        text = text.replace("{another}", _conversation(running, number, OTHER))
    since = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 200 * 86_400))
    until = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 100 * 86_400))
    text = text.replace("{since}", since).replace("{until}", until)
    return f"{MINE}/message-store?{text}"


def _conversation(running: Running, number: str, peer: str) -> str:
    path = f"{MINE}/message-store?{EVER}&phoneNumber={peer}&perPage=1"
    answer = Connection(running).ask("GET", path, running.token(JWT[number]))
    return answer.partition(b'"conversationId":')[2].partition(b",")[0].decode()

"""Message store reports at the counter: shapes, filters, ranges, and what is refused."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from postroom.config.settings import Server
from postroom.store import reports as rows
from postroom.store.database import StoreSettings, migrate
from tests.faxes import fax
from tests.goldens import agrees
from tests.office import BASE, DAY_MS, V1, Office, opened, refusal
from tests.reports import TASKS, archives, asked, collected, made, over, records, taken

NOBODY_WORKS = Server(public_url=BASE, roles=("api", "events", "transport"))


@pytest.fixture
async def idle(tmp_path: Path) -> AsyncIterator[Office]:
    """An office in which nobody makes reports."""
    where = StoreSettings(path=tmp_path / "postroom.db")
    await migrate(where)
    async with opened(where, tmp_path, server=NOBODY_WORKS) as office:
        yield office


async def test_a_task_and_its_archives_as_clients_see_them(office: Office) -> None:
    await fax(office)
    task = await asked(office, messageTypes=["Fax", "VoiceMail"])
    done = await over(office, task["id"])

    agrees(office, "report_accepted", task, task=task["id"])
    agrees(office, "report_completed", done, task=task["id"])
    listed = await archives(office, task["id"])
    assert [one.pop("size") > 100 for one in listed] == [True, True]
    agrees(office, "report_archives", {"records": listed}, task=task["id"])


async def test_what_was_not_asked_for_is_not_there(office: Office) -> None:
    await office.page(101, 102)
    await fax(office)
    account, ben = office.company.account_id, office.id(102)

    of_type = records(
        await collected(office, await made(office, messageTypes=["Fax"])), account, ben
    )
    before = {"dateFrom": "2001-01-01", "dateTo": "2001-01-02T00:00:00Z"}
    of_another_day = await collected(office, await made(office, **before))
    office.forward(2 * DAY_MS)
    of_yesterday = await collected(office, await made(office))

    assert [one["type"] for one in of_type] == ["Fax"]
    assert (of_another_day, of_yesterday) == ({}, {})


async def test_attachments_are_spread_over_archives_of_bounded_size(
    idle: Office,
) -> None:
    ids = [await fax(idle, 102, bytes([n]) * 5_000) for n in range(5)]
    reporter = idle.house.reporter
    reporter.largest = 12_000
    task = await asked(idle)
    working = asyncio.create_task(reporter.run())

    await over(idle, task["id"])
    listed = await archives(idle, task["id"])
    each = [await taken(idle, one["uri"]) for one in listed]
    working.cancel()

    assert [len(files) for files in each] == [1, 2, 2, 1]
    assert all(one["size"] <= 12_000 for one in listed)
    contents = {
        name.rpartition("/")[2]: octets for files in each[1:] for name, octets in files.items()
    }
    assert contents == {str(id): bytes([n]) * 5_000 for n, id in enumerate(ids)}


async def test_an_archive_is_served_in_ranges(office: Office) -> None:
    [only] = await archives(office, await made(office))
    whole = await office.call(101, "GET", only["uri"])

    part = await office.call(101, "GET", only["uri"], headers={"Range": "bytes=2-5"})
    head = await office.call(101, "HEAD", only["uri"])
    known = {"If-None-Match": whole.headers["etag"]}

    assert len(whole.content) == only["size"] == int(head.headers["content-length"])
    assert (part.status_code, part.content) == (206, whole.content[2:6])
    assert head.content == b""
    assert whole.headers["content-disposition"].startswith("attachment; ")
    assert (await office.call(101, "GET", only["uri"], headers=known)).status_code == 304


async def test_another_account_knows_nothing_of_it(office: Office) -> None:
    id = await made(office)

    elsewhere = await office.call(101, "GET", f"{V1}/account/1/message-store-report/{id}")
    store, account = office.house.store, office.company.account_id
    rows_elsewhere = await store.fetch(rows.GET, account_id=account + 1, id=id)

    assert refusal(elsewhere) == (404, "CMN-102")
    assert rows_elsewhere == []


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"dateFrom": "yesterday"}, "dateFrom"),
        ({"dateTo": "2024-13-01"}, "dateTo"),
        ({"dateFrom": 7}, "dateFrom"),
        ({"dateFrom": "2024-02-02", "dateTo": "2024-02-01"}, "dateFrom"),
        ({"messageTypes": ["Letter"]}, "messageTypes"),
        ({"messageTypes": "Fax"}, "messageTypes"),
        ([], "body"),
    ],
)
async def test_a_wish_that_cannot_be_read_is_named(
    office: Office, body: object, parameter: str
) -> None:
    answer = await office.call(101, "POST", TASKS, json=body)

    assert refusal(answer) == (400, "CMN-101")
    assert answer.json()["parameterName"] == parameter


@pytest.mark.parametrize("id", ["1", "x" * 5000, "%00", "%F0%9F%99%82", "a%2Fb"])
@pytest.mark.parametrize("below", ["", "/archive", "/archive/0"])
async def test_a_task_that_there_is_not_is_404(office: Office, id: str, below: str) -> None:
    answer = await office.call(101, "GET", f"{TASKS}/{id}{below}")

    assert answer.status_code == 404


@pytest.mark.parametrize("number", ["7", "x", "-1", "99999999999999999999"])
async def test_an_archive_that_there_is_not_is_404(office: Office, number: str) -> None:
    answer = await office.call(101, "GET", f"{TASKS}/{await made(office)}/archive/{number}")

    assert refusal(answer) == (404, "CMN-102")
    assert answer.json()["parameterName"] == "archiveId"


async def test_there_is_no_archive_before_the_end(idle: Office) -> None:
    id = (await asked(idle))["id"]

    assert refusal(await idle.call(101, "GET", f"{TASKS}/{id}/archive")) == (404, "CMN-102")
    assert refusal(await idle.call(101, "GET", f"{TASKS}/{id}/archive/0")) == (404, "CMN-102")

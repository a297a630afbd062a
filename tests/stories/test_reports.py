"""An administrator takes the company's correspondence home: message store reports."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import SmallInteger, update

from postroom.config.settings import Server
from postroom.directory import provisioning
from postroom.model.report import ATTEMPTS
from postroom.store.commands import Steps, one
from postroom.store.database import StoreSettings
from postroom.store.statements import Statement, arg
from postroom.store.tables import report
from tests.damage import spoil
from tests.faxes import OCTETS, fax, key_of
from tests.office import BASE, DAY_MS, OUTSIDE, Office, opened, refusal
from tests.reports import TASKS, asked, collected, forgotten, made, over, records
from tests.workers.reporting_child import child

NOBODY_WORKS = Server(public_url=BASE, roles=("api", "events", "transport"))
TRIED = Statement(update(report).values(attempts=arg("attempts", SmallInteger())))


@pytest.fixture
async def idle(store_settings: StoreSettings, tmp_path: Path) -> AsyncIterator[Office]:
    """An office in which nobody makes reports."""
    async with opened(store_settings, tmp_path, server=NOBODY_WORKS) as office:
        yield office


async def test_an_administrator_asks_waits_downloads_and_has_everything(office: Office) -> None:
    await office.sms(102, "+16505550102", OUTSIDE, "Out")
    await office.page(101, 200, text="Grüße 🙂")
    deleted = (await office.page(101, 103, text="Gone?")).json()["id"]
    await office.call(101, "DELETE", f"message-store/{deleted}")
    sent = await fax(office, 102, OCTETS, b"second")

    files = await collected(office, await made(office))

    account = office.company.account_id
    for number in (101, 102, 103, 200):
        shown = await office.inbox_of(number, availability=["Alive", "Deleted"])
        found = records(files, account, office.id(number))
        assert {one["id"]: one for one in found} == {one["id"]: one for one in shown}
    place = f"account/{account}/extension/{office.id(102)}/message-store/content/{sent}"
    assert (files[place], files[f"{place}-2"]) == (OCTETS, b"second")
    assert "errors.json" not in files


async def test_a_third_report_at_the_same_time_is_refused(idle: Office) -> None:
    first, second = await asked(idle), await asked(idle)

    third = await idle.call(101, "POST", TASKS, json={})

    assert refusal(third) == (400, "CMN-101")
    assert {first["status"], second["status"]} == {"Accepted"}
    working = asyncio.create_task(idle.house.reporter.run())
    await over(idle, first["id"])
    await over(idle, second["id"])
    working.cancel()
    assert await asked(idle)


async def test_of_many_who_ask_at_the_same_moment_two_are_taken(idle: Office) -> None:
    answers = await asyncio.gather(*(idle.call(101, "POST", TASKS, json={}) for _ in range(6)))

    assert sorted(one.status_code for one in answers) == [202, 202, 400, 400, 400, 400]


async def test_it_goes_on_past_a_damaged_row_and_missing_content_and_lists_them(
    office: Office,
) -> None:
    good, bad, empty = await fax(office), await fax(office), await fax(office)
    broken = await fax(office)
    await spoil(office.house.store, bad, type=77)
    await spoil(office.house.store, broken, attachments="[{")
    await office.house.counter.blobs.erase(key_of(office, 102, empty))

    files = await collected(office, await made(office))

    account, ben = office.company.account_id, office.id(102)
    listed = json.loads(files["errors.json"])["records"]
    assert [one["id"] for one in records(files, account, ben)] == [good, empty]
    assert {one["id"] for one in listed} == {bad, broken, empty}
    assert {one["extensionId"] for one in listed} == {str(ben)}
    assert f"account/{account}/extension/{ben}/message-store/content/{good}" in files


async def test_who_lost_the_right_meanwhile_gets_nothing(idle: Office) -> None:
    cleo = idle.company.by_number["103"]
    as_administrator = msgspec.structs.replace(cleo, administrator=True)
    await provisioning.change_extension(idle.house.store, as_administrator)
    id = (await asked(idle, 103))["id"]
    await provisioning.change_extension(idle.house.store, cleo)
    working = asyncio.create_task(idle.house.reporter.run())

    task = await over(idle, id)
    working.cancel()

    assert task["status"] == "Cancelled"
    assert refusal(await idle.call(101, "GET", f"{TASKS}/{id}/archive")) == (404, "CMN-102")


async def test_old_reports_are_removed_with_their_archives(office: Office, tmp_path: Path) -> None:
    await fax(office)
    id = await made(office)
    folder = tmp_path / "objects" / "reports" / id
    kept = len(list(folder.iterdir()))

    office.forward(8 * DAY_MS)
    await forgotten(office, id)

    assert kept == 2
    assert list(folder.iterdir()) == []


@pytest.mark.slow
async def test_a_report_whose_worker_was_killed_is_made_by_another(
    idle: Office, store_settings: StoreSettings, tmp_path: Path
) -> None:
    sent = await fax(idle)
    task = await asked(idle)
    async with child(store_settings, tmp_path) as process:
        said = await asyncio.wait_for(process.line(), 30)
        halfway = await idle.call(101, "GET", f"{TASKS}/{task['id']}")
        process.kill()
        await process.wait()

    working = asyncio.create_task(idle.house.reporter.run())
    done = await over(idle, task["id"])
    files = await collected(idle, task["id"])
    working.cancel()

    assert said == b"written\n"
    assert halfway.json()["status"] == "InProgress"
    assert done["status"] == "Completed"
    assert any(name.endswith(f"/content/{sent}") for name in files)
    objects = (tmp_path / "objects" / "reports" / task["id"]).iterdir()
    assert {path.name for path in objects} == {"2-0", "2-1"}


async def test_what_has_failed_too_often_is_failed_for_good(idle: Office) -> None:
    id = (await asked(idle))["id"]

    def steps() -> Steps[None]:
        yield from one(TRIED, attempts=ATTEMPTS)

    await idle.house.store.transact(steps)
    working = asyncio.create_task(idle.house.reporter.run())

    assert (await over(idle, id))["status"] == "Failed"
    working.cancel()

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from postroom.config.settings import Demo
from postroom.store.database import StoreSettings, migrate
from postroom.transports.simulator import Simulator
from tests.office import Office, opened, refusal

PATH = "/postroom/v1/simulator/inbound"
SMS = {"from": "+14155550123", "to": "+16505550102", "text": "Hello?"}


async def bring(office: Office, **more: str) -> httpx.Response:
    """Let an SMS come in, once the carrier runs."""
    async with asyncio.timeout(30):
        while True:
            answer = await office.call(101, "POST", PATH, json=SMS | more)
            if answer.status_code != 503:
                return answer
            await asyncio.sleep(0.02)


async def test_an_sms_comes_in_as_if_a_carrier_had_brought_it(office: Office) -> None:
    answer = await bring(office)

    assert answer.json() == {"carrier": "simulator", **SMS}
    [copy] = await office.inbox(102)
    assert (copy["direction"], copy["messageStatus"]) == ("Inbound", "Received")
    assert copy["from"] == {"phoneNumber": "+14155550123"}


async def test_the_carrier_may_be_named(office: Office) -> None:
    answer = await bring(office, carrier="simulator")

    assert answer.status_code == 200


async def test_a_carrier_that_does_not_run_is_asked_again_later(office: Office) -> None:
    office.house.counter.bring = {"simulator": Simulator("another").bring}

    answer = await office.call(101, "POST", PATH, json=SMS)

    assert refusal(answer) == (503, "CMN-201")
    assert answer.headers["retry-after"] == "1"


async def test_only_administrators_let_sms_come_in(office: Office) -> None:
    answer = await office.call(102, "POST", PATH, json=SMS)

    assert refusal(answer) == (403, "CMN-402")
    assert await office.inbox(102) == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"from": "hello"}, "CMN-101"),
        ({"to": "hello"}, "CMN-101"),
        ({"to": "+14155550123"}, "CMN-102"),
        ({"text": ""}, "CMN-101"),
        ({"text": "a\0b"}, "CMN-101"),
        ({"text": "x" * 10_001}, "CMN-101"),
        ({"carrier": "acme"}, "CMN-102"),
    ],
)
async def test_what_cannot_come_in_is_named(
    office: Office, wrong: dict[str, str], code: str
) -> None:
    answer = await office.call(101, "POST", PATH, json=SMS | wrong)

    assert refusal(answer) == (400, code)
    assert answer.json()["parameterName"] == next(iter(wrong))
    assert await office.inbox(102) == []


@pytest.fixture
async def regular(tmp_path: Path) -> AsyncIterator[Office]:
    """The same company in a server that is no demo."""
    where = StoreSettings(path=tmp_path / "postroom.db")
    await migrate(where)
    async with opened(where, tmp_path, demo=Demo(enabled=False)) as office:
        yield office


async def test_outside_of_the_demo_there_is_no_such_door(regular: Office) -> None:
    assert refusal(await regular.call(101, "POST", PATH, json=SMS)) == (404, "CMN-120")
    assert PATH not in (await regular.http.get("/openapi.json")).json()["paths"]

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from postroom.api.endpoint import Group
from postroom.api.limits import Limits
from postroom.config.settings import Limits as Section
from postroom.model.errors import RateExceeded
from postroom.store.database import StoreSettings, migrate
from tests.office import BASE, JWT_GRANT, MINE, Office, opened, refusal


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[Office]:
    """An office with limits: five light requests, and twenty for tokens."""
    where = StoreSettings(path=tmp_path / "postroom.db")
    await migrate(where)
    limits = Section(light=5, auth=20, penalty=7)
    async with opened(where, tmp_path, limits=limits) as office:
        yield office


async def test_the_requests_that_are_left_are_counted(strict: Office) -> None:
    answers = [await strict.call(102, "GET", MINE) for _ in range(5)]

    assert [one.headers["x-rate-limit-remaining"] for one in answers] == ["4", "3", "2", "1", "0"]
    assert answers[0].headers["x-rate-limit-limit"] == "5"


async def test_one_too_many_is_told_when_to_come_again(strict: Office) -> None:
    for _ in range(5):
        await strict.call(102, "GET", MINE)

    answer = await strict.call(102, "GET", MINE)

    assert refusal(answer) == (429, "CMN-301")
    assert answer.headers["retry-after"] == "7"
    assert answer.headers["x-rate-limit-group"] == "light"
    assert answer.headers["x-rate-limit-limit"] == "5"
    assert answer.headers["x-rate-limit-remaining"] == "0"
    assert answer.headers["x-rate-limit-window"] == "60"


async def test_users_and_groups_have_buckets_of_their_own(strict: Office) -> None:
    for _ in range(6):
        await strict.call(102, "GET", MINE)

    assert (await strict.call(103, "GET", MINE)).status_code == 200
    assert (await strict.call(102, "GET", "features")).status_code == 200
    assert (await strict.call(102, "GET", MINE)).status_code == 429


async def test_the_refused_request_changed_nothing(strict: Office) -> None:
    page = (await strict.page(101, 102)).json()
    for _ in range(6):
        await strict.call(101, "GET", MINE)

    assert (await strict.call(101, "GET", f"message-store/{page['id']}")).status_code == 429
    assert (await strict.call(101, "DELETE", f"message-store/{page['id']}")).status_code == 204


async def test_tokens_are_limited_by_application(strict: Office) -> None:
    async def ask(name: str) -> int:
        values = strict.values
        answer = await strict.http.post(
            "/restapi/oauth/token",
            auth=(values[f"{name}_ID"], values[f"{name}_SECRET"]),
            data={"grant_type": JWT_GRANT, "assertion": values["RC_USER_JWT"]},
        )
        return answer.status_code

    codes = {await ask("RC_CLIENT") for _ in range(20)}

    assert codes == {200, 429}
    assert await ask("RC_LIMITED_CLIENT") == 200


async def test_public_apps_are_limited_by_name_and_address(strict: Office) -> None:
    async def ask(name: str, address: str) -> int:
        transport = httpx.ASGITransport(strict.house.front, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as http:
            form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": name}
            return (await http.post("/restapi/oauth/token", data=form)).status_code

    ours = strict.values["RC_PUBLIC_CLIENT_ID"]
    codes = [await ask(ours, "192.0.2.1") for _ in range(21)]

    assert codes == [400] * 20 + [429]
    assert await ask(ours, "192.0.2.2") == 400
    assert await ask("another", "192.0.2.1") == 400
    assert await ask(ours, "192.0.2.1") == 429


class Clock:
    """A clock for the limits, turned by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("postroom.api.limits.time", clock)
    return clock


def take(limits: Limits) -> bool:
    """Whether one more request is let through."""
    try:
        limits.take(1, "app", Group.LIGHT)
    except RateExceeded:
        return False
    return True


def test_the_window_slides(clock: Clock) -> None:
    limits = Limits({"light": 2}, 60, 10, enabled=True)

    taken = []
    for seconds in (0, 30, 31, 10):
        clock.now += seconds
        taken.append(take(limits))

    assert taken == [True, True, True, False]


def test_asking_during_the_penalty_begins_it_again(clock: Clock) -> None:
    limits = Limits({"light": 1}, 5, 10, enabled=True)

    taken = []
    for seconds in (0, 1, 9, 9, 11):
        clock.now += seconds
        taken.append(take(limits))

    assert taken == [True, False, False, False, True]


def test_groups_without_a_limit_are_not_counted() -> None:
    limits = Limits({"light": 1}, 60, 10, enabled=True)

    assert limits.take(1, "app", Group.NONE) is None

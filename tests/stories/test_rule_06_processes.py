"""Rule 6, proved with two processes on one database: there is no doorbell between them at all.

What was answered on one is obeyed by the very next request on the other, in both directions.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.databases import ENGINES, Postgres
from tests.office import refusal
from tests.pair import Pair, paired
from tests.server import MINE, Server

ROUNDS = 20
AS_JSON = {"Accept": "application/vnd.ringcentral.multipart+json"}
CLOSED = (403, "MSG-326")
Json = dict[str, Any]


@pytest.fixture(scope="module", params=ENGINES)
async def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Pair]:
    dsn: str | None = None
    if request.param != "sqlite":
        server: Postgres = request.getfixturevalue("postgres")
        dsn = await server.database(empty=True)
    async with paired(tmp_path_factory.mktemp("data"), dsn) as pair:
        yield pair


# -- what somebody sees of a conversation ----------------------------------------------------


@dataclass(slots=True, kw_only=True)
class View:
    """Ben's copy in the department's conversation, another message of his, and all he has."""

    pair: Pair
    node: Server
    copy: Json
    other: int
    total: int

    @property
    def path(self) -> str:
        """Where his copy is."""
        return f"message-store/{self.copy['id']}"

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """One request of Ben."""
        return await self.pair.call(self.node, 102, "GET", path, **options)

    async def listed(self, **filters: Any) -> tuple[list[int], int]:
        """The ids of a list, and its total."""
        params = {"dateFrom": "2000", "perPage": 1000, **filters}
        answer = (await self.get("message-store", params=params)).json()
        return [one["id"] for one in answer["records"]], answer["paging"]["totalElements"]

    async def batch(self) -> list[int]:
        """The statuses of a batch of both messages."""
        path = f"{self.path},{self.other}"
        return [part["status"] for part in (await self.get(path, headers=AS_JSON)).json()]

    async def content(self) -> httpx.Response:
        """The text of his copy."""
        return await self.get(urlsplit(self.copy["attachments"][0]["uri"]).path)

    async def reply(self) -> httpx.Response:
        """Answer in the conversation."""
        return await self.pair.page(self.node, 102, replyOn=self.copy["id"])


Check = Callable[[View], Awaitable[None]]


async def no_reply(view: View) -> None:
    assert refusal(await view.reply()) == CLOSED


async def no_get(view: View) -> None:
    assert refusal(await view.get(view.path)) == CLOSED


async def no_content(view: View) -> None:
    assert refusal(await view.content()) == CLOSED


async def no_batch(view: View) -> None:
    assert await view.batch() == [403, 200]


async def no_list(view: View) -> None:
    assert await view.listed() == ([view.other], 1)


async def no_totals(view: View) -> None:
    assert (await view.listed(perPage=1))[1] == 1


async def no_conversation(view: View) -> None:
    assert await view.listed(conversationId=view.copy["conversationId"]) == ([], 0)


async def no_mark(view: View) -> None:
    path, body = view.path, {"readStatus": "Read"}
    assert refusal(await view.pair.call(view.node, 102, "PUT", path, json=body)) == CLOSED


async def no_delete(view: View) -> None:
    assert refusal(await view.pair.call(view.node, 102, "DELETE", view.path)) == CLOSED


async def no_new_copy(view: View) -> None:
    """Shown by the total, once he is back."""
    to = [{"extensionNumber": "200"}]
    assert (await view.pair.page(view.node, 101, to=to)).status_code == 200


async def can_get(view: View) -> None:
    assert (await view.get(view.path)).status_code == 200


async def can_read(view: View) -> None:
    assert (await view.content()).text == "Hi"


async def can_batch(view: View) -> None:
    assert await view.batch() == [200, 200]


async def can_list(view: View) -> None:
    ids, total = await view.listed()
    assert (len(ids), total) == (view.total, view.total)
    assert view.copy["id"] in ids


async def can_list_conversation(view: View) -> None:
    assert await view.listed(conversationId=view.copy["conversationId"]) == ([view.copy["id"]], 1)


OUT: tuple[Check, ...] = (
    no_reply,
    no_get,
    no_content,
    no_batch,
    no_list,
    no_totals,
    no_conversation,
    no_mark,
    no_delete,
    no_new_copy,
)
BACK: tuple[Check, ...] = (can_get, can_read, can_batch, can_list, can_list_conversation)


async def very_next(checks: tuple[Check, ...], round: int, view: View) -> None:
    """All checks, each round with another one in front: it is the very next request."""
    first = round // 2 % len(checks)
    for check in (*checks[first:], *checks[:first]):
        await check(view)


async def seen(pair: Pair, node: Server, other: int) -> View:
    """A new page to the department, as Ben sees it on a node."""
    page = (await pair.page(node, 101, to=[{"extensionNumber": "200"}])).json()
    view = View(pair=pair, node=node, copy={}, other=other, total=0)
    [id], _ = await view.listed(conversationId=page["id"])
    view.copy = (await view.get(f"message-store/{id}")).json()
    view.total = (await view.listed())[1]
    return view


async def test_the_next_request_on_the_other_node_obeys_the_membership(pair: Pair) -> None:
    direct = (await pair.page(pair.nodes[0], 101, to=[{"extensionNumber": "102"}])).json()
    params = {"conversationId": direct["conversationId"]}
    answer = await pair.call(pair.nodes[0], 102, "GET", "message-store", params=params)
    [other] = [one["id"] for one in answer.json()["records"]]

    for round in range(ROUNDS):
        told, obeys = pair.turn(round)
        view = await seen(pair, obeys, other)
        await pair.assign(told, "removed")
        await very_next(OUT, round, view)
        await pair.assign(told, "added")
        await very_next(BACK, round, view)


async def test_who_is_put_back_may_reply_with_the_next_request(pair: Pair) -> None:
    for round in range(ROUNDS):
        told, obeys = pair.turn(round)
        page = (await pair.page(obeys, 101, to=[{"extensionNumber": "200"}])).json()
        await pair.assign(told, "removed")
        refused = await pair.page(obeys, 102, replyOn=page["id"])
        await pair.assign(told, "added")
        taken = await pair.page(obeys, 102, replyOn=page["id"])

        assert refusal(refused) == CLOSED
        assert taken.status_code == 200


async def test_a_page_reaches_the_members_that_the_other_node_knows(pair: Pair) -> None:
    async def reached(node: Server) -> bool:
        page = (await pair.page(node, 101, to=[{"extensionNumber": "200"}])).json()
        params = {"conversationId": page["id"]}
        answer = await pair.call(node, 102, "GET", "message-store", params=params)
        return bool(answer.json()["records"])

    for round in range(ROUNDS):
        told, obeys = pair.turn(round)
        assert await reached(obeys)
        await pair.assign(told, "removed")
        out = await reached(obeys)
        await pair.assign(told, "added")

        assert not out


# -- who may come in -------------------------------------------------------------------------


async def test_what_is_revoked_on_one_node_is_dead_on_the_other(pair: Pair) -> None:
    app = pair.nodes[0].values["RC_CLIENT_ID"], pair.nodes[0].values["RC_CLIENT_SECRET"]

    for round in range(ROUNDS):
        told, obeys = pair.turn(round)
        token = await told.log_in(103)
        known = await obeys.call(token, "GET", MINE)
        await told.http.post("/restapi/oauth/revoke", auth=app, data={"token": token})
        dead = await obeys.call(token, "GET", MINE)

        assert (known.status_code, dead.status_code) == (200, 401)


async def test_who_is_disabled_is_out_on_both_nodes_at_once(pair: Pair) -> None:
    cleo = [{"extensionNumber": "103"}]

    for status in ("disabled", "frozen"):
        for node in pair.nodes:
            assert (await pair.call(node, 103, "GET", MINE)).status_code == 200
        await pair.command("extension", "set", "103", "--status", status)
        first, second = pair.nodes
        assert refusal(await pair.call(first, 103, "GET", "message-store")) == (401, "OAU-141")
        assert refusal(await pair.page(second, 101, to=cleo)) == (400, "MSG-324")
        assert refusal(await pair.call(second, 103, "GET", MINE)) == (401, "OAU-141")
        assert refusal(await second.ask_token(103)) == (400, "OAU-141")
        await pair.command("extension", "set", "103", "--status", "enabled")
        assert (await pair.page(first, 101, to=cleo)).status_code == 200
        assert (await pair.call(second, 103, "GET", MINE)).status_code == 200

"""Absurd queries, paths and headers are refused or passed over; nothing becomes a 500."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.api import bodies, query
from postroom.api.endpoint import Endpoint
from postroom.model.errors import PostroomError
from tests.badness import (
    WITH_BODY,
    WITH_QUERY,
    address,
    check,
    spelled,
)
from tests.office import MINE, V1, Office

QUERIES = (
    "page=0&perPage=0",
    "page=99999999999999999999",
    f"page={'9' * 19}",
    f"page={2**63}&perPage=1000",
    f"page={'9' * 19}&phoneNumber=16505550101&dateFrom=2020",
    "page=1e400",
    "page=٣",
    "perPage=-5",
    f"perPage={'9' * 5000}",
    "page=1.5",
    "dateFrom=0000-00-00",
    "dateFrom=99999",
    "dateTo=0001-01-01",
    "dateTo=9999-12-31T23:59:59-12:00",
    "dateFrom=2026-02-30",
    "dateFrom=2026-01-01T00:00:00%2B99:99",
    "conversationId=99999999999999999999&type=Letter",
    "conversationId=-1&status=Old",
    f"conversationId={','.join(['1'] * 5000)}",
    "phoneNumber=%00&email=%00&extensionNumber=%00",
    f"phoneNumber={'1' * 5000}",
    "availability=alive&status=alive",
    "direction=Sideways&messageType=Letter&readStatus=Maybe",
    "purge=perhaps&distinctConversations=perhaps&availableOnly=perhaps",
    "homeCountry=%F0%9F%99%82&permissionId=%00",
    "targetExtensionId=-1&memberExtensionId=-1",
    "contentDisposition=Aside&contentDispositionFilename=%00",
    "search=%00",
    "search=%22%2A%22",
    "search=%22%22+%2A+NEAR(+%29+OR+%27%27%3B--",
    f"search={'x' * 5000}",
    "search=%ED%95%9C%F0%9F%99%82%2A&page=2147483647",
    "search=a&dateFrom=never",
    "owner=Everybody",
    f"owner={2**63}&owner={'9' * 400}",
    "owner=%00&voicemailOwner=%00",
    "ownerExtensionType=User&ownerExtensionType=Alien",
    "owner=Any&page=2147483647&perPage=1000",
    "featureId=" + "&featureId=".join(["x"] * 1500),
)
BROKEN_QUERIES = ("page=%ff", "%ff=1", "a=%ed%a0%80", "&".join(["a=1"] * 3000))


@pytest.mark.parametrize("endpoint", WITH_QUERY, ids=lambda one: one.operation)
async def test_absurd_queries_never_break_anything(office: Office, endpoint: Endpoint) -> None:
    message = (await office.page(101, 102)).json()["id"]
    path = address(endpoint, office, message)
    body = {"originalStrings": ["1"]} if endpoint.body is not None else None

    for text in QUERIES:
        answer = await office.call(101, endpoint.method, f"{path}?{text}", json=body)
        check(answer, text, also=frozenset({200, 206, 207, 204}))
    for text in BROKEN_QUERIES:
        answer = await office.call(101, endpoint.method, f"{path}?{text}")
        assert answer.status_code == 400, text
        assert answer.json()["errors"][0]["errorCode"] == "CMN-104"


NO_IDS = (
    *("%00", "%ff", "..", "-1", "1.5", "1e9", "٣", "%F0%9F%99%82", "~~", "1;2", "*"),
    *("9" * 19, "9" * 400),
)


@pytest.mark.parametrize("place", ["account/{}/extension", "account/~/extension/{}/sms"])
async def test_what_is_no_id_is_not_found(office: Office, place: str) -> None:
    for id in NO_IDS:
        answer = await office.call(101, "GET", f"{V1}/{place.format(id)}")
        check(answer, id)
        assert answer.status_code == 404, id


WRONG_LISTS = ("1,x", "1,", ",", "1,,2", f"1,{2**64}", "1,-1", "%00,1")
HUGE_IDS = (2**53, 2**63 - 1, 2**63, int("9" * 19), 10**400)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_wrong_ids_of_messages_are_named(office: Office, method: str) -> None:
    body = {"readStatus": "Read"} if method in ("PUT", "PATCH") else None

    for ids in WRONG_LISTS:
        answer = await office.call(101, method, f"message-store/{ids}", json=body)
        assert answer.status_code == 400, ids
        assert answer.json()["errors"][0]["parameterName"] == "messageId"
    for id in HUGE_IDS:
        answer = await office.call(101, method, f"message-store/{id}", json=body)
        assert answer.status_code == 404, id
        assert answer.json()["errors"][0]["parameterName"] == "messageId"


HEADERS: tuple[tuple[str, bytes], ...] = (
    ("Authorization", b""),
    ("Authorization", b"Bearer"),
    ("Authorization", b"Bearer "),
    ("Authorization", b"Bearer \xff\xfe"),
    ("Authorization", b"Bearer " + b"x" * 60_000),
    ("Authorization", b"Basic !!!"),
    ("Authorization", b"Digest x"),
    ("Authorization", b"\x00"),
)


async def test_a_token_that_is_none_is_refused(office: Office) -> None:
    for name, value in HEADERS:
        answer = await office.http.get(MINE, headers=[(name.encode(), value)])
        assert answer.status_code == 401, value
        assert answer.json()["errors"][0]["errorCode"][:4] in ("AGW-", "OAU-")


ASIDE: tuple[tuple[str, bytes], ...] = (
    ("Range", b"bytes=" + b"9" * 500 + b"-"),
    ("Range", b"bytes=0-1" * 1000),
    ("If-None-Match", b"\xff,," + b"," * 5000),
    ("Accept", b"\xff"),
    ("Origin", b"\xff\xfe"),
    ("Content-Type", b"\xff/\x00;;;="),
    ("Content-Type", b"application/json; charset=utf-16"),
    ("User-Agent", b"\xff\x00"),
    ("X-User-Agent", b"/////"),
)


async def test_odd_headers_are_passed_over(office: Office) -> None:
    uri = (await office.page(101, 102)).json()["attachments"][0]["uri"]

    for name, value in ASIDE:
        for path in (uri, f"{V1}/client-info"):
            answer = await office.call(101, "GET", path, headers={name: value})
            assert answer.status_code == 200, (name, value)


async def test_a_method_that_is_none_is_refused(office: Office) -> None:
    for value in (b"\xff", b"FETCH", b"PUT PUT", b"GET"):
        headers = {"X-HTTP-Method-Override": value}
        answer = await office.call(101, "POST", "company-pager", content=b"[]", headers=headers)
        check(answer, value, also=frozenset({200, 405}))


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_an_idempotency_key_of_a_wrong_length_is_refused(office: Office, key: str) -> None:
    answer = await office.call(
        101, "POST", "sms", content=spelled(), headers={"Idempotency-Key": key}
    )

    check(answer, key)
    assert await office.inbox(101) == []


# -- anything at all -------------------------------------------------------------------------------

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["from", "to", "text", "readStatus", "items", "replyOn"]) | st.text(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
BODIES = list({str(one.body): one.body for one in WITH_BODY}.values())


@given(st.sampled_from(BODIES), st.binary() | values.map(lambda one: json.dumps(one).encode()))
def test_no_body_does_more_than_be_refused(wanted: Any, body: bytes) -> None:
    with suppress(PostroomError):
        bodies.decode(wanted, body)


def names() -> Iterator[str]:
    """The parameters of all queries."""
    for endpoint in WITH_QUERY:
        assert endpoint.query is not None
        yield from endpoint.query.__struct_encode_fields__


@given(
    st.sampled_from([one.query for one in WITH_QUERY]),
    st.dictionaries(
        st.sampled_from(sorted(set(names()))),
        st.lists(st.text(max_size=30) | st.from_regex(r"[0-9T:.+-]{1,30}"), min_size=1, max_size=2),
        max_size=4,
    ),
)
def test_no_query_does_more_than_be_refused(wanted: Any, given: dict[str, list[str]]) -> None:
    with suppress(PostroomError):
        query.convert(wanted, given)


@given(st.binary())
def test_no_query_string_does_more_than_be_refused(raw: bytes) -> None:
    with suppress(PostroomError):
        query.parse(raw)

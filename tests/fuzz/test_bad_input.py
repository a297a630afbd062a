"""Bad input of any kind gets a documented 4xx; nothing is stored, and nothing becomes a 500."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.api import bodies, query
from postroom.api.endpoint import Endpoint
from postroom.api.routes import served
from postroom.model.errors import PostroomError
from postroom.store.database import StoreSettings
from tests.office import MINE, V1, Office, opened

DEEP = 100_000
LIMIT = 10_485_760
REFUSED = frozenset({400, 404, 409, 413, 415, 416})
ENDPOINTS = served(demo=True)
OF_TOKENS = [one for one in ENDPOINTS if one.path.startswith("/restapi/oauth/")]
WITH_BODY = [one for one in ENDPOINTS if one.body is not None and one not in OF_TOKENS]
WITH_QUERY = [one for one in ENDPOINTS if one.query is not None and one not in OF_TOKENS]


@pytest.fixture
async def office(store_settings: StoreSettings, tmp_path: Path) -> AsyncIterator[Office]:
    """A running house on both engines: what one of them keeps may be too much for the other."""
    async with opened(store_settings, tmp_path) as office:
        yield office


def address(endpoint: Endpoint, office: Office, message: int) -> str:
    """The path of an endpoint with things in it that are there."""
    path = endpoint.path
    for name, value in {
        "accountId": "~",
        "extensionId": "~",
        "groupId": office.id(200),
        "departmentId": office.id(200),
        "messageId": message,
        "attachmentId": 1,
        "phoneNumberId": 1,
        "countryId": 1,
        "languageId": 1033,
        "timezoneId": 1,
    }.items():
        path = path.replace(f"{{{name}}}", str(value))
    return path


async def stored(office: Office) -> Any:
    """Everything that a request could have changed."""
    boxes = [
        await office.inbox_of(number, availability=["Alive", "Deleted", "Purged"])
        for number in (101, 102, 103, 104, 200)
    ]
    members = f"{V1}/account/~/call-queues/{office.id(200)}/members"
    return boxes, (await office.call(101, "GET", members)).json()["records"]


def check(answer: httpx.Response, what: object, also: frozenset[int] = frozenset()) -> None:
    """The answer is a refusal that is documented, with its code."""
    assert answer.status_code in REFUSED | also, (what, answer.status_code, answer.text[:300])
    if answer.status_code in REFUSED:
        assert answer.json()["errors"][0]["errorCode"], what


# -- bodies --------------------------------------------------------------------------------------

TO = [{"phoneNumber": "+14155550123", "extensionNumber": "102"}]
FROM = {"phoneNumber": "+16505550101", "extensionNumber": "101"}


def spelled(**wrong: object) -> bytes:
    """A request to send, with something wrong in it."""
    return json.dumps({"from": FROM, "to": TO, "text": "Hello", **wrong}).encode()


NOT_JSON: dict[str, bytes] = {
    "words": b"hello",
    "half": b'{"text":',
    "two": b"{}{}",
    "comma": b'{"text":"a",}',
    "single quotes": b"{'text':'a'}",
    "xml": b"<text>a</text>",
    "form": b"text=a&to=102",
    "NaN": b'{"text":NaN}',
    "control character": b'{"text":"a\nb"}',
    "raw NUL": b'{"text":"a\x00b"}',
    "utf-16": '{"text":"a"}'.encode("utf-16"),
    "utf-32": '{"text":"a"}'.encode("utf-32"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "latin-1": '{"text":"é"}'.encode("latin-1"),
    "latin-1 aside": '{"unknown":"é"}'.encode("latin-1"),
    "overlong": b'{"text":"\xc0\x80"}',
    "surrogate octets": b'{"text":"\xed\xa0\x80"}',
    "lone surrogate": b'{"text":"\\ud83d"}',
    "surrogates turned": b'{"text":"\\udc00\\ud800"}',
    "bad escape": b'{"text":"\\x41"}',
    "deep lists": b"[" * DEEP,
    "deep objects": b'{"a":' * DEEP,
    "deep and aside": b'{"unknown":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
}
NOT_THIS: dict[str, bytes] = {
    "list": b"[]",
    "text": b'"text"',
    "number": b"7",
    "true": b"true",
    "deep and closed": b"[" * DEEP + b"]" * DEEP,
}
WRONG: dict[str, bytes] = {
    "text is a number": spelled(text=7),
    "text is null": spelled(text=None),
    "text is a list": spelled(text=["a"]),
    "text is empty": spelled(text=""),
    "text with NUL": spelled(text="a\0b"),
    "text too long": spelled(text="x" * 1025),
    "to is null": spelled(to=None),
    "to is an object": spelled(to=TO[0]),
    "to is empty": spelled(to=[]),
    "to holds null": spelled(to=[None]),
    "to holds text": spelled(to=["102"]),
    "to holds nothing": spelled(to=[{}]),
    "to with NUL": spelled(to=[{"phoneNumber": "\0", "extensionNumber": "\0"}]),
    "to deep": spelled().replace(b'"to": [', b'"to": ' + b"[" * DEEP),
    "number is true": spelled(to=[{"phoneNumber": True, "extensionNumber": True}]),
    "number is 1e400": spelled(to=[]).replace(
        b'"to": []', b'"to": [{"phoneNumber": 1e400, "extensionNumber": 1e400}]'
    ),
    "number is 2**70": spelled(to=[{"phoneNumber": 2**70, "extensionNumber": 2**70}]),
    "number of 5000 digits": spelled(to=[]).replace(
        b'"to": []', b'"to": [{"phoneNumber": 1, "extensionNumber": ' + b"9" * 5000 + b"}]"
    ),
    "id is 2**64": spelled(to=[{"extensionId": 2**64}]),
    "id is negative": spelled(to=[{"extensionId": -1}]),
    "id is a word": spelled(to=[{"extensionId": "Ben"}]),
    "from is text": spelled(**{"from": "101"}),
    "from is a list": spelled(**{"from": [FROM]}),
    "from is another": spelled(**{"from": {"phoneNumber": "1", "extensionNumber": "102"}}),
}
SENDS = [one for one in WITH_BODY if one.symbolic]


@pytest.mark.parametrize("endpoint", WITH_BODY, ids=lambda one: one.operation)
async def test_a_body_that_is_no_json_of_this_kind_changes_nothing(
    office: Office, endpoint: Endpoint
) -> None:
    message = (await office.page(101, 102)).json()["id"]
    path, before = address(endpoint, office, message), await stored(office)

    for what, body in (NOT_JSON | NOT_THIS).items():
        answer = await office.call(
            101, endpoint.method, path, content=body, headers={"Content-Type": endpoint.media[0]}
        )
        check(answer, what)

    assert await stored(office) == before


@pytest.mark.parametrize("endpoint", SENDS, ids=lambda one: one.operation)
async def test_a_wrong_member_is_named_and_nothing_is_sent(
    office: Office, endpoint: Endpoint
) -> None:
    path, before = address(endpoint, office, 0), await stored(office)

    for what, body in WRONG.items():
        answer = await office.call(101, endpoint.method, path, content=body)
        check(answer, what)
        assert answer.json()["errors"][0]["parameterName"], what

    assert await stored(office) == before


@pytest.mark.parametrize("endpoint", OF_TOKENS, ids=lambda one: one.operation)
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "image/png"])
async def test_no_form_does_more_than_be_refused(
    office: Office, endpoint: Endpoint, content_type: str
) -> None:
    client = (office.values["RC_CLIENT_ID"], office.values["RC_CLIENT_SECRET"])

    for what, body in (NOT_JSON | NOT_THIS | {"huge": b"a=" + b"x" * LIMIT}).items():
        answer = await office.http.post(
            endpoint.path, content=body, headers={"Content-Type": content_type}, auth=client
        )
        assert answer.status_code in (200, 400, 413), what
        assert answer.status_code != 200 or endpoint.operation == "revokeToken"


MARKS: dict[str, object] = {
    "nothing": {},
    "status": {"readStatus": "Seen"},
    "status is a list": {"readStatus": ["Read"]},
    "availability": {"availability": "Gone"},
    "purge": {"availability": "Purged"},
    "null": {"readStatus": None},
}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_mark_that_there_is_not_changes_nothing(office: Office, method: str) -> None:
    message = (await office.page(101, 102)).json()["id"]
    before = await stored(office)

    for what, body in MARKS.items():
        check(await office.call(101, method, f"message-store/{message}", json=body), what)

    assert await stored(office) == before


# -- multipart -----------------------------------------------------------------------------------

FORM = "multipart/form-data; boundary=b"
PART = b"--b\r\nContent-Type: application/json\r\n\r\n"
MULTIPART: dict[str, tuple[str, bytes]] = {
    "no boundary": ("multipart/form-data", PART + spelled() + b"\r\n--b--"),
    "empty boundary": ('multipart/form-data; boundary=""', PART + spelled() + b"\r\n--b--"),
    "another boundary": ("multipart/form-data; boundary=c", PART + spelled() + b"\r\n--b--"),
    "endless boundary": (f"multipart/form-data; boundary={'b' * 9999}", PART),
    "nothing": (FORM, b""),
    "only an end": (FORM, b"--b--"),
    "no end of headers": (FORM, b"--b\r\nContent-Type: application/json"),
    "endless headers": (FORM, b"--b\r\nX: " + b"x" * 100_000 + b"\r\n\r\n{}\r\n--b--"),
    "json that is none": (FORM, PART + b"hello\r\n--b--"),
    "json that is empty": (FORM, PART + b"\r\n--b--"),
    "no json": (FORM, b"--b\r\nContent-Type: image/png\r\n\r\nPNG\r\n--b--"),
    "bad base64": (
        FORM,
        b"--b\r\nContent-Type: application/json\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nA\r\n--b--",
    ),
    "broken disposition": (
        FORM,
        b"--b\r\nContent-Disposition: form-data; name=\"\\\"; filename*=x''%zz\r\n\r\nX\r\n--b--",
    ),
    "many parts": (FORM, (PART + spelled() + b"\r\n") * 1000 + b"--b--"),
    "parts in parts": (FORM, b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 20_000),
}


@pytest.mark.parametrize("path", [f"{MINE}/sms", f"{MINE}/message-store/1,2"])
async def test_broken_multipart_is_refused(office: Office, path: str) -> None:
    before = await stored(office)

    for what, (content_type, body) in MULTIPART.items():
        method = "POST" if path.endswith("sms") else "PUT"
        headers = {"Content-Type": content_type}
        check(await office.call(101, method, path, content=body, headers=headers), what)

    assert await stored(office) == before


# -- size ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("endpoint", SENDS, ids=lambda one: one.operation)
async def test_a_body_of_more_than_ten_megabytes_is_refused(
    office: Office, endpoint: Endpoint
) -> None:
    before = await stored(office)
    body = spelled(unknown="x" * LIMIT)

    async def pieces() -> AsyncIterator[bytes]:
        """The same without saying first how long it is."""
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    for what, content in {"announced": body, "in pieces": pieces()}.items():
        answer = await office.call(
            101, endpoint.method, address(endpoint, office, 0), content=content
        )
        assert answer.status_code == 413, what
        assert answer.json()["errorCode"] in ("CMN-104", "InvalidParameter")

    assert await stored(office) == before


async def test_a_large_body_below_the_limit_is_read(office: Office) -> None:
    body = spelled(unknown="x" * (LIMIT - 1000))

    assert (await office.call(101, "POST", "sms", content=body)).status_code == 200


@pytest.mark.parametrize("said", ["many", "-1", "²", "9" * 5000, "1e3", ""])
async def test_a_length_that_is_none_hurts_nobody(office: Office, said: str) -> None:
    headers = {"Content-Length": said.encode()}

    answer = await office.call(101, "POST", "sms", content=b"{", headers=headers)

    check(answer, said)


# -- queries, paths and headers ------------------------------------------------------------------

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


@pytest.mark.parametrize(
    "id",
    [
        "%00",
        "%ff",
        "..",
        "-1",
        "1.5",
        "1e9",
        "٣",
        "9" * 19,
        "9" * 400,
        "%F0%9F%99%82",
        "~~",
        "1;2",
        "*",
    ],
)
@pytest.mark.parametrize("place", ["account/{}/extension", "account/~/extension/{}/sms"])
async def test_what_is_no_id_is_not_found(office: Office, place: str, id: str) -> None:
    answer = await office.call(101, "GET", f"{V1}/{place.format(id)}")

    check(answer, id)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "ids", ["1,x", "1,", ",", "1,,2", "1,99999999999999999999", "1,-1", "%00,1"]
)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_a_list_of_ids_with_something_else_in_it_is_refused(
    office: Office, method: str, ids: str
) -> None:
    body = {"readStatus": "Read"} if method in ("PUT", "PATCH") else None

    answer = await office.call(101, method, f"message-store/{ids}", json=body)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameterName"] == "messageId"


@pytest.mark.parametrize("id", [2**53, 2**63 - 1, 2**63, int("9" * 19), 10**400])
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_a_huge_id_is_not_found(office: Office, method: str, id: int) -> None:
    body = {"readStatus": "Read"} if method in ("PUT", "PATCH") else None

    answer = await office.call(101, method, f"message-store/{id}", json=body)

    assert answer.status_code == 404
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


# -- anything at all -----------------------------------------------------------------------------

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

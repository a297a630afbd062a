"""Bad input of any kind gets a documented 4xx; nothing is stored, and nothing becomes a 500."""

from collections.abc import AsyncIterator

import pytest

from postroom.api.endpoint import Endpoint
from tests.badness import (
    FROM,
    LIMIT,
    OF_TOKENS,
    TO,
    WITH_BODY,
    address,
    check,
    spelled,
    stored,
)
from tests.office import MINE, Office

DEEP = 100_000

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


# -- multipart -------------------------------------------------------------------------------------

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


# -- size ------------------------------------------------------------------------------------------


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

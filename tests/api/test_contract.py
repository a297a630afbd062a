import pytest

from tests.office import MINE, V1, Office, refusal

ORIGIN = {"Origin": "https://inbox.example"}


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", f"{MINE}/fax", "createFaxMessage"),
        ("GET", f"{V1}/subscription", "listSubscriptions"),
        ("PUT", f"{V1}/account/~/call-queues/5", "updateCallQueueInfo"),
        ("PUT", MINE, "updateExtension"),
        ("GET", "/restapi/v2/accounts/~/phone-numbers", "listAccountPhoneNumbersV2"),
        ("GET", "/ai/status/v1/jobs/7", "caiJobStatusGet"),
    ],
)
async def test_an_operation_that_we_lack_is_told_by_its_id(
    office: Office, method: str, path: str, operation: str
) -> None:
    answer = await office.call(101, method, path)

    assert refusal(answer) == (501, "CMN-202")
    assert answer.json()["operationId"] == operation


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", f"{MINE}/sms", "GET, HEAD, POST"),
        ("POST", f"{MINE}/message-store", "DELETE, GET, HEAD"),
        ("GET", f"{V1}/number-parser/parse", "POST"),
        ("DELETE", f"{V1}/status", "GET, HEAD"),
        ("OPTIONS", f"{V1}/status", "GET, HEAD"),
        ("BREW", f"{V1}/status", "GET, HEAD"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(
    office: Office, method: str, path: str, allowed: str
) -> None:
    answer = await office.http.request(method, path)

    assert refusal(answer) == (405, "CMN-104")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/restapi/v1.0/nowhere",
        "/restapi/v3",
        f"{MINE}/sms/1/2",
        "/postroom/v1/clock",
        "/restapi/v1.0/account//extension",
        "/docs/more",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_any_other_path_is_unknown(office: Office, method: str, path: str) -> None:
    answer = await office.http.request(method, path)

    assert refusal(answer) == (404, "CMN-120")


@pytest.mark.parametrize("path", [f"{MINE}/", f"{MINE}/phone-number/", "/restapi/"])
async def test_a_last_slash_makes_no_difference(office: Office, path: str) -> None:
    with_slash = await office.call(102, "GET", path)

    assert with_slash.status_code == 200
    assert with_slash.json() == (await office.call(102, "GET", path.rstrip("/"))).json()


async def test_head_is_get_without_its_body(office: Office) -> None:
    got = await office.call(102, "GET", MINE)
    head = await office.call(102, "HEAD", MINE)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]


# -- methods in disguise -------------------------------------------------------------------------


async def sent(office: Office) -> str:
    """The path of a page that was sent."""
    return f"message-store/{(await office.page(101, 102)).json()['id']}"


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"X-HTTP-Method-Override": "PUT"}, ""),
        ({"X-HTTP-Method-Override": "put"}, ""),
        ({}, "?_method=PUT"),
        ({"X-HTTP-Method-Override": "PUT"}, "?_method=put"),
    ],
)
async def test_post_may_carry_another_method(
    office: Office, headers: dict[str, str], query: str
) -> None:
    path = await sent(office)

    answer = await office.call(
        101, "POST", f"{path}{query}", json={"readStatus": "Read"}, headers=headers
    )

    assert (answer.status_code, answer.json()["readStatus"]) == (200, "Read")


async def test_two_different_methods_contradict_each_other(office: Office) -> None:
    answer = await office.call(
        101,
        "POST",
        f"{await sent(office)}?_method=DELETE",
        headers={"X-HTTP-Method-Override": "PUT"},
    )

    assert refusal(answer) == (400, "CMN-108")


async def test_only_post_carries_another_method(office: Office) -> None:
    path = await sent(office)

    answer = await office.call(101, "GET", f"{path}?_method=DELETE")

    assert answer.status_code == 200
    assert (await office.call(101, "GET", path)).status_code == 200


# -- headers -------------------------------------------------------------------------------------


async def test_every_answer_has_its_id_and_its_limits(office: Office) -> None:
    good = await office.call(102, "GET", MINE)
    bad = await office.call(102, "GET", f"{MINE}/message-store/1")

    for answer in (good, bad):
        assert answer.headers["content-language"] == "en-US"
        assert answer.headers["content-type"] == "application/json;charset=utf-8"
        assert answer.headers["x-rate-limit-group"] == "light"
        assert answer.headers["x-rate-limit-limit"] == "50"
        assert answer.headers["x-rate-limit-window"] == "60"
    assert good.headers["rcrequestid"] != bad.headers["rcrequestid"]


async def test_an_answer_without_a_body_has_no_length(office: Office) -> None:
    answer = await office.call(101, "DELETE", await sent(office))

    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-length" not in answer.headers


async def test_a_page_of_another_origin_may_read_answers(office: Office) -> None:
    answer = await office.call(102, "GET", MINE, headers=ORIGIN)

    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert answer.headers["access-control-allow-origin"] == ORIGIN["Origin"]
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["vary"] == "Origin"
    assert {"retry-after", "rcrequestid", "x-rate-limit-remaining", "etag"} <= set(exposed)


async def test_refusals_can_be_read_by_other_origins_too(office: Office) -> None:
    answer = await office.http.get(MINE, headers=ORIGIN)

    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == ORIGIN["Origin"]


async def test_a_browser_may_ask_first(office: Office) -> None:
    answer = await office.http.options(
        f"{MINE}/sms", headers={**ORIGIN, "Access-Control-Request-Method": "POST"}
    )

    allowed = answer.headers["access-control-allow-headers"].split(", ")
    assert answer.status_code == 204
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert {
        "authorization",
        "content-type",
        "x-user-agent",
        "client-id",
        "discovery-tag",
        "accept",
        "range",
    } <= set(allowed)


# -- bodies and what they are called -------------------------------------------------------------

TEXT = b'{"to":[{"extensionNumber":"102"}],"text":"Hello!"}'


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "application/json",
        "application/json   ",
        "application/json; charset=utf-8",
        "Application/JSON;charset=UTF-8",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/vnd.api+json",
    ],
)
async def test_json_is_read_under_the_names_that_clients_give_it(
    office: Office, content_type: str | None
) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}

    answer = await office.call(101, "POST", "company-pager", content=TEXT, headers=headers)

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "content_type", ["text/xml", "image/png", "multipart/form-data;boundary=b"]
)
async def test_a_body_of_another_type_is_refused(office: Office, content_type: str) -> None:
    headers = {"Content-Type": content_type}

    answer = await office.call(101, "POST", "company-pager", content=TEXT, headers=headers)

    assert refusal(answer) == (415, "CMN-104")
    assert await office.inbox(102) == []


@pytest.mark.parametrize("body", [b"", b"{}", b"null"])
async def test_a_get_may_claim_to_have_a_body(office: Office, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}

    answer = await office.call(102, "GET", MINE, content=body, headers=headers)

    assert answer.status_code == 200


@pytest.mark.parametrize("body", [b"", b"{}", b"null"])
async def test_a_deletion_may_have_an_empty_body(office: Office, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}

    answer = await office.call(101, "DELETE", await sent(office), content=body, headers=headers)

    assert answer.status_code == 204


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/html"])
async def test_the_answer_is_json_whatever_is_accepted(office: Office, accept: str | None) -> None:
    token = await office.token(102)
    request = office.http.build_request("GET", MINE, headers={"Authorization": f"Bearer {token}"})
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept

    answer = await office.http.send(request)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json;charset=utf-8"


async def test_empty_values_of_a_query_are_absent(office: Office) -> None:
    path = "message-store?direction=&dateFrom=&conversationId=&page=&perPage="

    assert (await office.call(102, "GET", path)).status_code == 200


async def test_a_plus_that_became_a_space_is_still_a_plus(office: Office) -> None:
    await office.sms(101, "+16505550101", "+16505550102")

    found = await office.inbox(
        102, phoneNumber=" 16505550101", dateFrom="2020-01-01T00:00:00 00:00"
    )

    assert len(found) == 1

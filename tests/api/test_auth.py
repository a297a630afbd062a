from typing import Any

import httpx
import pytest

from tests.office import JWT_GRANT, MINE, Office, refusal

TOKEN = "/restapi/oauth/token"
REVOKE = "/restapi/oauth/revoke"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def ask(office: Office, path: str = TOKEN, **options: Any) -> httpx.Response:
    """A request of the confidential app."""
    values = office.values
    options.setdefault("auth", (values["RC_CLIENT_ID"], values["RC_CLIENT_SECRET"]))
    return await office.http.post(path, **options)


async def logged_in(office: Office, **form: str) -> dict[str, Any]:
    """The tokens of a new session of 102."""
    data = {"grant_type": JWT_GRANT, "assertion": office.values["RC_USER_JWT_102"], **form}
    answer = await ask(office, data=data)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def get(office: Office, token: str, scheme: str = "bearer") -> httpx.Response:
    """A request with a token."""
    return await office.http.get(MINE, headers={"Authorization": f"{scheme} {token}"})


async def test_a_token_answer_is_spelled_as_clients_read_it(office: Office) -> None:
    values = office.values
    answer = await ask(
        office,
        data={
            "grant_type": JWT_GRANT,
            "assertion": values["RC_USER_JWT_102"],
            "endpoint_id": "p3kq1",
            "scope": "SMS ReadMessages",
        },
    )

    body = answer.json()
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-rate-limit-group"] == "auth"
    assert body == {
        "access_token": body["access_token"],
        "token_type": "bearer",
        "expires_in": 3600,
        "refresh_token": body["refresh_token"],
        "refresh_token_expires_in": 604800,
        "scope": "ReadMessages SMS",
        "owner_id": str(office.id(102)),
        "endpoint_id": "p3kq1",
        "session_id": body["session_id"],
    }


async def test_a_refusal_is_spelled_as_rfc_6749_and_clients_read_it(office: Office) -> None:
    answer = await ask(office, data={"grant_type": "refresh_token", "refresh_token": "RT1"})

    assert answer.status_code == 400
    assert answer.json() == {
        "error": "invalid_grant",
        "error_description": "Token not found",
        "errors": [{"errorCode": "OAU-213", "message": "Token not found"}],
    }


async def test_an_app_that_fails_by_header_is_challenged(office: Office) -> None:
    data = {"grant_type": JWT_GRANT, "assertion": office.values["RC_USER_JWT"]}

    wrong = await ask(office, data=data, auth=(office.values["RC_CLIENT_ID"], "wrong"))
    nobody = await office.http.post(TOKEN, data={**data, "client_id": "nobody"})

    assert refusal(wrong) == (401, "OAU-153")
    assert wrong.headers["www-authenticate"].startswith("Basic ")
    assert refusal(nobody) == (400, "OAU-153")
    assert wrong.json()["error"] == nobody.json()["error"] == "invalid_client"


async def test_the_scheme_of_a_token_is_read_in_any_case(office: Office) -> None:
    token = (await logged_in(office))["access_token"]

    for scheme in ("bearer", "Bearer", "BEARER"):
        assert (await get(office, token, scheme)).status_code == 200


@pytest.mark.parametrize("place", ["form", "query"])
async def test_revoking_answers_200_with_nothing_and_ends_the_session(
    office: Office, place: str
) -> None:
    tokens = await logged_in(office)
    assert (await get(office, tokens["access_token"])).status_code == 200
    named = {"token": tokens["refresh_token"]}

    answer = await ask(
        office, REVOKE, **({"data": named} if place == "form" else {"params": named})
    )

    assert (answer.status_code, answer.content) == (200, b"")
    assert refusal(await get(office, tokens["access_token"])) == (401, "OAU-213")


async def test_revoking_what_is_unknown_is_no_error_but_without_a_token_it_is(
    office: Office,
) -> None:
    assert (await ask(office, REVOKE, data={"token": "never-given"})).status_code == 200
    assert refusal(await ask(office, REVOKE, params={"token": "a"}, data={"token": "b"})) == (
        400,
        "OAU-150",
    )
    assert (await ask(office, REVOKE)).json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "OAU-250"),
        (b'{"grant_type":"password"}', "OAU-250"),
        (b"grant_type=", "OAU-250"),
        (b"grant_type=password&grant_type=password", "OAU-111"),
        (b"grant_type=%FF", "CMN-104"),
        (b"\xff\xfe", "CMN-104"),
        (b"grant_type=password&username=a%00b&password=x", "CMN-101"),
        (b"grant_type=password&username=a", "CMN-101"),
        (b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer", "CMN-101"),
        (b"grant_type=authorization_code&redirect_uri=x", "CMN-101"),
        (b"grant_type=refresh_token&refresh_token=", "CMN-101"),
        (b"&".join(b"a%d=1" % number for number in range(200)), "CMN-104"),
        (b"grant_type=" + b"x" * 100_000, "CMN-104"),
        (b"grant_type=password&username=" + b"x" * 60_000 + b"&password=x", "OAU-140"),
        (b"grant_type=password&username=%F0%9F%98%80@x&password=%F0%9F%98%80", "OAU-140"),
    ],
)
async def test_bad_token_requests_are_refused_and_never_fail(
    office: Office, body: bytes, code: str
) -> None:
    answer = await ask(office, content=body, headers=FORM)

    assert refusal(answer) == (400, code)


async def test_a_token_dies_with_the_hour_and_is_refreshed(office: Office) -> None:
    tokens = await logged_in(office)

    office.forward(3600 * 1000)
    dead = await get(office, tokens["access_token"])
    data = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    fresh = (await ask(office, data=data)).json()

    assert refusal(dead) == (401, "OAU-128")
    assert fresh["session_id"] == tokens["session_id"]
    assert (await get(office, fresh["access_token"])).status_code == 200


async def test_after_a_refresh_the_old_access_token_is_refused_at_once(office: Office) -> None:
    tokens = await logged_in(office)
    assert (await get(office, tokens["access_token"])).status_code == 200

    data = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert (await ask(office, data=data)).status_code == 200

    assert refusal(await get(office, tokens["access_token"])) == (401, "OAU-213")
    body = {"from": {"phoneNumber": "+16505550102"}, "to": [], "text": "x"}
    sent = await office.http.post(
        f"{MINE}/sms", json=body, headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )
    assert refusal(sent) == (401, "OAU-213")

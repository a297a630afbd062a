"""Whatever is logged, it is no text, no token and no secret: read from a server's whole output."""

import asyncio
import secrets
from pathlib import Path

from tests.server import JWT_GRANT, MINE, Server, running

CHATTY = {
    "POSTROOM__LOG__LEVEL": "debug",
    "POSTROOM__LOG__ACCESS": "true",
    "POSTROOM__LOG__JOURNAL": "true",
}
TEXT = "Xylophone" + secrets.token_hex(8)
WRONG = "Quetzal" + secrets.token_hex(8)
PUBLIC = ("RC_SERVER_URL", "RC_REDIRECT_URI", "RC_REDIRECT_URL", "RC_EXTENSION", "RC_USERNAME")
OPEN = ("RC_CLIENT_ID", "RC_APP_CLIENT_ID", "RC_PUBLIC_CLIENT_ID", "RC_LIMITED_CLIENT_ID")


async def log_in(server: Server) -> dict[str, str]:
    """The tokens of Ada, by password."""
    values = server.values
    answer = await server.http.post(
        "/restapi/oauth/token",
        auth=(values["RC_CLIENT_ID"], values["RC_CLIENT_SECRET"]),
        data={
            "grant_type": "password",
            "username": values["RC_USERNAME"],
            "extension": values["RC_EXTENSION"],
            "password": values["RC_PASSWORD"],
        },
    )
    assert answer.status_code == 200, answer.text
    tokens: dict[str, str] = answer.json()
    return tokens


async def send_and_read(server: Server, token: str) -> None:
    """What goes well: an SMS that is delivered, a page, and content by a token in the query."""
    sms = {
        "from": {"phoneNumber": "+16505550101"},
        "to": [{"phoneNumber": server.values["SMS_RECIPIENT"]}],
        "text": TEXT,
    }
    sent = (await server.call(token, "POST", "sms", json=sms)).json()
    inside = sms | {"to": [{"phoneNumber": "+16505550102"}]}
    key = {"Idempotency-Key": TEXT}
    await server.call(token, "POST", "sms", json=inside, headers=key)
    page = {"to": [{"extensionNumber": "102"}], "text": TEXT}
    paged = (await server.call(token, "POST", "company-pager", json=page)).json()
    uri = paged["attachments"][0]["uri"]
    content = await server.http.get(uri, params={"access_token": token})
    assert content.text == TEXT
    while sent["messageStatus"] != "Delivered":
        await asyncio.sleep(0.05)
        sent = (await server.call(token, "GET", f"message-store/{sent['id']}")).json()


async def fail(server: Server, token: str) -> None:
    """What goes wrong: bodies, parameters, paths, tokens, passwords, credentials and codes."""
    bodies: list[bytes] = [b'{"text": "%b"' % TEXT.encode(), TEXT.encode() * 200, b"\xff" * 9]
    for body in bodies:
        for path in ("sms", "company-pager"):
            answer = await server.call(token, "POST", path, content=body)
            assert answer.status_code == 400
    too_long = {"to": [{"extensionNumber": "102"}], "text": TEXT * 100}
    assert (await server.call(token, "POST", "company-pager", json=too_long)).status_code == 400
    assert (await server.call(token, "GET", "/nowhere", params={"text": TEXT})).status_code == 404
    listed = await server.call(token, "GET", "message-store", params={"direction": TEXT})
    assert listed.status_code == 400
    assert (await server.call(WRONG, "GET", MINE)).status_code == 401
    assert (await server.http.get(MINE, params={"access_token": WRONG})).status_code == 401
    app = server.values["RC_CLIENT_ID"], server.values["RC_CLIENT_SECRET"]
    for form in (
        {"grant_type": "password", "username": "+16505550100", "password": WRONG},
        {"grant_type": JWT_GRANT, "assertion": WRONG},
        {"grant_type": "authorization_code", "code": WRONG, "redirect_uri": "x"},
        {"grant_type": "refresh_token", "refresh_token": WRONG},
    ):
        answer = await server.http.post("/restapi/oauth/token", auth=app, data=form)
        assert answer.status_code == 400, answer.text
    strange = await server.http.post("/restapi/oauth/token", auth=(app[0], WRONG), data={})
    assert strange.status_code in (400, 401)


async def end(server: Server, tokens: dict[str, str]) -> dict[str, str]:
    """Refresh, then log out; the newer tokens."""
    app = server.values["RC_CLIENT_ID"], server.values["RC_CLIENT_SECRET"]
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    newer = (await server.http.post("/restapi/oauth/token", auth=app, data=form)).json()
    query = {"token": newer["access_token"]}
    answer = await server.http.post("/restapi/oauth/revoke", auth=app, params=query)
    assert answer.status_code == 200
    return {name: newer[name] for name in ("access_token", "refresh_token")}


def secret_values(server: Server) -> dict[str, str]:
    """What of demo.env nobody but its owner may read."""
    known = (*PUBLIC, *OPEN, "SMS_RECIPIENT", "SMS_RECIPIENT2")
    return {name: value for name, value in server.values.items() if name not in known}


async def test_no_text_token_or_secret_is_ever_logged(tmp_path: Path) -> None:
    async with running(tmp_path, env=CHATTY) as server:
        tokens = await log_in(server)
        await send_and_read(server, tokens["access_token"])
        await fail(server, tokens["access_token"])
        newer = await end(server, tokens)

    lines = [line for line in server.output().splitlines() if line.startswith("{")]
    hidden = {"text": TEXT, "what was tried": WRONG, **secret_values(server)}
    for name in ("access_token", "refresh_token"):
        hidden |= {name: tokens[name], f"newer {name}": newer[name]}
    assert "RC_PASSWORD" in hidden
    assert len(lines) > 30
    found = {name: [one for one in lines if value in one][:1] for name, value in hidden.items()}
    assert {name: where for name, where in found.items() if where} == {}

"""RingCentral's SDK for Python, unmodified, against a real server."""

import asyncio
import base64
import hashlib
import secrets
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.needs import lacking
from tests.sdk.page import logged_in
from tests.server import MINE, Server, running

TEXT = "Grüße 😀"


def new_sdk(server: Server) -> Any:
    """The SDK, told nothing but the server's URL and the app."""
    values = server.values
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from ringcentral import SDK
        except ImportError:
            lacking("the package ringcentral")
    return SDK(
        values["RC_APP_CLIENT_ID"],
        values["RC_APP_CLIENT_SECRET"],
        values["RC_SERVER_URL"],
        redirect_uri=values["RC_REDIRECT_URI"],
    )


def is_me(platform: Any) -> None:
    assert platform.get(MINE).json().extensionNumber == "101"


def refused(call: Any, *arguments: Any) -> int:
    """The status of an answer that the SDK raises."""
    from ringcentral.http.api_exception import ApiException

    with pytest.raises(ApiException) as raised:
        call(*arguments)
    return int(raised.value.api_response().response().status_code)


def log_in_by_jwt(server: Server) -> Any:
    platform = new_sdk(server).platform()
    platform.login(jwt=server.values["RC_USER_JWT"])
    is_me(platform)
    return platform


def log_in_by_password(server: Server) -> None:
    platform = new_sdk(server).platform()
    values = server.values
    platform.login(values["RC_USERNAME"], values["RC_EXTENSION"], values["RC_PASSWORD"])
    is_me(platform)


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def log_in_by_code(server: Server) -> None:
    platform = new_sdk(server).platform()
    verifier = secrets.token_urlsafe(48)
    # `platform.login_url` of this version fails by itself: it misses an import.
    query = {
        "response_type": "code",
        "client_id": server.values["RC_APP_CLIENT_ID"],
        "redirect_uri": server.values["RC_REDIRECT_URI"],
        "state": "mine",
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    url = platform.create_url("/restapi/oauth/authorize", add_server=True)
    back = logged_in(f"{url}?{urlencode(query)}", server.values)
    assert back["state"] == "mine"
    platform.login(
        code=back["code"],
        redirect_uri=server.values["RC_REDIRECT_URI"],
        verifier=verifier,
    )
    is_me(platform)


def send_sms(platform: Any, to: str) -> Any:
    numbers = platform.get(f"{MINE}/phone-number").json().records
    own = next(
        record.phoneNumber
        for record in numbers
        if "SmsSender" in record.features and record.usageType == "DirectNumber"
    )
    body = {"from": {"phoneNumber": own}, "to": [{"phoneNumber": to}], "text": "Hello"}
    message = platform.post(f"{MINE}/sms", body).json()
    assert message.messageStatus == "Queued"
    while message.messageStatus == "Queued":
        message = platform.get(f"{MINE}/message-store/{message.id}").json()
    assert message.messageStatus in ("Sent", "Delivered")
    return message


def send_page(platform: Any) -> Any:
    body = {
        "from": {"extensionNumber": "101"},
        "to": [{"extensionNumber": "102"}, {"extensionNumber": "103"}],
        "text": TEXT,
    }
    message = platform.post(f"{MINE}/company-pager", body).json()
    assert [party.extensionNumber for party in message.to] == ["101", "102", "103"]
    assert message.from_.extensionNumber == "101"
    return message


def listed(platform: Any, query: str) -> list[int]:
    records = platform.get(f"{MINE}/message-store?{query}").json().records
    return [record.id for record in records]


def read_all(platform: Any, sms: Any, page: Any) -> None:
    assert listed(platform, "messageType=SMS&messageType=Pager&direction=Outbound") == [
        page.id,
        sms.id,
    ]
    assert listed(platform, "messageType=Pager&dateFrom=2020-01-01T00:00:00.000Z") == [page.id]
    batch = platform.get(f"{MINE}/message-store/{sms.id},{page.id},77")
    parts = batch.multipart()
    assert [part.ok() for part in parts] == [True, True, False]
    assert [part.json().id for part in parts[:2]] == [sms.id, page.id]
    assert parts[2].json().errorCode == "CMN-102"
    content = platform.get(page.attachments[0].uri)
    assert content.response().content == TEXT.encode()


def synchronize(platform: Any) -> None:
    path = f"{MINE}/message-sync"
    full = platform.get(path, {"syncType": "FSync", "recordCount": 250}).json()
    assert full.records
    assert full.syncInfo.olderRecordsExist is False
    page = send_page(platform)
    token = full.syncInfo.syncToken
    told = platform.get(path, {"syncType": "ISync", "syncToken": token}).json()
    assert page.id in [record.id for record in told.records]
    assert refused(platform.get, path, {"syncType": "ISync", "syncToken": "garbage"}) == 400


def change(platform: Any, page: Any) -> None:
    path = f"{MINE}/message-store/{page.id}"
    assert platform.put(path, {"readStatus": "Read"}).json().readStatus == "Read"
    assert platform.delete(path).response().status_code == 204
    assert refused(platform.get, path) == 404


def refresh_and_log_out(server: Server, platform: Any) -> None:
    before = platform.auth().access_token()
    platform.refresh()
    after = platform.auth().access_token()
    assert after != before
    is_me(platform)
    platform.logout()
    for token in (before, after):
        headers = {"Authorization": f"Bearer {token}"}
        assert httpx.get(f"{server.base}{MINE}", headers=headers).status_code == 401


def everything(server: Server) -> None:
    log_in_by_password(server)
    log_in_by_code(server)
    platform = log_in_by_jwt(server)
    sms = send_sms(platform, server.values["SMS_RECIPIENT"])
    page = send_page(platform)
    read_all(platform, sms, page)
    synchronize(platform)
    change(platform, page)
    refresh_and_log_out(server, platform)


@pytest.mark.filterwarnings("ignore:username-password login will soon")
async def test_the_sdk_logs_in_sends_reads_changes_and_logs_out(
    tmp_path: Path, dsn: str | None
) -> None:
    async with running(tmp_path, dsn=dsn) as server:
        await asyncio.to_thread(everything, server)

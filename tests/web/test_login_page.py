import html
import re
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx

from tests.office import Office

PATH = "/restapi/oauth/authorize"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
BLANKS = ["brand_id", "display", "prompt", "ui_options", "ui_locales", "localeId", "nonce"]


def wish(office: Office, **more: str) -> dict[str, str]:
    """What an application asks for, with the blank parameters of the JS SDK."""
    return {
        "response_type": "code",
        "client_id": office.values["RC_CLIENT_ID"],
        "redirect_uri": office.values["RC_REDIRECT_URI"],
        "state": 'a"<b>&c',
        **dict.fromkeys(BLANKS, ""),
        **more,
    }


def form_of(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of a page."""
    return {html.unescape(name): html.unescape(value) for name, value in HIDDEN.findall(page.text)}


def sent_to(answer: httpx.Response) -> tuple[str, dict[str, str]]:
    """Where an answer sends the browser, and with what."""
    assert answer.status_code == 302, answer.text
    place, _, query = answer.headers["location"].partition("?")
    return place, {name: value for name, [value] in parse_qs(query).items()}


async def shown(office: Office, **more: str) -> httpx.Response:
    """The login page."""
    page = await office.http.get(PATH, params=wish(office, **more))
    assert page.status_code == 200, page.text
    return page


async def submit(office: Office, page: httpx.Response, **typed: str) -> httpx.Response:
    """Send the form of a page, as a browser does."""
    return await office.http.post(PATH, data={**form_of(page), **typed})


def ada(office: Office) -> dict[str, str]:
    """What Ada types."""
    values = office.values
    return {
        "username": values["RC_USERNAME"],
        "extension": values["RC_EXTENSION"],
        "password": values["RC_PASSWORD"],
    }


async def test_who_logs_in_on_the_page_is_sent_back_with_a_code_that_opens(office: Office) -> None:
    page = await shown(office)

    place, given = sent_to(await submit(office, page, **ada(office), action="log-in"))

    assert place == office.values["RC_REDIRECT_URI"]
    assert (given["state"], given["expires_in"]) == ('a"<b>&c', "60")
    answer = await office.http.post(
        "/restapi/oauth/token",
        auth=(office.values["RC_CLIENT_ID"], office.values["RC_CLIENT_SECRET"]),
        data={
            "grant_type": "authorization_code",
            "code": given["code"],
            "redirect_uri": office.values["RC_REDIRECT_URI"],
        },
    )
    assert answer.json()["owner_id"] == str(office.id(101))


async def test_the_page_has_no_scripts_and_a_strict_policy(office: Office) -> None:
    page = await shown(office)

    policy = dict(
        part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";")
    )
    nonce = policy["style-src"].removeprefix("'nonce-").removesuffix("'")
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self' http://postroom.test"
    assert f'<style nonce="{nonce}">' in page.text
    assert not re.search(r"<script|<link|<img|\bon\w+=|\bstyle=|https?://", _visible(page.text))
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"


def _visible(text: str) -> str:
    return re.sub(r'<input type="hidden"[^>]*>', "", text)


async def test_the_page_can_be_used_with_a_screen_reader_and_a_password_manager(
    office: Office,
) -> None:
    text = (await shown(office)).text

    assert '<html lang="en">' in text
    assert "<title>" in text
    for name in ("username", "extension", "password"):
        assert f'<label for="{name}">' in text
        assert f'id="{name}"' in text
    assert 'autocomplete="username"' in text
    assert 'autocomplete="current-password"' in text


async def test_a_wrong_password_is_told_and_what_was_typed_stays(office: Office) -> None:
    page = await shown(office)

    again = await submit(office, page, **ada(office) | {"password": "<wrong>"})

    assert again.status_code == 400
    assert 'role="alert"' in again.text
    assert f'value="{office.values["RC_USERNAME"]}"' in again.text
    assert "&lt;wrong&gt;" not in again.text
    assert sent_to(await submit(office, again, **ada(office)))[1]["code"]


async def test_a_form_that_another_site_made_is_not_taken(office: Office) -> None:
    page = await shown(office)
    forged = {**wish(office), **ada(office), "proof": "0" * 64}
    stranger = httpx.AsyncClient(transport=office.http._transport, base_url=office.http.base_url)

    without_cookie = await stranger.post(PATH, data={**form_of(page), **ada(office)})
    without_proof = await office.http.post(PATH, data={**wish(office), **ada(office)})
    with_wrong_proof = await office.http.post(PATH, data=forged)

    for answer in (without_cookie, with_wrong_proof):
        assert answer.status_code == 400
        assert "location" not in answer.headers
    assert without_proof.status_code == 200, "it is the request of an app, and shows the page"


async def test_who_cancels_is_sent_back_without_a_code(office: Office) -> None:
    page = await shown(office)

    place, given = sent_to(await submit(office, page, action="cancel"))

    assert place == office.values["RC_REDIRECT_URI"]
    assert (given["error"], given["state"]) == ("access_denied", 'a"<b>&c')
    assert "code" not in given


async def test_an_app_may_post_its_wish(office: Office) -> None:
    page = await office.http.post(PATH, data=wish(office, login_hint="ben@demo.invalid"))

    assert page.status_code == 200
    assert 'value="ben@demo.invalid"' in page.text


async def test_a_wrong_wish_is_told_to_the_app(office: Office) -> None:
    answer = await office.http.get(PATH, params=wish(office, response_type="token"))

    place, given = sent_to(answer)
    assert place == office.values["RC_REDIRECT_URI"]
    assert given["error"] == "unsupported_response_type"


async def test_nobody_is_sent_to_an_address_that_is_not_registered(office: Office) -> None:
    for more in (
        {"redirect_uri": "https://thief.example/"},
        {"client_id": "nobody"},
        {"client_id": "a\0b"},
    ):
        answer = await office.http.get(PATH, params=wish(office, **more))

        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert "thief" not in answer.text


async def test_a_wish_that_is_too_long_or_said_twice_is_refused(office: Office) -> None:
    long = await office.http.post(PATH, content=b"x=" + b"y" * 100_000, headers=_form())
    twice = await office.http.get(f"{PATH}?{urlencode(wish(office))}&client_id=x")

    assert long.status_code == twice.status_code == 400


def _form() -> dict[str, Any]:
    return {"Content-Type": "application/x-www-form-urlencoded"}


async def test_the_demo_shows_the_code_that_an_app_would_get(office: Office) -> None:
    shown = await office.http.get("/demo/callback", params={"code": "<c0de>", "state": "s"})
    refused = await office.http.get("/demo/callback", params={"error": "access_denied"})

    assert "<output>&lt;c0de&gt;</output>" in shown.text
    assert "access_denied" in refused.text

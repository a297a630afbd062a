"""Logging in on the page of an authorization URL, as a browser does."""

import html
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


def logged_in(url: str, values: Mapping[str, str]) -> dict[str, str]:
    """What is in the query that the user is sent back with; `values` are those of demo.env."""
    with httpx.Client(trust_env=False) as browser:
        page = browser.get(url)
        assert page.status_code == 200, page.text
        form = {
            html.unescape(name): html.unescape(value) for name, value in HIDDEN.findall(page.text)
        }
        form |= {
            "username": values["RC_USERNAME"],
            "extension": values["RC_EXTENSION"],
            "password": values["RC_PASSWORD"],
            "action": "log-in",
        }
        answer = browser.post(urljoin(url, "authorize"), data=form)
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(values["RC_REDIRECT_URI"])
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))

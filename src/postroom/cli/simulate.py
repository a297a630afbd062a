"""`postroom simulate`: play the other phone, on a demo that is running."""

import argparse
import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from postroom.cli import Commands, demo_env, options
from postroom.model.errors import PostroomError

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SECONDS = 10.0


class NotSimulated(PostroomError):
    """Nothing came in; the sentence says why."""


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("simulate", help="play the other phone of a running demo")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    sms = actions.add_parser("sms", help="let an SMS come in from outside")
    options.add_settings(sms)
    sms.add_argument("--from", dest="sender", required=True, help="the other phone's number")
    sms.add_argument("--to", dest="recipient", required=True, help="a number of the company")
    sms.add_argument("--text", required=True)
    sms.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Let an SMS come in, as the demo's administrator."""
    folder = Path(options.settings(arguments).store.data)
    values = demo_env.read(folder)
    if not values:
        raise NotSimulated(f"there is no {folder / demo_env.NAME}: postroom serve --demo makes it")
    wish = {"from": arguments.sender, "to": arguments.recipient, "text": arguments.text}
    answer = _ask(
        values["RC_SERVER_URL"],
        "/postroom/v1/simulator/inbound",
        json.dumps(wish).encode(),
        {"Authorization": f"Bearer {_token(values)}", "Content-Type": "application/json"},
    )
    print(f"brought an SMS from {answer.get('from')} to {answer.get('to')}")
    return 0


def _token(values: dict[str, str]) -> str:
    form = urllib.parse.urlencode({"grant_type": JWT_GRANT, "assertion": values["RC_USER_JWT"]})
    pair = f"{values['RC_CLIENT_ID']}:{values['RC_CLIENT_SECRET']}"
    basic = base64.b64encode(pair.encode()).decode()
    answer = _ask(
        values["RC_SERVER_URL"],
        "/restapi/oauth/token",
        form.encode(),
        {"Authorization": f"Basic {basic}"},
    )
    return str(answer["access_token"])


def _ask(base: str, path: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """The answer to a POST; no proxy stands between us and our own machine."""
    request = urllib.request.Request(base + path, body, headers, method="POST")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return dict(json.loads(answer.read() or b"{}"))
    except urllib.error.HTTPError as error:
        raise NotSimulated(_said(error)) from error
    except OSError as error:
        raise NotSimulated(f"no demo answers at {base}: is it running?") from error


def _said(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read())["message"])
    except (ValueError, KeyError, TypeError):
        return f"the demo answered {error.code}"

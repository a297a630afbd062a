import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import msgspec
import pytest

from postroom.model.errors import Unavailable
from postroom.store.database import StoreSettings
from postroom.web.pages import coded
from postroom.web.reference import Reference
from tests.office import BASE, Office, opened

LEADS = {"a": "href", "link": "href", "script": "src", "img": "src", "form": "action"}
VOID = {"meta", "link", "img", "input", "br", "hr", "wbr"}


class Page(HTMLParser):
    """Where a page leads, what it is made of, and whether its elements are closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.leads: list[str] = []
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.fields: set[str] = set()
        self.open: list[str] = []
        self.inline: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if place := given.get(LEADS.get(tag, "")):
            self.leads.append(place)
        if id := given.get("id"):
            self.ids.append(id)
        if tag == "label" and (named := given.get("for")):
            self.labelled.add(named)
        if tag in ("input", "textarea"):
            self.fields.add(given.get("id") or "")
        self.inline += [name for name in given if name.startswith("on") or name == "style"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


async def page(office: Office, path: str) -> Page:
    """A page, read."""
    answer = await office.http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Page(answer.text)


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_a_page_is_whole_and_everything_in_it_is_here(office: Office, path: str) -> None:
    found = await page(office, path)

    assert found.open == []
    assert found.inline == []
    assert len(set(found.ids)) == len(found.ids)
    assert found.fields == found.labelled & found.fields
    for lead in {one for one in found.leads if not one.startswith("#")}:
        address = urljoin(f"{BASE}{path}", lead)
        assert address.startswith(f"{BASE}/"), "nothing leads away from this server"
        assert (await office.http.get(address)).status_code == 200
    assert {one[1:] for one in found.leads if one.startswith("#")} <= set(found.ids)


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_a_page_runs_nothing_of_others(office: Office, path: str) -> None:
    answer = await office.http.get(path)

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "'unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_style_sheet_and_the_script_load_nothing_else(office: Office) -> None:
    for name in ("pages.css", "docs.js"):
        text = (await office.http.get(f"/static/{name}")).text
        assert not re.search(r"https?:|@import|url\(", text)


async def test_every_operation_is_on_the_page(office: Office) -> None:
    document = (await office.http.get("/openapi.json")).json()
    found = await page(office, "/docs")

    operations = {
        said["operationId"]
        for by_method in document["paths"].values()
        for said in by_method.values()
    }
    assert operations
    assert operations <= set(found.ids)


async def test_the_start_page_tells_what_to_try(office: Office) -> None:
    text = (await office.http.get("/")).text

    assert BASE in text
    for word in ("SQLite", "simulator", "demo.env", "+16505550100", "Night shift"):
        assert word in text
    for value in (office.values["RC_APP_CLIENT_SECRET"], office.values["RC_USER_JWT"]):
        assert value not in text


@pytest.mark.parametrize("name", ["secret.txt", "..%2Fpages.py", "../pages.py", ""])
async def test_only_what_is_named_is_served(office: Office, name: str) -> None:
    assert (await office.http.get(f"/static/{name}")).status_code == 404


async def test_other_methods_are_refused(office: Office) -> None:
    assert (await office.http.post("/docs")).status_code == 405


# -- reading the document ------------------------------------------------------------------------

DOCUMENT: dict[str, Any] = {
    "tags": [{"name": "A group", "description": "Of one."}],
    "paths": {
        "/things/{id}": {
            "put": {
                "operationId": "putThing",
                "summary": "Put it.",
                "tags": ["A group"],
                "x-rate-group": "light",
                "security": [],
                "parameters": [{"$ref": "#/components/parameters/Id"}],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/T"}}}
                },
                "responses": {"204": {"description": "Done."}},
            }
        }
    },
    "components": {
        "parameters": {
            "Id": {
                "name": "id",
                "in": "path",
                "required": True,
                "description": "Which.",
                "schema": {"type": "integer", "default": 7},
            }
        },
        "schemas": {
            "T": {
                "title": "T",
                "type": "object",
                "properties": {
                    "kind": {"enum": ["a", "b"]},
                    "inner": {"anyOf": [{"$ref": "#/components/schemas/T"}, {"type": "null"}]},
                },
                "required": ["kind"],
            }
        },
    },
}


def test_a_document_is_read_with_its_references() -> None:
    [group] = Reference(DOCUMENT).groups()
    [operation] = group.operations

    assert (group.anchor, operation.method, operation.public) == ("a-group", "PUT", True)
    [parameter] = operation.parameters
    assert (parameter.name, parameter.type, parameter.default) == ("id", "integer", "7")
    assert [(row.name, row.type, row.depth) for row in operation.body[:3]] == [
        ("kind", "a · b", 0),
        ("inner", "T", 0),
        ("kind", "a · b", 1),
    ]


def test_a_type_that_holds_itself_is_shown_to_a_depth() -> None:
    [group] = Reference(DOCUMENT).groups()

    assert max(row.depth for row in group.operations[0].body) == 5


def test_a_sentence_with_code_stays_harmless() -> None:
    assert coded("`~` & <b>") == "<code>~</code> &amp; &lt;b&gt;"


# -- health --------------------------------------------------------------------------------------


async def test_a_server_that_works_says_so(store_settings: StoreSettings, tmp_path: Path) -> None:
    async with opened(store_settings, tmp_path) as office:
        ready = await office.http.get("/readyz")
        alive = await office.http.get("/healthz")

    assert (ready.status_code, ready.json()) == (
        200,
        {"status": "ready", "store": True, "writer": True},
    )
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})


async def test_a_server_that_cannot_write_is_not_ready(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise Unavailable

    monkeypatch.setattr(office.house.store.queues[0], "put", full)

    answer = await office.http.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "store": True, "writer": False}
    assert (await office.http.get("/healthz")).status_code == 200


async def test_numbers_are_shown_to_prometheus(office: Office) -> None:
    await office.call(102, "GET", "message-store")

    answer = await office.http.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert 'postroom_requests_total{endpoint="listMessages",status="200"}' in answer.text
    for name in ("queue_depth", "batch_size", "commit_seconds", "outbox", "carrier_bound"):
        assert f"postroom_{name}" in answer.text


async def test_the_document_may_be_read_from_anywhere(office: Office) -> None:
    answer = await office.http.get("/openapi.json")

    assert answer.headers["access-control-allow-origin"] == "*"
    assert msgspec.json.decode(answer.content)["openapi"] == "3.1.0"

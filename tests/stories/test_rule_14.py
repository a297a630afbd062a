"""Rule 14: the message store: list, get, content, mark, delete, restore."""

from tests.office import DAY_MS, OUTSIDE, Office, refusal

MULTIPART = "application/vnd.ringcentral.multipart+json"


async def test_deleted_and_purged_are_hidden_unless_they_are_named(office: Office) -> None:
    kept, deleted, purged = [
        (await office.page(101, 102, text=text)).json()["id"] for text in ("a", "b", "c")
    ]
    await office.call(101, "DELETE", f"message-store/{deleted}")
    await office.call(101, "DELETE", f"message-store/{purged}", params={"purge": "true"})

    assert [m["id"] for m in await office.inbox(101)] == [kept]
    assert [m["id"] for m in await office.inbox(101, availability="Deleted")] == [deleted]
    assert [m["id"] for m in await office.inbox(101, availability="Purged")] == [purged]
    both = await office.inbox(101, availability=["Alive", "Deleted"])
    assert sorted(m["id"] for m in both) == sorted([kept, deleted])
    for id, name in ((deleted, "Deleted"), (purged, "Purged")):
        path = f"message-store/{id}"
        assert refusal(await office.call(101, "GET", path)) == (404, "CMN-102")
        named = await office.call(101, "GET", path, params={"availability": name})
        assert named.json()["availability"] == name
        assert refusal(await office.call(101, "GET", f"{path}/content/1")) == (404, "CMN-102")


async def test_a_purged_message_has_lost_its_text_and_its_attachments(office: Office) -> None:
    id = (await office.page(101, 102, text="secret")).json()["id"]

    await office.call(101, "DELETE", f"message-store/{id}", params={"purge": "True"})

    [left] = await office.inbox(101, availability="Purged")
    assert "subject" not in left
    assert left["attachments"] == []


async def test_in_a_batch_each_part_has_its_own_status(office: Office) -> None:
    ids = [(await office.page(101, 102)).json()["id"] for _ in range(2)]
    await office.call(101, "DELETE", f"message-store/{ids[1]}")
    path = f"message-store/{ids[0]},{ids[1]},77"

    as_json = await office.call(101, "GET", path, headers={"Accept": MULTIPART})
    as_parts = await office.call(101, "GET", path)

    assert as_json.status_code == as_parts.status_code == 207
    assert [part["status"] for part in as_json.json()] == [200, 404, 404]
    assert [part["resourceId"] for part in as_json.json()] == [str(ids[0]), str(ids[1]), "77"]
    kind, _, boundary = as_parts.headers["content-type"].partition("; boundary=")
    assert kind == "multipart/mixed"
    assert boundary.startswith("Boundary")
    assert as_parts.text.count(f"--{boundary}") == 5


async def test_marking_read_changes_it_and_its_time(office: Office) -> None:
    await office.page(101, 102)
    [before] = await office.inbox(102)
    path = f"message-store/{before['id']}"
    office.forward(1000)

    answer = await office.call(102, "PUT", path, json={"readStatus": "Read"})

    assert answer.json()["readStatus"] == "Read"
    assert answer.json()["lastModifiedTime"] > before["lastModifiedTime"]
    assert await office.inbox(102, readStatus="Unread") == []


async def test_several_can_be_marked_at_once(office: Office) -> None:
    for _ in range(3):
        await office.page(101, 102)
    ids = [m["id"] for m in await office.inbox(102)]
    path = f"message-store/{','.join(map(str, ids))}"

    answer = await office.call(102, "PUT", path, json={"readStatus": "Read"})

    assert answer.status_code == 207
    assert {m["readStatus"] for m in await office.inbox(102)} == {"Read"}


async def test_deleted_ones_are_found_by_id_to_be_marked_and_restored(office: Office) -> None:
    id = (await office.page(101, 102)).json()["id"]
    path = f"message-store/{id}"
    assert (await office.call(101, "DELETE", path)).status_code == 204

    marked = await office.call(101, "PUT", path, json={"readStatus": "Read"})
    restored = await office.call(101, "PATCH", path, json={"availability": "Alive"})

    assert marked.json()["availability"] == "Deleted"
    assert restored.json()["availability"] == "Alive"
    assert [m["id"] for m in await office.inbox(101)] == [id]


async def test_a_purged_message_cannot_be_restored(office: Office) -> None:
    id = (await office.page(101, 102)).json()["id"]
    await office.call(101, "DELETE", f"message-store/{id}")
    await office.call(101, "DELETE", f"message-store/{id}")

    answer = await office.call(101, "PATCH", f"message-store/{id}", json={"availability": "Alive"})

    assert refusal(answer) == (400, "CMN-101")
    assert answer.json()["errors"][0]["parameterName"] == "availability"


async def test_the_typed_lists_are_bound_to_their_type(office: Office) -> None:
    sms = (await office.sms(101, "+16505550101", OUTSIDE)).json()
    page = (await office.page(101, 102)).json()

    for name, ids in (("sms", [sms["id"]]), ("company-pager", [page["id"]]), ("fax", [])):
        listed = await office.call(101, "GET", name)
        assert [m["id"] for m in listed.json()["records"]] == ids
    assert (await office.call(101, "GET", f"sms/{sms['id']}")).json()["id"] == sms["id"]
    wrong = await office.call(101, "GET", f"sms/{page['id']}")
    assert refusal(wrong) == (404, "CMN-102")


async def test_a_list_shows_one_day_unless_it_is_asked_for_more(office: Office) -> None:
    old = (await office.page(101, 102)).json()["id"]
    office.forward(DAY_MS + 2000)
    new = (await office.page(101, 102)).json()["id"]

    assert [m["id"] for m in await office.inbox(101)] == [new]
    assert [m["id"] for m in await office.inbox(101, dateFrom="2000")] == [new, old]


async def test_filters_and_pages(office: Office) -> None:
    ids = [(await office.page(101, 102, text=f"{n}")).json()["id"] for n in range(7)]
    await office.sms(101, "+16505550101", OUTSIDE)
    params = {"messageType": "Pager", "direction": "Outbound", "perPage": 3, "page": 2}

    answer = (await office.call(101, "GET", "message-store", params=params)).json()

    assert [m["id"] for m in answer["records"]] == ids[::-1][3:6]
    assert answer["paging"] == {
        "page": 2,
        "totalPages": 3,
        "perPage": 3,
        "totalElements": 7,
        "pageStart": 3,
        "pageEnd": 5,
    }
    assert set(answer["navigation"]) == {"firstPage", "nextPage", "previousPage", "lastPage"}


async def test_a_wrong_filter_is_named(office: Office) -> None:
    for name, value in (
        ("availability", "Dead"),
        ("direction", "Up"),
        ("dateFrom", "yesterday"),
        ("page", "0"),
        ("perPage", "x"),
        ("messageType", "Telex"),
    ):
        answer = await office.call(101, "GET", "message-store", params={name: value})
        assert refusal(answer) == (400, "CMN-101")
        assert answer.json()["errors"][0]["parameterName"] == name


async def test_a_deletion_by_id_may_be_bound_to_a_type(office: Office) -> None:
    id = (await office.page(101, 102)).json()["id"]
    path = f"message-store/{id}"

    spared = await office.call(101, "DELETE", path, params={"type": "Fax"})
    wrong = await office.call(101, "DELETE", path, params={"type": "Telex"})
    deleted = await office.call(101, "DELETE", path, params={"type": "Text"})

    assert refusal(spared) == (404, "CMN-102")
    assert refusal(wrong) == (400, "CMN-101")
    assert deleted.status_code == 204

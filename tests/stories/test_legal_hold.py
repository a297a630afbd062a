"""A legal hold: what is under it stays, whoever wants it gone, until the last hold is released."""

from typing import Any

from postroom.directory import provisioning
from postroom.mailbox import holding
from postroom.model.audit import Actor, ActorKind, Signature
from postroom.model.lifecycle import Step
from postroom.model.marking import Marking
from postroom.store.database import Store, StoreSettings
from tests import lives
from tests.office import DAY_MS, Office, refusal

HOLDS = "/postroom/v1/holds"
HELD = (403, "HLD-101")


async def place(office: Office, number: int | None = None) -> str:
    """Let the administrator hold an extension, or the account."""
    body: dict[str, Any] = {"reason": "Acme v. Doe"}
    if number is not None:
        body["extensionId"] = str(office.id(number))
    answer = await office.call(101, "POST", HOLDS, json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def release(office: Office, hold: str) -> None:
    answer = await office.call(101, "DELETE", f"{HOLDS}/{hold}")
    assert answer.status_code == 204, answer.text


async def page(office: Office, to: int) -> str:
    """The id of a page in somebody's mailbox."""
    assert (await office.page(101, to)).status_code == 200
    return str((await office.inbox(to))[0]["id"])


async def test_what_is_held_can_be_deleted_and_restored_but_not_purged(office: Office) -> None:
    id = await page(office, 102)
    path = f"message-store/{id}"
    hold = await place(office, 102)

    erased = await office.call(102, "DELETE", f"{path}?purge=true")
    deleted = await office.call(102, "DELETE", path)
    twice = await office.call(102, "DELETE", path)
    by_administrator = await office.call(
        101, "DELETE", f"/restapi/v1.0/account/~/extension/{office.id(102)}/{path}?purge=true"
    )
    by_filter = await office.call(102, "DELETE", "message-store?purge=true")

    for refused in (erased, twice, by_administrator, by_filter):
        assert refusal(refused) == HELD
    assert deleted.status_code == 204
    restored = await office.call(102, "PATCH", path, json={"availability": "Alive"})
    assert (restored.status_code, restored.json()["subject"]) == (200, "Hello!")
    await release(office, hold)
    assert (await office.call(102, "DELETE", f"{path}?purge=true")).status_code == 204
    [gone] = await office.inbox(102, availability="Purged")
    assert gone["id"] == int(id)


async def test_each_of_several_messages_is_refused_on_its_own(office: Office) -> None:
    ids = [await page(office, 102), await page(office, 102)]
    await place(office)

    answer = await office.call(
        102,
        "DELETE",
        f"message-store/{','.join([*ids, '5'])}?purge=true",
        headers={"Accept": "application/vnd.ringcentral.multipart+json"},
    )

    assert answer.status_code == 207
    assert [part["status"] for part in answer.json()] == [403, 403, 404]
    assert len(await office.inbox(102)) == 2


async def test_a_hold_of_another_mailbox_stands_in_nobodys_way(office: Office) -> None:
    id = await page(office, 103)
    await place(office, 102)

    assert (await office.call(103, "DELETE", f"message-store/{id}?purge=true")).status_code == 204


async def test_the_last_of_several_holds_sets_free(office: Office) -> None:
    id = await page(office, 102)
    of_account, of_extension = await place(office), await place(office, 102)
    purge = f"message-store/{id}?purge=true"

    await release(office, of_extension)
    assert refusal(await office.call(102, "DELETE", purge)) == HELD
    assert (await office.call(101, "DELETE", f"{HOLDS}/{of_extension}")).status_code == 404
    await release(office, of_account)

    assert (await office.call(102, "DELETE", purge)).status_code == 204


async def test_holds_are_listed_with_their_reasons_and_who_placed_them(office: Office) -> None:
    first, second = await place(office), await place(office, 102)
    await release(office, first)

    standing = (await office.call(101, "GET", HOLDS)).json()["records"]
    every = (await office.call(101, "GET", f"{HOLDS}?released=true")).json()["records"]

    assert [one["id"] for one in standing] == [second]
    assert standing[0]["extensionNumber"] == "102"
    assert standing[0]["reason"] == "Acme v. Doe"
    assert standing[0]["placedBy"] == f"user {office.id(101)}"
    assert [one["id"] for one in every] == [first, second]
    assert every[0]["releasedTime"] is not None


async def test_a_hold_wants_a_reason_and_a_mailbox(office: Office) -> None:
    for body, wanted in (
        ({"reason": " "}, (400, "CMN-101")),
        ({"reason": "x" * 501}, (400, "CMN-101")),
        ({"reason": "x\0"}, (400, "CMN-101")),
        ({"reason": "x", "extensionId": "5"}, (400, "CMN-102")),
        ({"reason": "x", "extensionId": "five"}, (400, "CMN-102")),
    ):
        assert refusal(await office.call(101, "POST", HOLDS, json=body)) == wanted
    assert refusal(await office.call(101, "DELETE", f"{HOLDS}/x")) == (404, "CMN-102")


async def test_a_hold_that_another_node_places_is_obeyed_at_once(
    office: Office, store_settings: StoreSettings
) -> None:
    id = await page(office, 102)
    other = Store(store_settings)
    await other.open()
    root = Signature(Actor(kind=ActorKind.OPERATOR, name="root"), office.clock())

    account_id = office.company.account_id
    hold = await holding.place(
        other, account_id, office.house.counter.ids, office.id(102), "Acme v. Doe", root
    )

    refused = await office.call(102, "DELETE", f"message-store/{id}?purge=true")
    assert refusal(refused) == HELD
    await holding.release(other, account_id, hold.id, root)
    again = await office.call(102, "DELETE", f"message-store/{id}?purge=true")
    assert again.status_code == 204
    await other.close()


async def test_an_extension_that_is_added_under_a_hold_is_held_from_birth(office: Office) -> None:
    await place(office)
    store, company = office.house.store, office.company
    new = provisioning.extension("301", "New Person")

    [added] = await provisioning.add_extensions(store, company, office.house.counter.ids, [new])

    assert (await office.page(101, 301)).status_code == 200
    mailbox = f"/restapi/v1.0/account/~/extension/{added.id}/message-store"
    [message] = (await office.call(101, "GET", mailbox)).json()["records"]
    refused = await office.call(101, "DELETE", f"{mailbox}/{message['id']}?purge=true")
    assert refusal(refused) == HELD


async def test_what_a_removed_extension_had_is_still_held(office: Office) -> None:
    id = int(await page(office, 102))
    await place(office, 102)
    store, company = office.house.store, office.company
    ben = company.by_number["102"]

    await provisioning.remove_extension(store, company, ben, office.clock())
    current = await office.house.companies.current(company.account_id)
    [purged] = await store.mark(
        Marking(
            account_id=company.account_id,
            extension_id=ben.id,
            version=current.version,
            ids=(id,),  # type: ignore[arg-type]
            now_ms=office.clock(),
            step=Step.ERASE,
        )
    )

    assert (purged.held, purged.changed) == (True, False)
    held = await holding.listed(store, company.account_id)
    assert [one.extension for one in held] == [ben.id]


async def test_nothing_that_is_held_ages_until_it_is_released(office: Office) -> None:
    held, free = await page(office, 102), await page(office, 103)
    hold = await place(office, 102)
    for owner, id in ((102, held), (103, free)):
        assert (await office.call(owner, "DELETE", f"message-store/{id}")).status_code == 204

    office.forward(6 * DAY_MS)
    await lives.sweep(office)

    assert [one["id"] for one in await lives.of(office, 102, "Deleted")] == [int(held)]
    assert [one["id"] for one in await lives.of(office, 103, "Purged")] == [int(free)]
    await release(office, hold)
    await lives.sweep(office)
    assert [one["id"] for one in await lives.of(office, 102, "Purged")] == [int(held)]


async def test_a_company_that_is_held_as_a_whole_is_not_swept(office: Office) -> None:
    id = await page(office, 102)
    await office.call(102, "DELETE", f"message-store/{id}")
    hold = await place(office)

    office.forward(6 * DAY_MS)
    await lives.sweep(office)

    assert [one["id"] for one in await lives.of(office, 102, "Deleted")] == [int(id)]
    await release(office, hold)
    await lives.sweep(office)
    assert [one["id"] for one in await lives.of(office, 102, "Purged")] == [int(id)]

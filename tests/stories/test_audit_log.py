"""The audit log: each act writes its entry, in the transaction that it tells of."""

import msgspec

from postroom.directory import app_registry, auditing, provisioning
from postroom.directory.founding import found_account
from postroom.model.audit import THE_HOUSE
from tests.office import Office
from tests.stories.acts import (
    ACTS,
    OTHERS,
    delete,
    entries,
    fail,
    log_out,
    message,
    restore,
    signed,
)


async def test_each_act_on_an_extension_writes_its_entry(office: Office) -> None:
    await office.token(102)
    ben, account_id = office.id(102), office.company.account_id
    for name, (act, do, kind, details) in ACTS.items():
        before = await entries(office)

        await do(office)

        new = [one for one in (await entries(office))[len(before) :] if one.act == act]
        assert [(one.extension_id, one.actor) for one in new] == [(ben, kind)], name
        told = msgspec.json.decode(new[0].details)
        assert {key: told.get(key) for key in details} == details, name
        assert abs(new[0].at_ms - office.clock()) < 60_000, name
        if kind == "user":
            who = (new[0].app, new[0].address)
            assert who == (office.values["RC_CLIENT_ID"], "127.0.0.1"), name
        else:
            assert new[0].actor_name == "root", name
        await office.house.companies.current(account_id)
        await auditing.verify(office.house.store, account_id)


async def test_each_act_on_the_company_writes_its_entry(office: Office) -> None:
    for name, (act, do) in OTHERS.items():
        before = await entries(office)

        await do(office)

        [new] = [one for one in (await entries(office))[len(before) :] if one.act == act]
        assert abs(new.at_ms - office.clock()) < 60_000, name
        assert new.details != "{}", name
        await office.house.companies.current(office.company.account_id)


async def test_failed_passwords_are_entered_until_the_lock_out(office: Office) -> None:
    before = await entries(office)

    await fail(office)

    new = (await entries(office))[len(before) :]
    assert [(one.act, one.actor) for one in new] == [("login-failed", "stranger")] * 5
    assert {one.extension_id for one in new} == {office.id(101)}
    assert {one.actor_extension for one in new} == {None}


async def test_apps_are_entered_in_the_chain_of_the_house(office: Office) -> None:
    store, by = office.house.store, signed(office)
    before = await entries(office, THE_HOUSE)

    app, secret = await app_registry.add_app(store, "Mine", by.at_ms, signed=by)
    await app_registry.remove_app(store, app.client_id, by.at_ms, signed=by)
    await app_registry.remove_app(store, app.client_id, by.at_ms, signed=by)

    new = (await entries(office, THE_HOUSE))[len(before) :]
    assert [one.act for one in new] == ["app-set", "app-remove"]
    assert all(app.client_id in one.details for one in new)
    assert not any(str(secret) in one.details for one in new)
    await auditing.verify(store, THE_HOUSE)


async def test_a_new_account_begins_a_chain_of_its_own(office: Office) -> None:
    store, by = office.house.store, signed(office)
    person = provisioning.extension("101", "Eve", now_ms=by.at_ms)

    made = await found_account(store, office.house.counter.ids, "Other", person, signed=by)

    found = await entries(office, made.account_id)
    assert [one.act for one in found] == ["account-add", "extension-add"]
    assert {one.actor_name for one in found} == {"root"}
    assert (await auditing.verify(store, made.account_id)).number == 2


async def test_what_changes_nothing_is_not_entered(office: Office) -> None:
    id = await message(office)
    before = await entries(office)

    await office.call(102, "PUT", f"message-store/{id}", json={"readStatus": "Read"})
    await office.call(102, "PATCH", f"message-store/{id}", json={"availability": "Alive"})
    await office.call(102, "GET", f"message-store/{id}")
    await office.assign(200, add=(102,))

    assert await entries(office) == before


async def test_no_text_and_no_secret_stands_in_the_log(office: Office) -> None:
    await office.page(101, 102, text="The quick brown fox")
    await office.call(102, "DELETE", "message-store")
    await fail(office)
    await log_out(office)

    log = msgspec.json.encode([*await entries(office), *await entries(office, THE_HOUSE)])

    hidden = ["quick brown", *(v for k, v in office.values.items() if "SECRET" in k or "JWT" in k)]
    hidden += [office.values["RC_PASSWORD"], await office.token(102)]
    assert not any(word.encode() in log for word in hidden)


async def test_administrators_read_it_page_by_page(office: Office) -> None:
    await delete(office)
    await restore(office)

    path = "/postroom/v1/audit"
    whole = (await office.call(101, "GET", f"{path}?perPage=1000")).json()["records"]
    behind = whole[4]["number"]
    some = (await office.call(101, "GET", f"{path}?behind={behind}&perPage=2")).json()["records"]
    params = {"act": "delete", "extensionId": str(office.id(102)), "dateFrom": "2020"}
    found = (await office.call(101, "GET", path, params=params)).json()["records"]

    assert [one["number"] for one in whole] == list(range(1, len(whole) + 1))
    assert some == whole[5:7]
    assert [one["act"] for one in found] == ["delete", "delete"]
    assert found[0]["actor"]["extensionId"] == str(office.id(102))
    for wrong in ("act=fly", "behind=-1", f"behind={2**63}", "dateFrom=never"):
        assert (await office.call(101, "GET", f"{path}?{wrong}")).status_code == 400
    assert (await office.call(101, "GET", f"{path}?dateFrom=3000")).json() == {"records": []}

"""How rows become a company, as values: no store is needed."""

from postroom.directory.snapshots import Changes, apply
from postroom.model.company import Role, Usage
from postroom.model.extension import ExtensionStatus, ExtensionType
from postroom.model.ids import AccountId, ExtensionId
from postroom.store import codes
from postroom.store.statements import Row

ACCOUNT = AccountId(1)
ADA, BEN, SUPPORT = ExtensionId(1), ExtensionId(2), ExtensionId(20)
MEMBER, MANAGER = codes.ROLE[Role.MEMBER], codes.ROLE[Role.MANAGER]


def account(version: int, session_version: int = 1) -> Row:
    return (version, session_version, "Office", "+16505550100", "{}", 5)


def person(id: int, number: str, *, deleted: int = 0, status: str = "Enabled") -> Row:
    type_ = ExtensionType.DEPARTMENT if number.startswith("2") else ExtensionType.USER
    return (
        id,
        number,
        codes.EXTENSION_TYPE[type_],
        codes.EXTENSION_STATUS[ExtensionStatus(status)],
        "Ada",
        "",
        "",
        0,
        '["OutboundSMS"]',
        7,
        deleted,
    )


def number(msisdn: str, owner: int, deleted: int = 0) -> Row:
    return (msisdn, 900, owner, codes.USAGE[Usage.DIRECT], deleted)


def changes(
    version: int,
    *,
    extensions: tuple[Row, ...] = (),
    numbers: tuple[Row, ...] = (),
    memberships: tuple[Row, ...] = (),
) -> Changes:
    return Changes(account(version), list(extensions), list(numbers), list(memberships))


FIRST = apply(
    ACCOUNT,
    None,
    changes(
        3,
        extensions=(person(ADA, "101"), person(BEN, "102"), person(SUPPORT, "200")),
        numbers=(number("+16505550101", ADA),),
        memberships=((SUPPORT, BEN, MEMBER, 1), (SUPPORT, ADA, MANAGER, 1)),
    ),
)


def test_rows_become_a_company() -> None:
    ada = FIRST.extensions[ADA]

    assert (FIRST.account_id, FIRST.name, FIRST.version) == (ACCOUNT, "Office", 3)
    assert FIRST.by_number["101"] is ada
    assert (ada.status, ada.created_ms) == (ExtensionStatus.ENABLED, 7)
    assert ada.denied == {"OutboundSMS"}
    assert [one.msisdn for one in FIRST.numbers_of(ADA)] == ["+16505550101"]
    assert FIRST.members == {SUPPORT: (BEN,)}
    assert FIRST.managers == {SUPPORT: (ADA,)}
    assert FIRST.departments_of == {BEN: {SUPPORT}}
    assert FIRST.formerly_of == {}


def test_an_ended_membership_makes_a_former_member() -> None:
    after = apply(ACCOUNT, FIRST, changes(4, memberships=((SUPPORT, BEN, MEMBER, 0),)))

    assert after.members[SUPPORT] == ()
    assert after.departments_of == {}
    assert after.formerly_of == {BEN: {SUPPORT}}
    assert after.managers == FIRST.managers


def test_who_comes_back_is_no_former_member() -> None:
    out = apply(ACCOUNT, FIRST, changes(4, memberships=((SUPPORT, BEN, MEMBER, 0),)))

    back = apply(ACCOUNT, out, changes(5, memberships=((SUPPORT, BEN, MEMBER, 1),)))

    assert back.formerly_of == {}
    assert back.departments_of == {BEN: {SUPPORT}}


def test_a_former_member_is_remembered_through_other_changes() -> None:
    out = apply(ACCOUNT, FIRST, changes(4, memberships=((SUPPORT, BEN, MEMBER, 0),)))

    later = apply(ACCOUNT, out, changes(5, extensions=(person(ADA, "109"),)))

    assert later.formerly_of == {BEN: {SUPPORT}}


def test_a_manager_who_is_no_longer_one_leaves_nothing_behind() -> None:
    after = apply(ACCOUNT, FIRST, changes(4, memberships=((SUPPORT, ADA, MANAGER, 0),)))

    assert after.managers[SUPPORT] == ()
    assert after.formerly_of == {}


def test_a_deleted_extension_is_gone_everywhere() -> None:
    after = apply(ACCOUNT, FIRST, changes(4, extensions=(person(BEN, "102", deleted=1),)))

    assert BEN not in after.extensions
    assert "102" not in after.by_number
    assert after.members == {SUPPORT: ()}


def test_a_deleted_department_is_one_that_its_members_were_in() -> None:
    after = apply(ACCOUNT, FIRST, changes(4, extensions=(person(SUPPORT, "200", deleted=1),)))

    assert after.members == {}
    assert after.circles(BEN) == {BEN}
    assert after.formerly_of == {BEN: {SUPPORT}}


def test_a_new_extension_number_replaces_the_old_one() -> None:
    after = apply(ACCOUNT, FIRST, changes(4, extensions=(person(BEN, "112"),)))

    assert set(after.by_number) == {"101", "112", "200"}


def test_a_number_moves_and_goes() -> None:
    moved = apply(ACCOUNT, FIRST, changes(4, numbers=(number("+16505550101", BEN),)))
    gone = apply(ACCOUNT, moved, changes(5, numbers=(number("+16505550101", BEN, deleted=1),)))

    assert moved.numbers_of(ADA) == ()
    assert [one.msisdn for one in moved.numbers_of(BEN)] == ["+16505550101"]
    assert gone.numbers == {}


def test_a_number_of_an_extension_that_is_not_read_yet_waits() -> None:
    early = apply(ACCOUNT, FIRST, changes(3, numbers=(number("+16505550103", 3),)))
    late = apply(
        ACCOUNT,
        early,
        changes(4, extensions=(person(3, "103"),), numbers=(number("+16505550103", 3),)),
    )

    assert "+16505550103" not in early.numbers
    assert late.numbers["+16505550103"].owner == 3


def test_what_did_not_change_is_the_same_value() -> None:
    after = apply(ACCOUNT, FIRST, changes(4, extensions=(person(ADA, "101", status="Frozen"),)))

    assert after.extensions[BEN] is FIRST.extensions[BEN]
    assert FIRST.extensions[ADA].is_active
    assert not after.extensions[ADA].is_active

import pytest

from tests.goldens import agrees
from tests.office import V1, Office, refusal

A = f"{V1}/account/~"


async def members(office: Office, who: int = 102) -> list[str]:
    """The members of the department 200, by their numbers."""
    answer = await office.call(who, "GET", f"{A}/call-queues/{office.id(200)}/members")
    return [one["extensionNumber"] for one in answer.json()["records"]]


def change(office: Office, *, add: tuple[int, ...] = (), remove: tuple[int, ...] = ()) -> object:
    """The body of a change of members."""
    return {
        "addedExtensionIds": [str(office.id(one)) for one in add],
        "removedExtensionIds": [str(office.id(one)) for one in remove],
    }


def path(office: Office, department: int = 200) -> str:
    """Where the members of a department are changed."""
    return f"{A}/call-queues/{office.id(department)}/bulk-assign"


async def test_a_department_and_its_members_are_spelled_to_the_letter(office: Office) -> None:
    queue = f"{A}/call-queues/{office.id(200)}"

    agrees(office, "call_queue", (await office.call(102, "GET", queue)).json())
    agrees(office, "call_queue_members", (await office.call(102, "GET", f"{queue}/members")).json())


async def test_the_older_form_shows_the_same_members(office: Office) -> None:
    older = f"{A}/department/{office.id(200)}/members?perPage=2"

    answer = (await office.call(102, "GET", older)).json()

    assert [one["extensionNumber"] for one in answer["records"]] == ["102", "103"]
    assert answer["paging"]["totalElements"] == 3


@pytest.mark.parametrize(
    ("who", "member", "expected"),
    [(102, "~", ["200"]), (101, "~", []), (101, "{103}", ["200"]), (102, "5", [])],
)
async def test_departments_can_be_asked_for_by_a_member(
    office: Office, who: int, member: str, expected: list[str]
) -> None:
    spelled = member.replace("{103}", str(office.id(103)))

    answer = await office.call(who, "GET", f"{A}/call-queues?memberExtensionId={spelled}")

    assert [one["extensionNumber"] for one in answer.json()["records"]] == expected


async def test_a_member_that_is_no_id_is_refused(office: Office) -> None:
    answer = await office.call(102, "GET", f"{A}/call-queues?memberExtensionId=Ben")

    assert refusal(answer) == (400, "CMN-101")


async def test_members_are_put_in_and_taken_out(office: Office) -> None:
    body = change(office, add=(107, 102), remove=(103, 101))

    answer = await office.call(101, "POST", path(office), json=body)

    assert (answer.status_code, answer.content) == (204, b"")
    assert await members(office) == ["102", "105", "107"]


async def test_ids_may_be_numbers_and_lists_left_out(office: Office) -> None:
    body = {"addedExtensionIds": [int(office.id(107))]}

    assert (await office.call(101, "POST", path(office), json=body)).status_code == 204
    assert (await office.call(101, "POST", path(office), content=b"null")).status_code == 204
    assert "107" in await members(office)


async def test_the_older_form_changes_several_departments(office: Office) -> None:
    items = [
        {"departmentId": str(office.id(200)), "removedExtensionIds": [str(office.id(102))]},
        {"departmentId": str(office.id(201)), "addedExtensionIds": [str(office.id(102))]},
    ]

    answer = await office.call(101, "POST", f"{A}/department/bulk-assign", json={"items": items})

    assert answer.status_code == 204
    queues = (await office.call(102, "GET", f"{A}/call-queues?memberExtensionId=~")).json()
    assert [one["extensionNumber"] for one in queues["records"]] == ["201"]


async def make_manager(office: Office, number: int) -> None:
    """Let somebody manage the department 200, with the same command as the administrator's."""
    from postroom.directory import provisioning

    house = office.house
    await provisioning.set_managers(
        house.store, office.company, office.id(200), [office.id(number)], office.clock()
    )


async def test_a_manager_changes_the_own_department_and_no_other(office: Office) -> None:
    await make_manager(office, 103)

    own = await office.call(103, "POST", path(office), json=change(office, remove=(102,)))
    other = await office.call(103, "POST", path(office, 201), json=change(office, add=(102,)))

    assert own.status_code == 204
    assert await members(office) == ["103", "105"]
    assert refusal(other) == (403, "CMN-408")
    assert other.json()["permissionName"] == "Groups"


async def test_nobody_else_changes_members(office: Office) -> None:
    answer = await office.call(102, "POST", path(office), json=change(office, add=(107,)))

    assert refusal(answer) == (403, "CMN-408")
    assert await members(office) == ["102", "103", "105"]


async def test_an_application_needs_its_permission(office: Office) -> None:
    token = await office.log_in("101", client="RC_LIMITED_CLIENT")
    headers = {"Authorization": f"Bearer {token}"}

    answer = await office.http.post(path(office), headers=headers, json={})

    assert refusal(answer) == (403, "CMN-401")
    assert answer.json()["permissionName"] == "EditExtensions"


@pytest.mark.parametrize(
    ("added", "removed", "code"),
    [
        ((102,), (102,), "EXT-401"),
        ((201,), (), "EXT-405"),
        ((104,), (), "EXT-405"),
    ],
)
async def test_who_cannot_be_a_member_is_refused(
    office: Office, added: tuple[int, ...], removed: tuple[int, ...], code: str
) -> None:
    body = change(office, add=added, remove=removed)

    answer = await office.call(101, "POST", path(office), json=body)

    assert refusal(answer) == (400, code)
    assert await members(office) == ["102", "103", "105"]


@pytest.mark.parametrize("name", ["addedExtensionIds", "removedExtensionIds"])
@pytest.mark.parametrize("id", ["5", "Ben", "", 2**70])
async def test_unknown_ids_are_named_and_nothing_is_changed(
    office: Office, name: str, id: str | int
) -> None:
    body = {name: [id], "addedExtensionIds": [str(office.id(107))]} | {name: [id]}

    answer = await office.call(101, "POST", path(office), json=body)

    assert refusal(answer) == (400, "CMN-102")
    assert answer.json()["parameterName"] == name
    assert await members(office) == ["102", "103", "105"]


async def test_a_user_is_no_department(office: Office) -> None:
    answer = await office.call(101, "POST", path(office, 102), json={})

    assert refusal(answer) == (404, "CMN-102")
    assert answer.json()["parameterName"] == "groupId"


async def test_an_unknown_department_in_the_body_is_named(office: Office) -> None:
    body = {"items": [{"departmentId": "5", "addedExtensionIds": []}]}

    answer = await office.call(101, "POST", f"{A}/department/bulk-assign", json=body)

    assert refusal(answer) == (400, "CMN-102")
    assert answer.json()["parameterName"] == "departmentId"

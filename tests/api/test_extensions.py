import pytest

from tests.office import MINE, V1, Office, refusal

A = f"{V1}/account/~"


async def numbers(office: Office, query: str) -> list[str]:
    """The extension numbers that a list shows."""
    answer = await office.call(102, "GET", f"{A}/extension?{query}")
    assert answer.status_code == 200, answer.text
    return [one["extensionNumber"] for one in answer.json()["records"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=Disabled", ["105"]),
        ("status=Disabled&status=Frozen", ["105", "106"]),
        ("status=Unassigned", []),
        ("type=Department", ["200", "201"]),
        ("type=Voicemail&type=Bot", ["104"]),
        ("type=User&status=Enabled", ["101", "102", "103", "107"]),
        ("extensionNumber=104", ["104"]),
        ("extensionNumber=999", []),
        ("email=BEN@demo.invalid&email=cleo@demo.invalid", ["102", "103"]),
        ("perPage=2&page=2", ["103", "104"]),
        ("perPage=max&page=2", []),
        ("status=&type=Department", ["200", "201"]),
        ("unknown=1&type=Department", ["200", "201"]),
    ],
)
async def test_the_list_of_extensions_has_filters(
    office: Office, query: str, expected: list[str]
) -> None:
    assert await numbers(office, query) == expected


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("status=Gone", "status"),
        ("type=user", "type"),
        ("page=0", "page"),
        ("page=x", "page"),
        ("perPage=0", "perPage"),
        ("perPage=many", "perPage"),
    ],
)
async def test_a_wrong_filter_is_named(office: Office, query: str, parameter: str) -> None:
    answer = await office.call(102, "GET", f"{A}/extension?{query}")

    assert refusal(answer) == (400, "CMN-101")
    assert answer.json()["parameterName"] == parameter


@pytest.mark.parametrize(("asked", "shown"), [("max", 1000), ("all", 1000), ("5000", 1000)])
async def test_too_many_records_on_a_page_are_clamped(
    office: Office, asked: str, shown: int
) -> None:
    answer = (await office.call(102, "GET", f"{A}/extension?perPage={asked}")).json()

    assert answer["paging"]["perPage"] == shown
    assert answer["uri"].endswith(f"page=1&perPage={shown}")


async def test_the_pages_around_are_there_when_they_exist(office: Office) -> None:
    first = (await office.call(102, "GET", f"{A}/extension?perPage=4")).json()
    middle = (await office.call(102, "GET", first["navigation"]["nextPage"]["uri"])).json()
    last = (await office.call(102, "GET", middle["navigation"]["nextPage"]["uri"])).json()

    assert "previousPage" not in first["navigation"]
    assert middle["navigation"]["previousPage"]["uri"] == first["uri"]
    assert "nextPage" not in last["navigation"]
    assert last["paging"] == {
        "page": 3,
        "totalPages": 3,
        "perPage": 4,
        "totalElements": 9,
        "pageStart": 8,
        "pageEnd": 8,
    }


async def test_an_empty_page_has_no_places(office: Office) -> None:
    answer = (await office.call(102, "GET", f"{A}/extension?status=Unassigned")).json()

    assert answer["records"] == []
    assert answer["paging"] == {"totalPages": 1, "perPage": 100, "totalElements": 0}


async def test_what_an_extension_can_do_is_shown_to_itself_only(office: Office) -> None:
    own = (await office.call(102, "GET", MINE)).json()
    other = (await office.call(102, "GET", f"{A}/extension/{office.id(103)}")).json()

    assert {one["featureName"]: one["enabled"] for one in own["serviceFeatures"]}["SMS"]
    assert "serviceFeatures" not in other
    assert [one["extensionNumber"] for one in other["departments"]] == ["200"]


async def test_several_extensions_are_a_batch(office: Office) -> None:
    ids = [office.id(103), office.id(200), 5]

    answer = await office.call(
        102,
        "GET",
        f"{A}/extension/{','.join(map(str, ids))}",
        headers={"Accept": "application/vnd.ringcentral.multipart+json"},
    )

    assert answer.status_code == 207
    assert [(one["resourceId"], one["status"]) for one in answer.json()] == [
        (str(ids[0]), 200),
        (str(ids[1]), 200),
        ("5", 404),
    ]
    assert "departments" not in answer.json()[0]["body"]


async def test_a_disabled_extension_says_so(office: Office) -> None:
    dana = (await office.call(102, "GET", f"{A}/extension/{office.id(105)}")).json()

    assert (dana["status"], dana["statusInfo"]["reason"]) == ("Disabled", "Voluntarily")

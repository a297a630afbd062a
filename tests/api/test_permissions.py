import pytest

from tests.office import V1, Office, refusal

A = f"{V1}/account/~"


async def available(office: Office, who: int) -> dict[str, str | None]:
    """The features of an extension, with the reason of those that are not available."""
    records = (await office.call(who, "GET", "features")).json()["records"]
    return {one["id"]: None if one["available"] else one["reason"]["code"] for one in records}


async def test_features_depend_on_type_numbers_and_permissions(office: Office) -> None:
    ben, desk, fay, support = [await available(office, who) for who in (102, 104, 107, 200)]

    assert (ben["SMSSending"], ben["PagesSending"], ben["SMSReceiving"]) == (None, None, None)
    assert ben["ReadAccountPhoneNumbers"] == "InsufficientPermissions"
    assert ben["MMSSending"] == "ServicePlanLimitation"
    assert (desk["SMSSending"], desk["SMSReceiving"]) == ("ExtensionTypeLimitation", None)
    assert fay["SMSSending"] == "ExtensionLimitation"
    assert (support["SMSSending"], support["PagesSending"]) == (None, "ExtensionTypeLimitation")
    assert support["SMSReceiving"] == "ExtensionTypeLimitation"


async def test_features_can_be_asked_for_by_their_ids(office: Office) -> None:
    path = "features?featureId=MMSSending&featureId=SMSSending"

    both = (await office.call(102, "GET", path)).json()["records"]
    one = (await office.call(102, "GET", f"{path}&availableOnly=True")).json()["records"]

    assert [record["id"] for record in both] == ["SMSSending", "MMSSending"]
    assert one == [{"id": "SMSSending", "available": True}]


@pytest.mark.parametrize(
    ("who", "query", "successful"),
    [
        (102, "permissionId=OutboundSMS", True),
        (102, "permissionId=Users", False),
        (101, "permissionId=Users", True),
        (102, "permissionId=Unheard", False),
        (102, "permissionId=ReadMessages&targetExtensionId={103}", False),
        (102, "permissionId=ReadExtensions&targetExtensionId={103}", True),
        (101, "permissionId=ReadMessages&targetExtensionId={103}", True),
        (102, "permissionId=ReadMessages&targetExtensionId=~", True),
    ],
)
async def test_a_permission_can_be_checked(
    office: Office, who: int, query: str, successful: bool
) -> None:
    spelled = query.replace("{103}", str(office.id(103)))

    answer = (await office.call(who, "GET", f"authz-profile/check?{spelled}")).json()

    assert answer["successful"] is successful
    assert ("details" in answer) is successful


async def test_a_check_needs_a_permission(office: Office) -> None:
    answer = await office.call(102, "GET", "authz-profile/check")

    assert refusal(answer) == (400, "CMN-101")
    assert answer.json()["parameterName"] == "permissionId"


@pytest.mark.parametrize("name", ["grant", "features", "authz-profile", "phone-number"])
async def test_what_is_personal_is_not_for_colleagues(office: Office, name: str) -> None:
    path = f"{A}/extension/{office.id(103)}/{name}"

    assert refusal(await office.call(102, "GET", path)) == (403, "CMN-404")
    assert (await office.call(101, "GET", path)).status_code == 200


async def test_grants_are_for_managers(office: Office) -> None:
    assert (await office.call(102, "GET", "grant")).json()["records"] == []
    assert (await office.call(101, "GET", "grant?extensionType=User")).json()["records"] == []

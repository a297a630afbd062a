"""Rule 4: a page that names a disabled or frozen extension is refused as a whole."""

import msgspec
import pytest

from postroom.directory import provisioning
from postroom.model.extension import ExtensionStatus
from tests.office import Office, refusal


@pytest.mark.parametrize("named", [(105,), (106,), (102, 105), (106, 102, 103), (200, 106)])
async def test_naming_an_inactive_extension_stores_nothing_for_anybody(
    office: Office, named: tuple[int, ...]
) -> None:
    answer = await office.page(101, *named)

    assert refusal(answer) == (400, "MSG-324")
    assert "disabled or frozen" in answer.json()["message"]
    for who in (101, 102, 103, 105, 106, 200):
        assert await office.inbox_of(who) == []


@pytest.mark.parametrize("status", [ExtensionStatus.DISABLED, ExtensionStatus.FROZEN])
async def test_an_inactive_department_is_refused_like_anybody(
    office: Office, status: ExtensionStatus
) -> None:
    department = office.company.by_number["200"]
    changed = msgspec.structs.replace(department, status=status)
    await provisioning.change_extension(office.house.store, changed)

    answer = await office.page(101, 200)

    assert refusal(answer) == (400, "MSG-324")
    assert await office.inbox(102) == []

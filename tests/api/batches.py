"""Requests about several messages, for the tests of their forms."""

from typing import Any

import msgspec

from tests.office import Office

JSON = "application/vnd.ringcentral.multipart+json"
READ, UNREAD = {"readStatus": "Read"}, {"readStatus": "Unread"}
ABSENT = 9_000_000_000_000_000_001


async def received(office: Office, count: int = 2) -> list[int]:
    """The ids of some pages that 102 has not read, oldest first."""
    for number in range(count):
        await office.page(101, 102, text=f"page {number}")
    return [one["id"] for one in reversed(await office.inbox(102))]


async def statuses(office: Office) -> dict[int, str]:
    """The read status of what 102 has, by id."""
    return {one["id"]: one["readStatus"] for one in await office.inbox(102)}


async def send(
    office: Office, method: str, ids: str, body: Any, content_type: str = JSON, **headers: str
) -> Any:
    """A request of 102 with a body in one of the representations."""
    octets = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return await office.call(
        102,
        method,
        f"message-store/{ids}",
        content=octets,
        headers={"Content-Type": content_type, **headers},
    )


def joined(*bodies: dict[str, str]) -> bytes:
    """Bodies as `multipart/mixed`."""
    head = b"--b\r\nContent-Type: application/json\r\n\r\n"
    return b"".join(head + msgspec.json.encode(one) + b"\r\n" for one in bodies) + b"--b--\r\n"

import msgspec
import pytest

from postroom.mailbox import filing as mailbox
from postroom.model.filing import Filing
from postroom.model.ids import MessageId
from postroom.model.message import Attachment, Direction, Message, MessageStatus, MessageType
from postroom.store.blobs import Incomplete
from tests.faxes import fax as lay_fax
from tests.faxes import key_of
from tests.office import Office, refusal

OCTETS = bytes(range(256)) * 4


async def fax(office: Office, content_type: str = "application/pdf", **more: str) -> str:
    """Lay a fax into the mailbox of 102, as its channel will; the path of its content."""
    house, company = office.house, office.company
    id = MessageId(next(house.counter.ids))
    await house.counter.blobs.put(f"{id}-1", OCTETS)
    attachment = Attachment(
        number=1, kind="RenderedDocument", content_type=content_type, key=f"{id}-1", size=1024
    )
    now = office.clock()
    copy = Message(
        account_id=company.account_id,
        extension_id=office.id(102),
        id=id,
        type=MessageType.FAX,
        direction=Direction.INBOUND,
        status=MessageStatus.RECEIVED,
        created_ms=now - now % 1000,
        modified_ms=now,
        sender="{}",
        recipients="[]",
        attachments=(msgspec.structs.replace(attachment, **more),),
    )
    filing = Filing(account_id=company.account_id, version=company.version, messages=(copy,))
    await mailbox.file(house.store, filing)
    return f"message-store/{id}/content/1"


async def test_an_object_is_served_with_its_type(office: Office) -> None:
    path = await fax(office, file_name="report 7.pdf")

    answer = await office.call(102, "GET", path)

    assert (answer.status_code, answer.content) == (200, OCTETS)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == "1024"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-disposition"] == 'attachment; filename="report 7.pdf"'
    assert answer.headers["cache-control"] == "private, no-cache"


async def test_a_browser_runs_nothing_of_it(office: Office) -> None:
    answer = await office.call(102, "GET", await fax(office, "text/html"))

    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=1000-", 1000, 1023),
        ("bytes=1000-5000", 1000, 1023),
        ("bytes=-4", 1020, 1023),
        ("bytes=-5000", 0, 1023),
        ("Bytes = 1 - 2", 1, 2),
    ],
)
async def test_a_range_of_an_object(office: Office, asked: str, first: int, last: int) -> None:
    path = await fax(office)

    answer = await office.call(102, "GET", path, headers={"Range": asked})

    assert (answer.status_code, answer.content) == (206, OCTETS[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/1024"


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
async def test_a_range_behind_the_end_is_refused(office: Office, asked: str) -> None:
    answer = await office.call(102, "GET", await fax(office), headers={"Range": asked})

    assert refusal(answer) == (416, "CMN-107")
    assert answer.headers["content-range"] == "bytes */1024"


@pytest.mark.parametrize(
    "asked",
    ["", "bytes", "bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,5-6", "pages=1-2", "bytes=a-"],
)
async def test_what_is_no_single_range_means_all(office: Office, asked: str) -> None:
    answer = await office.call(102, "GET", await fax(office), headers={"Range": asked})

    assert (answer.status_code, answer.content) == (200, OCTETS)


async def test_a_client_that_has_it_is_told_so(office: Office) -> None:
    path = await fax(office)
    tag = (await office.call(102, "GET", path)).headers["etag"]

    for known in (tag, f'"x", W/{tag}', "*"):
        answer = await office.call(102, "GET", path, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
    other = await office.call(102, "GET", path, headers={"If-None-Match": '"x"'})
    assert other.status_code == 200


async def test_a_range_of_something_else_is_not_continued(office: Office) -> None:
    path = await fax(office)
    tag = (await office.call(102, "GET", path)).headers["etag"]
    asked = {"Range": "bytes=0-1"}

    same = await office.call(102, "GET", path, headers={**asked, "If-Range": tag})
    other = await office.call(102, "GET", path, headers={**asked, "If-Range": '"x"'})

    assert (same.status_code, other.status_code) == (206, 200)


async def test_the_head_of_content(office: Office) -> None:
    answer = await office.call(102, "HEAD", await fax(office))

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "1024"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("contentDisposition=Inline", 'inline; filename="{id}-1"'),
        ("contentDispositionFilename=a.pdf", 'attachment; filename="a.pdf"'),
        (
            "contentDisposition=Attachment&contentDispositionFilename=%E2%82%AC.pdf",
            "attachment; filename=\"_.pdf\"; filename*=UTF-8''%E2%82%AC.pdf",
        ),
        (
            "contentDispositionFilename=a%22%0D%0AX-Evil:%201%5C..%2Fb",
            "attachment; filename=\"a__X-Evil: 1_.._b\"; filename*=UTF-8''a%22_X-Evil%3A%201_.._b",
        ),
    ],
)
async def test_the_disposition_is_as_it_was_asked_for(
    office: Office, query: str, expected: str
) -> None:
    path = await fax(office)

    answer = await office.call(102, "GET", f"{path}?{query}")

    assert answer.headers["content-disposition"] == expected.format(id=path.split("/")[1])
    assert "x-evil" not in answer.headers


async def test_a_disposition_that_there_is_not_is_refused(office: Office) -> None:
    answer = await office.call(102, "GET", f"{await fax(office)}?contentDisposition=Aside")

    assert refusal(answer) == (400, "CMN-101")
    assert answer.json()["parameterName"] == "contentDisposition"


async def test_text_is_utf_8(office: Office) -> None:
    uri = (await office.page(101, 102, text="Grüße 🙂")).json()["attachments"][0]["uri"]

    answer = await office.call(101, "GET", uri)

    assert answer.content == "Grüße 🙂".encode()
    assert answer.headers["content-type"] == "text/plain;charset=utf-8"
    assert answer.headers["content-disposition"].startswith("inline; ")


@pytest.mark.parametrize("attachment", ["2", "0", "x", "99999999999999999999"])
async def test_an_attachment_that_is_not_there_is_named(office: Office, attachment: str) -> None:
    id = (await office.page(101, 102)).json()["id"]

    answer = await office.call(101, "GET", f"message-store/{id}/content/{attachment}")

    assert refusal(answer) == (404, "CMN-102")
    assert answer.json()["parameterName"] == "attachmentId"


@pytest.mark.parametrize("message", ["1", "x", "99999999999999999999"])
async def test_a_message_that_is_not_there_is_named(office: Office, message: str) -> None:
    answer = await office.call(101, "GET", f"message-store/{message}/content/1")

    assert refusal(answer) == (404, "CMN-102")
    assert answer.json()["parameterName"] == "messageId"


async def test_content_of_deleted_messages_is_shown_when_it_is_asked_for(office: Office) -> None:
    path = await fax(office)
    message = path.rpartition("/content")[0]
    await office.call(102, "DELETE", message)

    hidden = await office.call(102, "GET", path)
    shown = await office.call(102, "GET", f"{path}?availability=Deleted")

    assert refusal(hidden) == (404, "CMN-102")
    assert shown.content == OCTETS


async def test_content_that_was_purged_is_gone(office: Office) -> None:
    path = await fax(office)
    message = path.rpartition("/content")[0]

    await office.call(102, "DELETE", f"{message}?purge=true")

    answer = await office.call(102, "GET", f"{path}?availability=Purged")
    assert refusal(answer) == (404, "CMN-102")
    assert answer.json()["parameterName"] == "attachmentId"
    key = f"{message.rpartition('/')[2]}-1"
    assert await office.house.counter.blobs.get(key, 0, 10) is None


async def test_purging_everything_erases_the_objects(office: Office) -> None:
    message = (await fax(office)).rpartition("/content")[0]

    await office.call(102, "DELETE", "message-store?purge=true&type=Fax")

    key = f"{message.rpartition('/')[2]}-1"
    assert await office.house.counter.blobs.get(key, 0, 10) is None


async def test_the_mailbox_of_a_colleague_stays_shut(office: Office) -> None:
    path = f"/restapi/v1.0/account/~/extension/{office.id(102)}/{await fax(office)}"

    assert refusal(await office.call(103, "GET", path)) == (403, "CMN-404")
    assert (await office.call(101, "GET", path)).content == OCTETS


async def test_large_content_is_served_whole_and_in_ranges(office: Office) -> None:
    octets = b"".join(n.to_bytes(4) for n in range(2**20))
    path = f"message-store/{await lay_fax(office, 102, octets)}/content/1"
    asked = {"Range": f"bytes=7-{len(octets) - 2}"}

    whole = await office.call(102, "GET", path)
    part = await office.call(102, "GET", path, headers=asked)
    head = await office.call(102, "HEAD", path)

    assert (whole.status_code, whole.content == octets) == (200, True)
    assert (part.status_code, part.content == octets[7:-1]) == (206, True)
    assert part.headers["content-length"] == str(len(octets) - 8)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(octets)))


async def test_content_that_ends_too_early_is_never_passed_off_as_whole(office: Office) -> None:
    octets = bytes(3 << 20)
    id = await lay_fax(office, 102, octets)
    await office.house.counter.blobs.put(key_of(office, 102, id), octets[: 2 << 20])

    with pytest.raises(Incomplete):
        await office.call(102, "GET", f"message-store/{id}/content/1")


async def test_content_whose_object_is_gone_is_404(office: Office) -> None:
    id = await lay_fax(office)
    await office.house.counter.blobs.erase(key_of(office, 102, id))

    answer = await office.call(102, "GET", f"message-store/{id}/content/1")

    assert refusal(answer) == (404, "CMN-102")

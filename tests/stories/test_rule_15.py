"""Rule 15: the content of a message."""

from tests.office import Office, refusal


async def test_the_text_is_served_with_its_type_and_an_etag(office: Office) -> None:
    page = (await office.page(101, 102, text="Grüße 😀")).json()

    answer = await office.call(101, "GET", page["attachments"][0]["uri"])

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.content == "Grüße 😀".encode()
    assert answer.headers["accept-ranges"] == "bytes"
    again = await office.call(
        101,
        "GET",
        page["attachments"][0]["uri"],
        headers={"If-None-Match": answer.headers["etag"]},
    )
    assert again.status_code == 304


async def test_the_messages_id_is_the_first_attachment_too(office: Office) -> None:
    page = (await office.page(101, 102)).json()

    answer = await office.call(101, "GET", f"message-store/{page['id']}/content/{page['id']}")

    assert answer.text == "Hello!"


async def test_ranges(office: Office) -> None:
    uri = (await office.page(101, 102, text="0123456789")).json()["attachments"][0]["uri"]

    middle = await office.call(101, "GET", uri, headers={"Range": "bytes=2-4"})
    end = await office.call(101, "GET", uri, headers={"Range": "bytes=-3"})
    beyond = await office.call(101, "GET", uri, headers={"Range": "bytes=50-"})

    assert (middle.status_code, middle.text) == (206, "234")
    assert middle.headers["content-range"] == "bytes 2-4/10"
    assert (end.status_code, end.text) == (206, "789")
    assert refusal(beyond) == (416, "CMN-107")


async def test_disposition_and_a_token_in_the_query(office: Office) -> None:
    uri = (await office.page(101, 102)).json()["attachments"][0]["uri"]
    params = {
        "access_token": await office.token(101),
        "contentDisposition": "Attachment",
        "contentDispositionFilename": "note.txt",
    }

    answer = await office.http.get(uri, params=params)

    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "note.txt" in answer.headers["content-disposition"]


async def test_an_unknown_attachment_is_not_found(office: Office) -> None:
    page = (await office.page(101, 102)).json()

    answer = await office.call(101, "GET", f"message-store/{page['id']}/content/7")

    assert refusal(answer) == (404, "CMN-102")

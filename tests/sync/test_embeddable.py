"""The loop of RingCentral's Embeddable, as its traffic shows it."""

from typing import Any

from tests.office import Office
from tests.sync.copies import EVER, Record

RESTARTS = {"CMN-101", "MSG-333", "MSG-411"}


class Embeddable:
    """Fetches so many records in pieces, then lives on one token."""

    def __init__(self, office: Office, who: int, wanted: int) -> None:
        self.office, self.who, self.wanted = office, who, wanted
        self.records: dict[int, Record] = {}
        self.token: str | None = None
        self.restarts = 0

    async def _ask(self, **params: Any) -> Record | None:
        """An answer, or `None` where the application begins anew."""
        answer = await self.office.call(self.who, "GET", "message-sync", params=params)
        body: Record = answer.json()
        if answer.status_code == 400 and body["errors"][0]["errorCode"] in RESTARTS:
            return None
        assert answer.status_code == 200
        return body

    async def _begin(self) -> None:
        frame = {"dateFrom": EVER, "recordCountPerConversation": 100, "owner": "Any"}
        records: list[Record] = []
        until: dict[str, str] = {}
        while True:
            body = await self._ask(syncType="FSync", recordCount=self.wanted, **frame, **until)
            assert body is not None
            if not until:
                self.token = body["syncInfo"]["syncToken"]
            records += body["records"]
            if not body["syncInfo"]["olderRecordsExist"] or len(records) >= self.wanted:
                break
            until = {"dateTo": records[-1]["creationTime"]}
        self.records = {record["id"]: record for record in records}

    async def sync(self) -> None:
        """What it does at each event."""
        if self.token is not None:
            body = await self._ask(syncType="ISync", syncToken=self.token)
            if body is not None:
                self._merge(body)
                return
            self.restarts += 1
        await self._begin()

    def _merge(self, body: Record) -> None:
        self.token = body["syncInfo"]["syncToken"]
        assert not body["syncInfo"]["olderRecordsExist"]
        for record in body["records"]:
            if record["availability"] == "Alive":
                self.records[record["id"]] = record
            else:
                self.records.pop(record["id"], None)


async def test_embeddable_follows_its_mailbox_and_begins_anew_when_told(office: Office) -> None:
    for n in range(7):
        await office.page(101, 102 if n % 2 else 200, text=f"{n}")
        office.clock.forward(700)
    application = Embeddable(office, 102, wanted=250)
    await application.sync()
    assert len(application.records) == 7

    await office.page(101, 102, text="new")
    oldest = min(application.records)
    await office.call(102, "PUT", f"message-store/{oldest}", json={"readStatus": "Read"})
    await application.sync()
    assert application.records[oldest]["readStatus"] == "Read"
    await office.assign(200, remove=(102,))
    await application.sync()
    assert len(application.records) == 4
    application.token = "garbage"
    await application.sync()

    listed = await office.inbox(102, dateFrom=EVER)
    assert application.restarts == 1
    assert application.records == {record["id"]: record for record in listed}

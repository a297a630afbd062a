"""A client's copy of a mailbox, kept up to date as a client does it."""

from typing import Any

import httpx

from tests.office import Office

EVER = "2000-01-01T00:00:00.000Z"
Record = dict[str, Any]


class Copy:
    """Somebody's copy of his own mailbox, in a frame."""

    def __init__(self, office: Office, who: int, **frame: Any) -> None:
        self.office, self.who, self.frame = office, who, {"dateFrom": EVER, **frame}
        self.records: dict[int, Record] = {}
        self.token = ""

    async def ask(self, **params: Any) -> httpx.Response:
        """One request as it is."""
        return await self.office.call(self.who, "GET", "message-sync", params=params)

    async def full(self, **more: Any) -> Record:
        """Begin anew."""
        answer = await self.ask(syncType="FSync", **{**self.frame, **more})
        self.records.clear()
        return self._take(answer)

    async def changed(self, **more: Any) -> list[Record]:
        """Catch up; the records of the answer."""
        answer = await self.ask(syncType="ISync", syncToken=self.token, **more)
        records: list[Record] = self._take(answer)["records"]
        return records

    def _take(self, answer: httpx.Response) -> Record:
        assert answer.status_code == 200, answer.text
        body: Record = answer.json()
        ids = [record["id"] for record in body["records"]]
        assert len(ids) == len(set(ids))
        for record in body["records"]:
            if record["availability"] == "Alive":
                self.records[record["id"]] = record
            else:
                self.records.pop(record["id"], None)
        self.token = body["syncInfo"]["syncToken"]
        return body

    async def is_true(self, **more: Any) -> bool:
        """Whether the copy is what the list of the same frame shows."""
        filters = {name: value for name, value in self.frame.items() if name != "recordCount"}
        listed = await self.office.inbox(self.who, **{**filters, **more})
        return {record["id"]: record for record in listed} == self.records


async def begun(office: Office, who: int, **frame: Any) -> Copy:
    """A copy after its first synchronization."""
    copy = Copy(office, who, **frame)
    await copy.full()
    return copy


def shapes(records: list[Record]) -> list[tuple[int, str]]:
    """What an answer told, in short."""
    return [(record["id"], record["availability"]) for record in records]

import io
from collections.abc import Iterator

import msgspec
import pytest

from postroom.observability import logs


class Written(io.BytesIO):
    """What was logged."""

    def lines(self) -> list[dict[str, object]]:
        return [msgspec.json.decode(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def written() -> Iterator[Written]:
    stream = Written()
    before = (logs.OUTPUT.least, logs.OUTPUT.render, logs.OUTPUT.stream)
    logs.OUTPUT.least = logs.LEVELS["info"]
    logs.OUTPUT.render = logs.RENDERERS["json"]
    logs.OUTPUT.stream = stream
    yield stream
    logs.OUTPUT.least, logs.OUTPUT.render, logs.OUTPUT.stream = before

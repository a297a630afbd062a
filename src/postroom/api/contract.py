"""The operations of RingCentral's public contract: what we lack answers 501 with its name.

`contract.tsv` holds one operation a line: method, path, operation id.  They are facts about the
public API; everything else of the contract stays where it is.
"""

from functools import cache
from importlib.resources import files


class _Place:
    """A place in the tree of the contract's paths."""

    __slots__ = ("fixed", "operations", "variable")

    def __init__(self) -> None:
        self.fixed: dict[str, _Place] = {}
        self.variable: _Place | None = None
        self.operations: dict[str, str] = {}


@cache
def _contract() -> _Place:
    root = _Place()
    for line in files("postroom.api").joinpath("contract.tsv").read_text().splitlines():
        method, path, operation = line.split("\t")
        place = root
        for segment in path.strip("/").split("/"):
            if segment.startswith("{"):
                place.variable = place.variable or _Place()
                place = place.variable
            else:
                place = place.fixed.setdefault(segment, _Place())
        place.operations[method] = operation
    return root


def operation_of(method: str, path: str) -> str | None:
    """The operation id of a request of the public contract, or `None` when it is not in it."""
    places = [_contract()]
    for segment in path.strip("/").split("/"):
        places = [
            following
            for place in places
            for following in (place.fixed.get(segment), place.variable if segment else None)
            if following is not None
        ]
    for place in places:
        if method in place.operations:
            return place.operations[method]
    return None

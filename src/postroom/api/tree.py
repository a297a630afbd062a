"""Which endpoint a path belongs to: one step per segment, however many endpoints there are."""

from collections.abc import Iterable
from functools import lru_cache

from postroom.api.endpoint import Endpoint

PATHS = 8192


class Node:
    """A place in the tree; `by_method` are the endpoints that end here."""

    __slots__ = ("by_method", "fixed", "name", "variable")

    def __init__(self) -> None:
        self.fixed: dict[str, Node] = {}
        self.variable: Node | None = None
        self.name = ""
        self.by_method: dict[str, Endpoint] = {}


class Tree:
    """All endpoints by their paths."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._root = Node()
        for endpoint in endpoints:
            self._add(endpoint)
        self.find = lru_cache(maxsize=PATHS)(self._find)

    def _add(self, endpoint: Endpoint) -> None:
        node = self._root
        for segment in endpoint.path.strip("/").split("/"):
            if segment.startswith("{"):
                if node.variable is None:
                    node.variable = Node()
                    node.variable.name = segment[1:-1]
                node = node.variable
                if node.name != segment[1:-1]:
                    raise ValueError(f"{endpoint.path}: {{{node.name}}} stands here already")
            else:
                node = node.fixed.setdefault(segment, Node())
        if endpoint.method in node.by_method:
            raise ValueError(f"{endpoint.method} {endpoint.path} is declared twice")
        node.by_method[endpoint.method] = endpoint

    def _find(self, path: str) -> tuple[dict[str, Endpoint], dict[str, str]] | None:
        """The endpoints at a path by method, and the path's values; a last slash is ignored."""
        node = self._root
        values: dict[str, str] = {}
        for segment in path.strip("/").split("/"):
            following = node.fixed.get(segment)
            if following is None:
                following = node.variable
                if following is None or not segment:
                    return None
                values[following.name] = segment
            node = following
        return (node.by_method, values) if node.by_method else None

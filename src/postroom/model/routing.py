"""Which carriers serve a number, the best one first."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A carrier and the beginnings of the numbers that it serves, each with its `+`."""

    carrier: str
    prefixes: tuple[str, ...]

    def reach(self, msisdn: str) -> int:
        """The length of the longest prefix that fits; 0 when none does."""
        return max((len(p) for p in self.prefixes if msisdn.startswith(p)), default=0)


@dataclass(frozen=True, slots=True)
class Routing:
    """All routes; among equally long prefixes the first one named wins."""

    routes: tuple[Route, ...]

    @property
    def carriers(self) -> tuple[str, ...]:
        """The names of all carriers."""
        return tuple(route.carrier for route in self.routes)

    def candidates(self, msisdn: str) -> tuple[str, ...]:
        """The carriers that serve a number, the longest prefix first."""
        reached = [(route.reach(msisdn), route.carrier) for route in self.routes]
        serving = sorted((pair for pair in reached if pair[0]), key=lambda pair: -pair[0])
        return tuple(carrier for _, carrier in serving)

    def choose(self, msisdn: str, bound: frozenset[str]) -> str | None:
        """The first candidate that is bound, or else the first of all."""
        candidates = self.candidates(msisdn)
        return next((c for c in candidates if c in bound), next(iter(candidates), None))

    def behind(self, msisdn: str, carrier: str, bound: frozenset[str]) -> str | None:
        """The next bound candidate behind a carrier that did not take it."""
        candidates = self.candidates(msisdn)
        place = candidates.index(carrier) + 1 if carrier in candidates else 0
        return next((c for c in candidates[place:] if c in bound), None)

"""How rows and questions become indices: the FeatureSpec, shared by fit and pricing.

Configuration is the list of known codes per field; state is what fitting learnt
(which words exist). The same spec applied to the same role gives the same
indices in the workshop and at the counter.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, NamedTuple

QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90)
QUANTILE_NAMES = ("p10", "p25", "p50", "p75", "p90")
SCORES = tuple(NormalDist().inv_cdf(q) for q in QUANTILES)
EXPERIENCE_KNOTS = (0.5, 3.0, 6.0, 9.0, 15.0, 25.0, 35.0, 43.0)
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """The codes of every field, in the order of the model's tables."""

    socs: tuple[str, ...]
    levels: tuple[str, ...]
    industries: tuple[str, ...]
    industry_sectors: tuple[str, ...]
    sectors: tuple[str, ...]
    areas: tuple[str, ...]
    area_states: tuple[str, ...]
    states: tuple[str, ...]
    modes: tuple[str, ...]
    sizes: tuple[str, ...]
    words: tuple[int, ...]
    populations: tuple[str, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """SOC major groups, in code order."""
        return tuple(sorted({soc[:2] for soc in self.socs}))

    def group_of(self) -> list[int]:
        """Major group index of every occupation."""
        position = {g: i for i, g in enumerate(self.groups)}
        return [position[soc[:2]] for soc in self.socs]

    def index(self, field: str) -> dict[Any, int]:
        """Code to index for one field."""
        return {code: i for i, code in enumerate(getattr(self, field))}

    def as_json(self) -> dict[str, Any]:
        """Plain lists for the artifact; word keys as hexadecimal strings."""
        body: dict[str, Any] = {name: list(getattr(self, name)) for name in self.__slots__ if name != "words"}
        body["words"] = [f"{key:016x}" for key in self.words]
        return body

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> FeatureSpec:
        """The spec written by `as_json`."""
        values = {name: tuple(body[name]) for name in cls.__slots__ if name != "words"}
        return cls(words=tuple(int(key, 16) for key in body["words"]), **values)


def experience_weights(years: float) -> tuple[int, int, float]:
    """(left knot, right knot, weight of the right one): piecewise linear, flat outside the knots."""
    if years <= EXPERIENCE_KNOTS[0]:
        return 0, 0, 0.0
    if years >= EXPERIENCE_KNOTS[-1]:
        last = len(EXPERIENCE_KNOTS) - 1
        return last, last, 0.0
    right = bisect_right(EXPERIENCE_KNOTS, years)
    left = right - 1
    return left, right, (years - EXPERIENCE_KNOTS[left]) / (EXPERIENCE_KNOTS[right] - EXPERIENCE_KNOTS[left])


class Role(NamedTuple):
    """One resolved role: indices into the spec; None where the field is empty."""

    mixture: tuple[tuple[int, float], ...]
    level: int | None = None
    area: int | None = None
    state: int | None = None
    industry: int | None = None
    sector: int | None = None
    size: int | None = None
    experience_years: float | None = None
    mode: int | None = None
    words: Sequence[int] = ()
    phrase: int = 0
    titled: bool = False
    base_share: float = 1.0
    spread_mixtures: tuple[tuple[tuple[int, float], ...], ...] = ()
    base_spread: float = 1.0

"""Variable pay and on-target earnings of a located role: look-ups in the artifact's joint tables.

What is variable is said of people who have any; on-target earnings are said of
everyone in the role, with variable or without. Both come from one joint
distribution (`fit/joint.py`), tabulated at fit time and interpolated here.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from struct import Struct
from typing import Any, NamedTuple

import numpy as np

from compsvc.features import Role

MIDDLE = 2


class Variable(NamedTuple):
    """Variable pay of one role: log odds of any, its typical ratio to base in logs, the ratio's spread, and errors of the first two; `target` when plans say it."""

    log_odds: float
    log_share: float
    sd_share: float
    log_odds_error: float
    log_share_error: float
    shape: int
    target: bool

    @property
    def p_any(self) -> float:
        """Chance that somebody in the role has any variable pay."""
        return 1 / (1 + math.exp(-self.log_odds))


class Ote(NamedTuple):
    """Log of each OTE quantile over the base quantile, and of each variable quantile over (median base x typical share).

    `errors` are what the unsure chance and share add to the base's error at P10, P50 and P90; `slopes` the median's by log odds and log share.
    """

    uplift: list[float]
    offsets: list[float]
    errors: tuple[float, float, float]
    slopes: tuple[float, float]


class Grid:
    """Records on a grid of four axes, interpolated on simplices (Kuhn 1960): as monotone as the table itself."""

    def __init__(self, axes: Sequence[np.ndarray], records: np.ndarray) -> None:
        self._axes = tuple((axis.tolist(), len(axis) - 2) for axis in axes)
        self._bytes = np.ascontiguousarray(records, dtype="<f4").tobytes()
        self._record = Struct(f"<{records.shape[-1]}f").unpack_from
        strides, step = [], 4 * records.shape[-1]
        for axis in reversed(axes):
            strides.append(step)
            step *= len(axis)
        self._strides = tuple(strides[::-1])

    def _corners(self, point: tuple[float, float, float, float]) -> tuple[int, list[tuple[float, int, int, float]]]:
        """(byte offset of the lowest corner, (share, axis, stride, width) by falling share); a point outside is moved to the edge."""
        places, corner = [], 0
        for i, (x, (axis, last), stride) in enumerate(zip(point, self._axes, self._strides, strict=True)):
            j = bisect_right(axis, x) - 1
            if j < 0:
                j, share = 0, 0.0
            elif j > last:
                j, share = last, 1.0
            else:
                share = (x - axis[j]) / (axis[j + 1] - axis[j])
            corner += j * stride
            places.append((share, i, stride, axis[j + 1] - axis[j]))
        places.sort(reverse=True)
        return corner, places

    def at(self, point: tuple[float, float, float, float]) -> tuple[list[float], dict[int, tuple[float, float, float]]]:
        """(the record, slopes of its P10, P50 and P90 by each axis)."""
        corner, ((s1, i1, d1, w1), (s2, i2, d2, w2), (s3, i3, d3, w3), (s4, i4, d4, w4)) = self._corners(point)
        record, data = self._record, self._bytes
        r0 = record(data, corner)
        corner += d1
        r1 = record(data, corner)
        corner += d2
        r2 = record(data, corner)
        corner += d3
        r3 = record(data, corner)
        r4 = record(data, corner + d4)
        slopes = {
            i1: ((r1[0] - r0[0]) / w1, (r1[2] - r0[2]) / w1, (r1[4] - r0[4]) / w1),
            i2: ((r2[0] - r1[0]) / w2, (r2[2] - r1[2]) / w2, (r2[4] - r1[4]) / w2),
            i3: ((r3[0] - r2[0]) / w3, (r3[2] - r2[2]) / w3, (r3[4] - r2[4]) / w3),
            i4: ((r4[0] - r3[0]) / w4, (r4[2] - r3[2]) / w4, (r4[4] - r3[4]) / w4),
        }
        v0, v1, v2, v3 = 1.0 - s1, s1 - s2, s2 - s3, s3 - s4
        return [v0 * a + v1 * b + v2 * c + v3 * d + s4 * e for a, b, c, d, e in zip(r0, r1, r2, r3, r4, strict=True)], slopes

    def one(self, point: tuple[float, float, float, float], value: int) -> float:
        """One value of the record."""
        corner, places = self._corners(point)
        record, data = self._record, self._bytes
        last = record(data, corner)[value]
        found: float = last
        for share, _, stride, _ in places:
            corner += stride
            here = record(data, corner)[value]
            found += share * (here - last)
            last = here
        return found


class OwnVariable(NamedTuple):
    """One occupation's effects on the chance of variable pay and on its log share, and what an empty field adds."""

    any_occupation: float
    any_mean_level: float
    any_mean_industry: float
    share_occupation: float
    share_mean_level: float
    share_mean_industry: float
    share_variance_level: float
    share_variance_industry: float


class VariableModel:
    """The variable-pay part of one artifact."""

    def __init__(self, body: Mapping[str, Any], arrays: Mapping[str, np.ndarray], populations: Sequence[str]) -> None:
        self.plans: Mapping[str, Mapping[str, Mapping[str, float]]] = body["plans"]
        self._slope = (float(body["any_slope"]), float(body["share_slope"]))
        self._sd, self._plan_sd = float(body["share_sd"]), float(body["plan_sd"])
        self._blank_shift = float(body["blank_shift"])
        self._later = {
            p: (float(a), float(b)) for p, (a, b) in zip(populations, body["population_shift"], strict=True) if body["stated_by"][populations.index(p)]
        }
        self.published_weight = float(body["published_weight"])
        self._any_error, self._share_error = float(body["errors"]["any"]), float(body["errors"]["share"])
        self._t = {name: arrays[name].tolist() for name in ("any_level", "any_industry", "any_family", "share_level", "share_industry", "share_family")}
        self._t |= {name: arrays[name].tolist() for name in ("share_log_sd_industry", "any_family_error", "share_family_error")}
        self._own = [OwnVariable(*row) for row in zip(*(arrays[name].tolist() for name in OwnVariable._fields), strict=True)]
        axes = [arrays[f"axis_{name}"] for name in ("sd_base", "log_odds", "log_share", "sd_share")]
        ote = arrays["joint_ote"]
        offsets = np.broadcast_to(arrays["joint_variable"][:, :, :, None], ote.shape)
        self._joint = [Grid(axes, np.concatenate(both, axis=-1)) for both in zip(ote, offsets, strict=True)]
        self._shape_of, self._shape_unknown = [int(k) for k in arrays["industry_shape"]], int(body["shape_unknown"])

    def base_share_without(self, family: str | None, track: str) -> float:
        """Base share of official wages were no plan published: from what people state alone."""
        return float(self.plans[family][track]["base_share_stated"]) if family is not None else 1.0

    def locate(self, role: Role, log_base: float, family: int | None, family_code: str | None, track: str, population: str | None) -> Variable | None:
        """Variable pay of a role whose log base at the anchor date, less the model's centre, is `log_base`; None for a population that states none."""
        if population is not None and population not in self._later:
            return None
        t = self._t
        odds, share = self._slope[0] * log_base, self._slope[1] * log_base
        variance = 0.0
        level, industry = role.level, role.industry
        log_sd = t["share_log_sd_industry"][industry if industry is not None else -1]
        for o, w in role.mixture:
            own = self._own[o]
            odds += w * (own.any_occupation + (own.any_mean_level if level is None else 0.0) + (own.any_mean_industry if industry is None else 0.0))
            share += w * (own.share_occupation + (own.share_mean_level if level is None else 0.0) + (own.share_mean_industry if industry is None else 0.0))
            variance += w * ((own.share_variance_level if level is None else 0.0) + (own.share_variance_industry if industry is None else 0.0))
        if level is not None:
            odds += t["any_level"][level]
            share += t["share_level"][level]
        if industry is not None:
            odds += t["any_industry"][industry]
            share += t["share_industry"][industry]
        odds_error, share_error = self._any_error, self._share_error
        if family is not None:
            odds += t["any_family"][family]
            share += t["share_family"][family]
            odds_error, share_error = t["any_family_error"][family], t["share_family_error"][family]
        sd = math.exp(log_sd) * self._sd
        shape = self._shape_of[industry] if industry is not None else self._shape_unknown
        if population is not None:
            shift = self._later[population]
            return Variable(odds + shift[0], share + shift[1], math.sqrt(sd * sd + variance), odds_error, share_error, shape, False)
        plan = self.plan(family_code, track)
        if plan is None:
            return Variable(odds + self._blank_shift, share, math.sqrt(sd * sd + variance), odds_error, share_error, shape, False)
        return Variable(plan["log_odds"], plan["log_share"], self._plan_sd, odds_error, plan["error"], shape, True)

    def plan(self, family: str | None, track: str) -> Mapping[str, float] | None:
        """What published plans and people together say of a quota-carrying family on one track; None for any other family."""
        return self.plans[family].get(track) if family is not None and family in self.plans else None

    def ote(self, variable: Variable, sd_base: float) -> Ote:
        """What variable pay adds at each percentile, and what it is itself, from the joint tables."""
        both, slopes = self._joint[variable.shape].at((sd_base, variable.log_odds, variable.log_share, variable.sd_share))
        by_odds, by_share = slopes[1], slopes[2]
        a, b = variable.log_odds_error, variable.log_share_error
        hypot = math.hypot
        errors = (hypot(by_odds[0] * a, by_share[0] * b), hypot(by_odds[1] * a, by_share[1] * b), hypot(by_odds[2] * a, by_share[2] * b))
        return Ote(both[:5], both[5:], errors, (by_odds[1], by_share[1]))

    def uplift(self, variable: Variable, sd_base: float) -> float:
        """What variable pay adds at the median, in logs."""
        return self._joint[variable.shape].one((sd_base, variable.log_odds, variable.log_share, variable.sd_share), MIDDLE)

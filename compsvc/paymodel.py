"""The fitted pay model: a few tables, loaded from an artifact, and the sums that turn a role into pay.

`models/<id>.json` holds the spec, small tables, evaluation and checks;
`models/<id>.<part>.npz` hold the large tables as plain numeric arrays. Loading
verifies every file's SHA-256, shapes and finiteness and then prices the worked
roles of `checks`: a model that does not reproduce its own answers never serves.
"""

from __future__ import annotations

import hashlib
import json
import math
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from compsvc import vocabulary
from compsvc.errors import ArtifactCheckFailed, ArtifactUnreadable
from compsvc.features import FeatureSpec, Role, experience_weights
from compsvc.resolve.industries import IndustryResolver
from compsvc.resolve.places import PlaceMatch, PlaceResolver, PlaceTables
from compsvc.resolve.titles import TitleResolver, TitleTables
from compsvc.resolve.words import phrase_key
from compsvc.variable import Ote, Variable, VariableModel

FORMAT_VERSION = 2
PARTS = ("pay", "titles", "places")
CHECK_TOLERANCE = 1e-9
SLOPE_CENTRE = 11.3
GROWTH_CACHE = 4096
MEMORY = 8192
Mixture = tuple[tuple[int, float], ...]


class Located(NamedTuple):
    """One role placed on the log scale: contributions by factor, their standard errors, and the spread."""

    parts: dict[str, float]
    errors: dict[str, float]
    log_p50: float
    sd: float
    population: int


class Own(NamedTuple):
    """One occupation's own numbers: its anchor, the means of its people's effects, and its variances."""

    national: float
    national_error: float
    group: int
    mean_experience: float
    mean_mode: float
    mean_title: float
    spread_base: float
    spread_no_level: float
    spread_no_experience: float
    spread_no_industry: float
    variance_level: float
    variance_experience: float
    variance_industry: float
    variance_area: float
    variance_state: float
    variance_mode: float
    variance_title: float
    market_spread_ratio: float


class PayModel:
    """The tables of one artifact and the resolvers that belong to them."""

    def __init__(self, body: Mapping[str, Any], arrays: Mapping[str, Mapping[str, np.ndarray]]) -> None:
        self.body = body
        self.model_id: str = body["model_id"]
        self.sha256: str = body.get("sha256", "")
        self.spec = FeatureSpec.from_json(body["spec"])
        self.arrays = arrays
        pay = arrays["pay"]
        self._t: dict[str, Any] = {name: _view(values) for name, values in pay.items()}
        self._z = [list(map(float, row)) for row in pay["quantiles"]]
        self._step = float(body["scale"])
        self.group = self.spec.group_of()
        columns = [self.group if name == "group" else pay[name].tolist() for name in Own._fields]
        self._own = [Own(*row) for row in zip(*columns, strict=True)]
        self.growth_years = [float(x) for x in body["growth"]["years"]]
        self.growth_log = [float(x) for x in body["growth"]["log_index"]]
        self._growth: dict[float, float] = {}
        self.anchor_year = float(body["anchor_year"])
        self._base: Mapping[str, Mapping[str, tuple[float, float]]] = {
            family: {track: (made["share"], made["spread"]) for track, made in tracks.items()} for family, tracks in body["base_of_official"].items()
        }
        self.size_effect = [float(x) for x in body["size"]["effect"]]
        self.size_error = [float(x) for x in body["size"]["standard_error"]]
        self._phrase = {int(k): float(v) for k, v in zip(pay["phrase_keys"].tolist(), pay["phrase_effect"].tolist(), strict=True)}
        soc_index = self.spec.index("socs")
        word_index = {key: i for i, key in enumerate(self.spec.words)}
        titles = arrays["titles"]
        views: dict[str, Any] = {name: _view(v) if v.ndim == 1 else _Rows(v) for name, v in titles.items()}
        self.titles = TitleResolver(TitleTables(**views), soc_index, word_index)
        self.places = PlaceResolver(_place_tables(self.spec, body, arrays["places"]))
        self.industries = IndustryResolver()
        self.index = {name: self.spec.index(name) for name in ("socs", "levels", "industries", "sectors", "areas", "states", "modes", "sizes", "populations")}
        self._market_population = int(body["market_population"])
        self._size_variance = float(body["size"]["variance"])
        self._surveyed = [bool(x) for x in body["surveyed"]]
        self.variable = VariableModel(body["variable"], pay, self.spec.populations)
        self.families = {code: i for i, code in enumerate(body["families"])}
        self.occupation = lru_cache(maxsize=MEMORY)(self._occupation)
        self.area = lru_cache(maxsize=MEMORY)(self._area)
        self.evidence = lru_cache(maxsize=MEMORY)(self._evidence)
        self.source_weights = lru_cache(maxsize=MEMORY)(self._source_weights)
        self.sources: tuple[str, ...] = tuple(body["gradient_sources"])
        self._swing = {name: np.moveaxis(pay[f"swing_{name}"], 0, -1).tolist() for name in ("level", "industry", "experience", "mode", "occupation", "word")}
        self._swing_untitled = (-pay["swing_word_mean"]).tolist()
        self._swing_any, self._swing_share = pay["swing_any"].T.tolist(), pay["swing_share"].T.tolist()

    # --- one role -----------------------------------------------------------

    def log_growth(self, to_year: float) -> float:
        """Log wage growth from the anchor date to a decimal year."""
        found = self._growth.get(to_year)
        if found is None:
            found = self._interpolate(to_year) - self._interpolate(self.anchor_year)
            if len(self._growth) < GROWTH_CACHE:
                self._growth[to_year] = found
        return found

    def _interpolate(self, year: float) -> float:
        years, logs = self.growth_years, self.growth_log
        if year <= years[0]:
            return logs[0]
        for i in range(1, len(years)):
            if year <= years[i]:
                return logs[i - 1] + (logs[i] - logs[i - 1]) * (year - years[i - 1]) / (years[i] - years[i - 1])
        return logs[-1]

    def base_of(self, family: str | None, track: str | None) -> tuple[float, float]:
        """(share of official wages that is base, spread of base over that of official wages); 1 for families without commissions.

        Without a track the widest counts, so that naming a level never widens.
        """
        tracks = self._base.get(family) if family else None
        if tracks is None:
            return 1.0, 1.0
        if track is None:
            return tracks["P"][0], max(spread for _, spread in tracks.values())
        return tracks[track]

    def locate(self, role: Role, as_of_year: float, population: str | None = None, family: int | None = None) -> Located:
        """Log pay of a role by factor, and its spread, for the market or one source's population."""
        t, step = self._t, self._step
        p = -1 if population is None else self.index["populations"][population]
        level, area, state, sector, industry, mode = role.level, role.area, role.state, role.sector, role.industry, role.mode
        nat = nat_error = lev = loc = ind = exp = work = title = pop = 0.0
        experience = self._experience(role) if role.experience_years is not None else None
        for o, w in role.mixture:
            own = self._own[o]
            nat += w * own.national
            nat_error += w * own.national_error
            if area is not None:
                loc += w * t["area"][o, area] * step
            elif state is not None:
                loc += w * t["state"][o, state] * step
            if sector is not None:
                ind += w * t["sector"][o, sector] * step
            if industry is not None:
                ind += w * (t["industry_soc"][o, industry] * step + t["industry_group"][own.group, industry])
            if level is not None:
                lev += w * t["level"][o, level]
            if experience is not None:
                exp += w * (experience - own.mean_experience)
            if mode is not None:
                work += w * (t["mode"][mode] + t["mode_group"][own.group, mode] - own.mean_mode)
            if role.titled:
                title -= w * own.mean_title
        if industry is not None:
            ind += t["industry"][industry] + (t["family_industry"][family, industry] if family is not None else 0.0)
        if role.titled:
            title += self._title(role)
        if p >= 0:
            pop = self._population(p, role, nat, loc)
        basis = math.log(role.base_share) if role.base_share != 1.0 else 0.0
        size = self.size_effect[role.size] if role.size is not None else 0.0
        growth = self.log_growth(as_of_year)
        parts = {
            "reference": nat,
            "pay_basis": basis,
            "level": lev,
            "experience": exp,
            "location": loc,
            "industry": ind,
            "size": size,
            "work_mode": work,
            "title": title,
            "population": pop,
            "ageing": growth,
        }
        log_p50 = nat + basis + lev + exp + loc + ind + size + work + title + pop + growth
        return Located(parts, self._errors(role, nat_error, p), log_p50, math.sqrt(self._variance(role, p)), p)

    def _experience(self, role: Role) -> float:
        """Effect of years in the field, its industry's own shape included."""
        assert role.experience_years is not None
        left, right, share = experience_weights(role.experience_years)
        table = self._t["experience"]
        value: float = table[left] * (1 - share) + table[right] * share
        if role.industry is not None:
            crossed = self._t["experience_industry"]
            value += crossed[role.industry, left] * (1 - share) + crossed[role.industry, right] * share
        return value

    def _title(self, role: Role) -> float:
        """Effect of the title's words, alone and in the sector, and of the whole title, alone and in the industry."""
        words, crossed, get = self._t["word"], self._t["word_sector"], self._phrase.get
        value = get(role.phrase, 0.0)
        for word in role.words:
            value += words[word]
            if role.sector is not None:
                value += crossed[word, role.sector]
        if role.industry is not None:
            value += get(phrase_industry_key(role.phrase, role.industry), 0.0)
        return value

    def _population(self, p: int, role: Role, nat: float, loc: float) -> float:
        """How one population's pay for the role differs from the market's."""
        value = sum(w * self._population_of(p, o, self.group[o], role) for o, w in role.mixture)
        if role.industry is not None:
            value += self._t["industry_mean_removed"][role.industry]
        if self._surveyed[p]:
            value += self._survey_deviation(role, nat, loc)
        return float(value)

    def _survey_deviation(self, role: Role, nat: float, loc: float) -> float:
        """How the open surveys' people differ by pay level, place and sector, beyond their occupation."""
        t, step = self._t, self._step
        slopes = t["anchor_slope"]
        value: float = slopes[0] * (nat - SLOPE_CENTRE) + slopes[1] * loc
        if role.sector is not None:
            value += slopes[2] * sum(w * t["sector"][o, role.sector] * step for o, w in role.mixture)
        if role.area is not None:
            value += t["area_deviation"][role.area] + sum(w * t["area_group"][self.group[o], role.area] for o, w in role.mixture)
        if role.industry is not None and role.state is not None:
            value += t["state_industry"][role.state, role.industry]
        return value

    def _population_of(self, p: int, o: int, g: int, role: Role) -> float:
        """How one population's pay for an occupation differs from the market's, averaged over the fields left empty."""
        t = self._t
        value: float = t["population"][p] + t["population_group"][g, p] + t["population_soc"][o, p] + t["soc"][o]
        value += t["population_level"][p, o, role.level] if role.level is not None else t["population_mean_level"][p, o]
        value += t["mean_experience"][o] + t["mean_mode"][o] + t["mean_title"][o]
        if role.industry is None:
            value += t["mean_industry"][o]
        if role.area is None and self._surveyed[p]:
            value += t["mean_area"][o] if role.state is None else t["mean_area_deviation"][o]
        elif role.area is None and role.state is None:
            value += t["mean_area"][o] - t["mean_area_deviation"][o]
        return value

    def _variance(self, role: Role, p: int) -> float:
        """Variance of log pay of people in the role; a field left empty adds the variance of its effect.

        A population's people work in companies of every size and none of them said which, so their spread holds the size already.
        """
        t = self._t
        shift = t["spread_population"][p if p >= 0 else self._market_population]
        if role.level is not None:
            shift += t["spread_level"][role.level]
        if role.industry is not None:
            shift += t["spread_industry"][role.industry]
        if role.experience_years is not None:
            left, right, share = experience_weights(role.experience_years)
            shift += t["spread_experience"][left] * (1 - share) + t["spread_experience"][right] * share
        mixtures = role.spread_mixtures or (role.mixture,)
        total = max(self._variance_of(mixture, role, shift, p) for mixture in mixtures)
        if p >= 0:
            return total
        return (total + self._size_variance if role.size is None else total) * role.base_spread**2

    def _variance_of(self, mixture: Mixture, role: Role, shift: float, p: int) -> float:
        total = 0.0
        for o, w in mixture:
            own = self._own[o]
            log_variance = own.spread_base + shift
            extra = 0.0
            if role.level is None:
                log_variance += own.spread_no_level
                extra += own.variance_level
            if role.experience_years is None:
                log_variance += own.spread_no_experience
                extra += own.variance_experience
            if role.industry is None:
                log_variance += own.spread_no_industry
                extra += own.variance_industry
            if role.area is None:
                extra += own.variance_state if role.state is not None else own.variance_area
            if role.mode is None:
                extra += own.variance_mode
            if not role.titled:
                extra += own.variance_title
            variance = math.exp(log_variance) + extra
            total += w * (variance * own.market_spread_ratio if p < 0 else variance)
        return total

    def _errors(self, role: Role, nat_error: float, p: int) -> dict[str, float]:
        """Standard error of each factor in log pay."""
        e = self.body["errors"]
        errors = {"reference": nat_error}
        if role.base_share != 1.0:
            errors["pay_basis"] = e["pay_basis"]
        if role.level is not None:
            errors["level"] = e["level"][role.level]
        if role.experience_years is not None:
            errors["experience"] = e["experience"]
        if role.area is not None or role.state is not None:
            errors["location"] = e["area"] if role.area is not None else e["state"]
        if role.industry is not None:
            errors["industry"] = e["industry"]
        if role.size is not None:
            errors["size"] = self.size_error[role.size]
        if role.mode is not None:
            errors["work_mode"] = e["work_mode"]
        if role.titled:
            errors["title"] = e["title"]
        if p >= 0:
            errors["population"] = e["population"]
        return errors

    def quantiles(self, located: Located) -> tuple[float, ...]:
        """P10, P25, P50, P75, P90 in USD per year; the P50 is exactly the product of the factors."""
        z = self._z[located.population if located.population >= 0 else self._market_population]
        middle, sd, exp = located.log_p50, located.sd, math.exp
        return exp(middle + z[0] * sd), exp(middle + z[1] * sd), exp(middle + z[2] * sd), exp(middle + z[3] * sd), exp(middle + z[4] * sd)

    def earnings(self, role: Role, located: Located, family: str | None) -> tuple[Variable, Ote] | None:
        """Variable pay and on-target earnings of a located role; None for a population that does not state them."""
        track = self.spec.levels[role.level][0] if role.level is not None else "P"
        log_base = located.log_p50 - located.parts["ageing"] - SLOPE_CENTRE
        population = self.spec.populations[located.population] if located.population >= 0 else None
        found = self.variable.locate(role, log_base, self.families.get(family) if family else None, family, track, population)
        return (found, self.variable.ote(found, located.sd)) if found is not None else None

    # --- what stands behind it --------------------------------------------------

    def _evidence(self, mixture: Mixture) -> tuple[int, int]:
        """(people, employers) behind the gradients of a mixture's occupation groups, rounded down to tens."""
        training, groups = self.body["training"], sorted({self.group[o] for o, _ in mixture})
        return sum(training["people_by_group"][g] for g in groups), sum(training["employers_by_group"][g] for g in groups)

    def people(self, family: int | None, mixture: Mixture) -> tuple[int, int]:
        """(survey people of the family, or of the main occupation; those of them who stated their additional cash), rounded down to tens."""
        people = self.body["people"]
        if family is not None:
            return people["family"][family], people["family_stated"][family]
        return people["occupation"][mixture[0][0]], people["occupation_stated"][mixture[0][0]]

    def _source_weights(self, mixture: Mixture) -> tuple[float, ...]:
        """Share of each gradient source in the fitted weight of the mixture's occupation groups."""
        table = self.arrays["pay"]["source_weight"]
        return tuple(round(sum(w * float(table[self.group[o], k]) for o, w in mixture), 4) for k in range(len(self.sources)))

    def swings(self, role: Role) -> list[float]:
        """Log of the answer over the answer of a model fitted without each gradient source."""
        main, swing = role.mixture[0][0], self._swing
        rows = [
            swing["level"][self.group[main]][role.level if role.level is not None else -1],
            swing["industry"][role.industry if role.industry is not None else -1],
            swing["mode"][role.mode if role.mode is not None else -1],
            swing["occupation"][main],
        ]
        if role.titled:
            rows.append(self._swing_untitled)
            rows += [swing["word"][word] for word in role.words]
        total = [sum(column) for column in zip(*rows, strict=True)]
        if role.experience_years is not None:
            left, right, share = experience_weights(role.experience_years)
            total = [t + a + (b - a) * share for t, a, b in zip(total, swing["experience"][left], swing["experience"][right], strict=True)]
        return total

    def earned_swings(self, family: int | None, ote: Ote) -> list[float]:
        """What each gradient source adds to the log of OTE over base at the median, to first order."""
        at = family if family is not None else -1
        by_odds, by_share = ote.slopes
        return [by_odds * a + by_share * b for a, b in zip(self._swing_any[at], self._swing_share[at], strict=True)]

    def sector_part(self, role: Role) -> float:
        """What the sector's official wages put into the industry factor, in logs."""
        assert role.sector is not None
        return float(sum(w * self._t["sector"][o, role.sector] for o, w in role.mixture)) * self._step

    def plan_swings(self, role: Role, located: Located, family: str | None, uplift: float) -> tuple[float, float]:
        """(base, OTE): log of the answer over the answer without published plans, for a quota-carrying family; `uplift` is the answer's at the median."""
        track = self.spec.levels[role.level][0] if role.level is not None else "P"
        base = math.log(role.base_share / self.variable.base_share_without(family, track))
        log_base = located.log_p50 - located.parts["ageing"] - SLOPE_CENTRE
        stated = self.variable.locate(role, log_base, self.families.get(family) if family else None, None, track, None)
        assert stated is not None
        return base, base + uplift - self.variable.uplift(stated, located.sd)

    # --- what codes are called -------------------------------------------------

    def _occupation(self, mixture: Mixture) -> dict[str, Any]:
        """The main occupation of a mixture and the whole of it, by code and name."""
        names, socs = vocabulary.occupations(), self.spec.socs
        parts = [{"code": socs[o], "name": names[socs[o]], "weight": w} for o, w in mixture]
        return {"code": parts[0]["code"], "name": parts[0]["name"], "mixture": parts}

    def _area(self, place: PlaceMatch) -> dict[str, Any]:
        """Where a place is priced, by code, name and kind, with the match."""
        if place.area is not None:
            name = self.places.tables.area_names[place.area]
            code, kind = self.spec.areas[place.area], "nonmetro" if "nonmetropolitan" in name else "metro"
        elif place.state is not None:
            code, name, kind = place.state, vocabulary.states()[place.state], "state"
        else:
            code, name, kind = "US", "United States", "nation"
        return {"code": code, "name": name, "kind": kind, "match": place.match}

    # --- checks ---------------------------------------------------------------

    def verify_checks(self) -> None:
        """Price the artifact's worked roles, every component; raises ArtifactCheckFailed on the first that differs."""
        for check in self.body["checks"]:
            given = self.worked(role_from_json(check["role"]), check["as_of_year"], check["population"], check["family"])
            for name, expected in check["expected"].items():
                for value, wanted in zip(given[name], expected, strict=True):
                    if not abs(value - wanted) <= CHECK_TOLERANCE * abs(wanted):
                        raise ArtifactCheckFailed(
                            f"model {self.model_id}: worked role '{check['name']}' gives {name} {value!r}, expected {wanted!r}; refit or restore the artifact"
                        )

    def worked(self, role: Role, as_of_year: float, population: str | None, family: str | None) -> dict[str, list[float]]:
        """Base quantiles in USD per year, chance of variable pay, and logs of OTE and variable quantiles over base, of one role."""
        located = self.locate(role, as_of_year, population, self.families.get(family) if family else None)
        found = {"base": list(self.quantiles(located))}
        earned = self.earnings(role, located, family)
        if earned is not None:
            found |= {"p_any": [earned[0].p_any], "uplift": earned[1].uplift, "offsets": earned[1].offsets}
        return found


def _view(values: np.ndarray) -> Any:
    """A memoryview: plain Python numbers by index, without copying the array."""
    return memoryview(np.ascontiguousarray(values))  # type: ignore[arg-type]


class _Rows:
    """Row access to a two-dimensional array without copying it to lists."""

    def __init__(self, values: np.ndarray) -> None:
        self._view = _view(values)
        self._width = values.shape[1]

    def __getitem__(self, row: int) -> list[float]:
        return [self._view[row, j] for j in range(self._width)]


def phrase_industry_key(phrase: int, industry: int) -> int:
    """Key of (whole title's key, industry index)."""
    return phrase_key((str(phrase), str(industry)))


def role_from_json(body: Mapping[str, Any]) -> Role:
    """A Role from the plain form used in `checks`."""
    values = dict(body)
    values["mixture"] = tuple((int(o), float(w)) for o, w in values["mixture"])
    values["spread_mixtures"] = tuple(tuple((int(o), float(w)) for o, w in mixture) for mixture in values.get("spread_mixtures", ()))
    values["words"] = tuple(values.get("words", ()))
    return Role(**values)


def _place_tables(spec: FeatureSpec, body: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> PlaceTables:
    names = [bytes(arrays[f"{kind}_names"]).decode().split("\n") for kind in ("city", "county")]
    return PlaceTables(
        area_codes=spec.areas,
        area_names=tuple(body["area_names"]),
        area_states=tuple(body["area_touches"]),
        cities=dict(zip(names[0], arrays["city_area"].tolist(), strict=True)),
        counties=dict(zip(names[1], arrays["county_area"].tolist(), strict=True)),
    )


def file_sha256(path: Path) -> str:
    """Hex SHA-256 of one artifact file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load(models: Path, model_id: str) -> PayModel:
    """A verified model; raises ArtifactUnreadable or ArtifactCheckFailed and serves nothing otherwise."""
    path = models / f"{model_id}.json"
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise ArtifactUnreadable(f"{path.name} cannot be read ({type(problem).__name__}); run `compsvc models list` to see what is there") from problem
    if not isinstance(body, dict) or body.get("format_version") != FORMAT_VERSION:
        raise ArtifactUnreadable(f"{path.name} is not an artifact of format {FORMAT_VERSION}; refit with this version")
    try:
        sealed = {k: v for k, v in body.items() if k != "sha256"}
        if body["sha256"] != seal(sealed):
            raise ArtifactUnreadable(f"{path.name} was altered after it was written; restore it or refit")
        arrays = {part: _load_arrays(models / f"{model_id}.{part}.npz", body["files"][part]) for part in PARTS}
        model = PayModel(body, arrays)
        model.verify_checks()
    except (ArtifactUnreadable, ArtifactCheckFailed):
        raise
    except (KeyError, ValueError, TypeError, IndexError, OSError) as problem:
        raise ArtifactUnreadable(f"{path.name} is incomplete ({type(problem).__name__}); restore it or refit") from problem
    return model


def seal(body: Mapping[str, Any]) -> str:
    """Hex SHA-256 of an artifact's JSON body in canonical form."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def _load_arrays(path: Path, expected: str) -> dict[str, np.ndarray]:
    try:
        if file_sha256(path) != expected:
            raise ArtifactUnreadable(f"{path.name} was altered after it was written; restore it or refit")
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (OSError, ValueError, zipfile.BadZipFile) as problem:
        raise ArtifactUnreadable(f"{path.name} cannot be read ({type(problem).__name__})") from problem
    for name, values in arrays.items():
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise ArtifactUnreadable(f"{path.name}: {name} holds a value that is not finite")
    return arrays

"""Effects become the few tables the counter adds up: centred, monotone, benchmarked.

Market tables hold what moves pay inside an occupation, centred on the
occupation's own people so that their average returns the official figure;
population tables hold how each source differs, kept out of market prices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.isotonic import IsotonicRegression

from compsvc import vocabulary
from compsvc.features import FeatureSpec
from compsvc.fit.gradients import Anchors, Gradients, family_codes, phrase_effects
from compsvc.fit.rows import Rows
from compsvc.fit.spread import Spread
from compsvc.fit.variable import PRIOR_SD, Variable

STEP = 1e-4
CENTRE_PRIOR = 30.0
LEVEL_STEP = 0.02
CHAIN = {"P": "professional", "M": "management", "E": "management"}
SPREAD_RATIO = (0.15, 1.8)
MARKET_POPULATION = "survey-2023"
SIZE_UNKNOWN_VARIANCE = 0.053**2


@dataclass(frozen=True, slots=True)
class Official:
    """Official anchors as tables: national log median, spread, relative error, and area, state and sector effects."""

    log_median: np.ndarray
    log_spread: np.ndarray
    error: np.ndarray
    area: np.ndarray
    state: np.ndarray
    sector: np.ndarray
    area_weights: np.ndarray


def anchors_of(rows: Rows, official: Official, ageing: np.ndarray, log_base_share: np.ndarray) -> Anchors:
    """Official log pay of every row's role by part, (n_rows,), at the row's own date and on a base footing."""
    soc, weight = np.maximum(rows.soc, 0), rows.soc_weight
    area, state, sector = rows.area[:, None], rows.state[:, None], rows.sector[:, None]
    by_state = np.where(state >= 0, official.state[soc, np.maximum(state, 0)], 0.0)
    by_area = np.where(area >= 0, official.area[soc, np.maximum(area, 0)], by_state)
    by_sector = np.where(sector >= 0, official.sector[soc, np.maximum(sector, 0)], 0.0)
    national = (weight * official.log_median[soc]).sum(axis=1)
    return Anchors(national, (weight * by_area).sum(axis=1), (weight * by_sector).sum(axis=1), ageing + log_base_share)


def field_effects(rows: Rows, gradients: Gradients, official: Official, spec: FeatureSpec) -> dict[str, np.ndarray]:
    """Effect of each field on every row's log pay, (n_rows,), as the market tables will apply it (not centred)."""
    t = gradients.tables
    groups = np.array(spec.group_of())
    families = family_codes()
    family = np.array([families.get(f, -1) for f in rows.family])

    def one(table: np.ndarray, code: np.ndarray) -> np.ndarray:
        return np.where(code >= 0, table[np.maximum(code, 0)], 0.0)

    def two(table: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.where((a >= 0) & (b >= 0), table[np.maximum(a, 0), np.maximum(b, 0)], 0.0)

    def mixed(table: np.ndarray, code: np.ndarray, by_group: bool) -> np.ndarray:
        soc = np.maximum(rows.soc, 0)
        key = groups[soc] if by_group else soc
        return np.where(code >= 0, (rows.soc_weight * table[key, np.maximum(code, 0)[:, None]]).sum(axis=1), 0.0)

    title = np.array([t["word"][w].sum() + (t["word_sector"][w, s].sum() if s >= 0 else 0.0) for w, s in zip(rows.words, rows.sector, strict=True)])
    title += phrase_effects(rows, gradients)
    area_soc = np.maximum(rows.soc, 0)
    by_state = np.where(rows.state[:, None] >= 0, official.state[area_soc, np.maximum(rows.state, 0)[:, None]], 0.0)
    area = np.where(rows.area[:, None] >= 0, official.area[area_soc, np.maximum(rows.area, 0)[:, None]], by_state)
    return {
        "level": one(t["level"], rows.level) + mixed(t["level_soc"], rows.level, False),
        "experience": one(t["experience"], rows.knot) + two(t["experience_industry"], rows.industry, rows.knot),
        "mode": one(t["mode"], rows.mode) + mixed(t["mode_group"], rows.mode, True),
        "industry_detail": one(t["industry"], rows.industry)
        + mixed(t["industry_group"], rows.industry, True)
        + mixed(t["industry_soc"], rows.industry, False)
        + two(t["family_industry"], family, rows.industry),
        "sector": mixed(official.sector, rows.sector, False),
        "title": title,
        "area": (rows.soc_weight * area).sum(axis=1),
        "area_deviation": one(t["area"], rows.area) + mixed(t["area_group"], rows.area, True) + two(t["state_industry"], rows.state, rows.industry),
    }


def centre(rows: Rows, values: np.ndarray, known: np.ndarray, spec: FeatureSpec) -> tuple[np.ndarray, np.ndarray]:
    """(mean, variance) of an effect among each occupation's people, (n_occupations,), shrunk to the group's and to all people's; zeros when nobody's is known."""
    groups = np.array(spec.group_of())
    n_soc, n_group = len(spec.socs), len(spec.groups)
    keep = known[:, None] & (rows.soc >= 0)
    if not keep.any():
        return np.zeros(n_soc), np.zeros(n_soc)
    soc = rows.soc[keep]
    weight = (rows.soc_weight * rows.weight[:, None])[keep]
    value = np.repeat(values[:, None], rows.soc.shape[1], axis=1)[keep]
    total_mean = np.average(value, weights=weight)
    total_var = np.average((value - total_mean) ** 2, weights=weight)

    def pooled(code: np.ndarray, size: int, prior_mean: np.ndarray, prior_var: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mass = np.bincount(code, weight, size)
        mean = (np.bincount(code, weight * value, size) + CENTRE_PRIOR * prior_mean) / (mass + CENTRE_PRIOR)
        variance = (np.bincount(code, weight * (value - mean[code]) ** 2, size) + CENTRE_PRIOR * prior_var) / (mass + CENTRE_PRIOR)
        return mean, variance

    group_mean, group_var = pooled(groups[soc], n_group, np.full(n_group, total_mean), np.full(n_group, total_var))
    return pooled(soc, n_soc, group_mean[groups], group_var[groups])


def monotone_levels(table: np.ndarray, spec: FeatureSpec) -> np.ndarray:
    """Level effects made to rise by at least LEVEL_STEP a rank among professionals, and from supervisor to chief, nearest in least squares, (…, n_levels)."""
    out = table.copy()
    levels = vocabulary.levels()
    flat = out.reshape(-1, out.shape[-1])
    for tracks in ("P", "ME"):
        at = [i for i, code in enumerate(spec.levels) if levels[code].track in tracks]
        ramp = LEVEL_STEP * np.arange(len(at))
        iso = IsotonicRegression()
        for row in flat:
            if (np.diff(row[at]) < LEVEL_STEP).any():
                row[at] = iso.fit_transform(np.arange(len(at)), row[at] - ramp) + ramp
    return out


def calm_levels(log_variance: np.ndarray, steps: np.ndarray, largest_sd: float, widest_z: float, spec: FeatureSpec) -> np.ndarray:
    """Level effects on the log variance, limited so that no quantile falls where the median rises.

    `steps[i]` is the smallest rise of log pay from level i-1 to i, among professionals or from supervisor to chief.
    """
    out = log_variance.copy()
    levels = vocabulary.levels()
    for i in range(1, len(out)):
        if CHAIN[levels[spec.levels[i]].track] != CHAIN[levels[spec.levels[i - 1]].track]:
            continue
        limit = 2 * np.log1p(max(steps[i], 0.0) * 0.95 / (widest_z * largest_sd))
        out[i] = np.clip(out[i], out[i - 1] - limit, out[i - 1] + limit)
    return out


def _without(field_max: float, own: np.ndarray, variance: np.ndarray, largest: np.ndarray) -> np.ndarray:
    """Log-variance shift of an empty field: the mean one, or as much more as it takes never to be narrower than any value."""
    needed = np.exp(field_max) - variance / largest
    return np.log(np.maximum(np.exp(own), needed))


def spread_tables(
    rows: Rows, spread: Spread, official: Official, variances: Mapping[str, np.ndarray], level_steps: np.ndarray, spec: FeatureSpec
) -> dict[str, np.ndarray]:
    """Tables of the variance: base by occupation, shifts by field, and what an empty field adds."""
    groups = np.array(spec.group_of())
    market = spec.populations.index(MARKET_POPULATION)
    base = spread.base + spread.group[groups] + spread.soc
    top_population = float(spread.population.max())
    level = spread.level
    widest_z = float(np.abs(spread.quantiles).max())
    largest_sd = float(np.exp(0.5 * (base.max() + level.max() + spread.experience.max() + spread.industry.max() + top_population)) * np.sqrt(SPREAD_RATIO[1]))
    level = calm_levels(level, level_steps, largest_sd, widest_z, spec)
    means = {}
    for name, table, code in (("level", level, rows.level), ("experience", spread.experience, rows.knot), ("industry", spread.industry, rows.industry)):
        keep = code >= 0
        means[name] = np.full(len(spec.socs), float(np.log(np.average(np.exp(table[code[keep]]), weights=rows.weight[keep]))))
    tops = {"level": float(level.max()), "experience": float(spread.experience.max()), "industry": float(spread.industry.max())}
    out = {
        "spread_base": base,
        "spread_level": level,
        "spread_experience": spread.experience,
        "spread_industry": spread.industry,
        "spread_population": spread.population,
    }
    for name in ("level", "experience", "industry"):
        others = sum(max(tops[n], float(means[n].max())) for n in tops if n != name)
        largest = np.exp(base + top_population + others)
        out[f"spread_no_{name}"] = _without(tops[name], means[name], variances[name], largest)
    conditional = np.exp(base + spread.population[market] + sum(out[f"spread_no_{n}"] for n in tops))
    everything = conditional + sum(variances[n] for n in ("level", "experience", "industry", "area", "mode", "title")) + SIZE_UNKNOWN_VARIANCE
    half = 0.5 * (float(spread.quantiles[market, 4]) - float(spread.quantiles[market, 0]))
    official_variance = (official.log_spread * 1.2815515655446004 / half) ** 2
    out["market_spread_ratio"] = np.clip((official_variance - SIZE_UNKNOWN_VARIANCE) / (everything - SIZE_UNKNOWN_VARIANCE), *SPREAD_RATIO)
    return out


def quantised(values: np.ndarray) -> np.ndarray:
    """Log effects as int16 multiples of STEP."""
    return np.clip(np.round(values / STEP), -32767, 32767).astype("int16")


@dataclass(frozen=True, slots=True)
class Centred:
    """Mean and variance of each field's effect among every occupation's people, (n_occupations,), and what was removed from industries by sector."""

    means: dict[str, np.ndarray]
    variances: dict[str, np.ndarray]
    removed: np.ndarray


def centred(rows: Rows, gradients: Gradients, official: Official, spec: FeatureSpec) -> Centred:
    """Field effects averaged over the survey rows that stand for an occupation's people."""
    effects = field_effects(rows, gradients, official, spec)
    known = {
        "level": rows.level >= 0,
        "experience": rows.knot >= 0,
        "mode": rows.mode >= 0,
        "industry_detail": rows.industry >= 0,
        "title": np.ones(len(rows), bool),
        "area": (rows.area >= 0),
        "area_deviation": rows.area >= 0,
        "sector": rows.sector >= 0,
    }
    removed = np.zeros(len(spec.sectors))
    for s in range(len(spec.sectors)):
        inside = rows.sector == s
        if inside.any():
            mass = rows.weight[inside].sum()
            removed[s] = (effects["industry_detail"][inside] * rows.weight[inside]).sum() / (mass + CENTRE_PRIOR)
    detail = effects["industry_detail"] - np.where(rows.sector >= 0, removed[np.maximum(rows.sector, 0)], 0.0)
    effects["industry"] = detail + effects["sector"]
    known["industry"] = known["industry_detail"]
    means, variances = {}, {}
    for name in ("level", "experience", "mode", "title", "area", "area_deviation", "industry"):
        means[name], variances[name] = centre(rows, effects[name], known[name], spec)
    official_area_var = (
        (official.area - (official.area * official.area_weights).sum(axis=1, keepdims=True) / official.area_weights.sum()) ** 2 * official.area_weights
    ).sum(axis=1) / official.area_weights.sum()
    variances["area"] = np.maximum(official_area_var, 1e-4)
    variances["state"] = 0.4 * variances["area"]
    return Centred(means, variances, removed)


def unknown_variance(rows: Rows, variances: Mapping[str, np.ndarray]) -> np.ndarray:
    """Variance the fields a row leaves empty add to its log pay, (n_rows,): what the counter will add for them."""
    soc, w = np.maximum(rows.soc, 0), rows.soc_weight

    def of(name: str) -> np.ndarray:
        return np.asarray((w * variances[name][soc]).sum(axis=1))

    total = np.where(rows.area >= 0, 0.0, np.where(rows.state >= 0, of("state"), of("area")))
    for name, code in (("level", rows.level), ("experience", rows.knot), ("industry", rows.industry), ("mode", rows.mode)):
        total = total + np.where(code >= 0, 0.0, of(name))
    return np.asarray(total)


def pay_tables(rows: Rows, gradients: Gradients, spread: Spread, official: Official, spec: FeatureSpec) -> dict[str, np.ndarray]:
    """Every array of the `pay` part of the artifact; `rows` are the survey rows that stand for an occupation's people."""
    t = gradients.tables
    found = centred(rows, gradients, official, spec)
    means, variances, removed = found.means, found.variances, found.removed
    sector_of = np.array([spec.sectors.index(s) for s in spec.industry_sectors])
    level = monotone_levels(t["level"][None, :] + t["level_soc"], spec)
    population_level = monotone_levels(level[None, :, :] + t["population_level"][:, None, :], spec)
    means["level"] = _expected_level(rows, level, spec)
    levels = vocabulary.levels()
    steps = np.zeros(len(spec.levels))
    for i in range(1, len(steps)):
        if CHAIN[levels[spec.levels[i]].track] == CHAIN[levels[spec.levels[i - 1]].track]:
            steps[i] = min(float((level[:, i] - level[:, i - 1]).min()), float((population_level[:, :, i] - population_level[:, :, i - 1]).min()))
    around = level - means["level"][:, None]
    population_mean_level = np.stack([_expected_level(rows, population_level[p], spec) for p in range(len(spec.populations))])
    quantiles = spread.quantiles - spread.quantiles[:, 2:3]
    mean_sd = np.exp(0.5 * (spread.base + spread.population))
    population = t["population"] + spread.quantiles[:, 2] * mean_sd
    phrases = sorted(gradients.phrases.items())
    tables = {
        "national": official.log_median,
        "national_error": official.error,
        "area": quantised(official.area),
        "state": quantised(official.state),
        "sector": quantised(official.sector),
        "level": around,
        "experience": t["experience"],
        "experience_industry": t["experience_industry"],
        "mode": t["mode"],
        "mode_group": t["mode_group"],
        "industry": t["industry"] - removed[sector_of],
        "industry_group": t["industry_group"],
        "industry_soc": quantised(t["industry_soc"]),
        "family_industry": t["family_industry"],
        "industry_mean_removed": removed[sector_of],
        "word": t["word"],
        "word_sector": t["word_sector"],
        "phrase_keys": np.array([k for k, _ in phrases], dtype="uint64"),
        "phrase_effect": np.array([v for _, v in phrases]),
        "mean_experience": means["experience"],
        "mean_mode": means["mode"],
        "mean_title": means["title"],
        "mean_area": means["area"] + means["area_deviation"],
        "mean_area_deviation": means["area_deviation"],
        "mean_industry": means["industry"] + _mean_removed(rows, removed),
        "population": population,
        "population_group": t["population_group"],
        "population_soc": t["population_soc"],
        "soc": t["soc"],
        "population_level": population_level - around[None, :, :],
        "population_mean_level": population_mean_level,
        "anchor_slope": t["anchor_slope"],
        "area_deviation": t["area"],
        "area_group": t["area_group"],
        "state_industry": t["state_industry"],
        "quantiles": quantiles,
        "variance_state": variances["state"],
        **{f"variance_{n}": variances[n] for n in ("level", "experience", "mode", "title", "area", "industry")},
        **spread_tables(rows, spread, official, variances, steps, spec),
    }
    return {name: np.ascontiguousarray(v if v.dtype.kind in "iu" else v.astype("float32")) for name, v in tables.items()}


def _expected_level(rows: Rows, level: np.ndarray, spec: FeatureSpec) -> np.ndarray:
    """Mean level effect of each occupation's people, (n_occupations,), on the tables as served."""
    n_soc, n_level = level.shape
    groups = np.array(spec.group_of())
    keep = (rows.level[:, None] >= 0) & (rows.soc >= 0)
    soc = rows.soc[keep]
    code = np.repeat(rows.level[:, None], rows.soc.shape[1], axis=1)[keep]
    weight = (rows.soc_weight * rows.weight[:, None])[keep]
    counts = np.bincount(soc * n_level + code, weight, n_soc * n_level).reshape(n_soc, n_level)
    everyone = counts.sum(axis=0) / counts.sum()
    by_group = np.zeros((len(spec.groups), n_level))
    np.add.at(by_group, groups, counts)
    by_group = (by_group + CENTRE_PRIOR * everyone) / (by_group.sum(axis=1, keepdims=True) + CENTRE_PRIOR)
    share = (counts + CENTRE_PRIOR * by_group[groups]) / (counts.sum(axis=1, keepdims=True) + CENTRE_PRIOR)
    return (share * level).sum(axis=1)


def _mean_removed(rows: Rows, removed: np.ndarray) -> float:
    keep = rows.sector >= 0
    return float(np.average(removed[rows.sector[keep]], weights=rows.weight[keep]))


def _rising(effect: np.ndarray, weight: np.ndarray, spec: FeatureSpec) -> np.ndarray:
    """Level effects made to rise within professionals and from supervisor to chief, nearest in weighted least squares."""
    out = effect.copy()
    levels = vocabulary.levels()
    for tracks in ("P", "ME"):
        at = [i for i, code in enumerate(spec.levels) if levels[code].track in tracks]
        out[at] = IsotonicRegression().fit_transform(np.arange(len(at)), effect[at], sample_weight=weight[at] + 1.0)
    return out


def variable_tables(rows: Rows, found: Variable, spec: FeatureSpec) -> dict[str, np.ndarray]:
    """Arrays of the variable-pay model: effects by field, what an empty field means for each occupation, and errors by family."""
    groups = np.array(spec.group_of())
    out: dict[str, np.ndarray] = {}
    for name, part in (("any", found.any), ("share", found.share)):
        effects = dict(part.effects)
        effects["level"] = _rising(effects["level"], part.effective_n["level"], spec)
        out[f"{name}_occupation"] = part.constant + part.later + effects["group"][groups] + effects["occupation"]
        for field, code in (("level", rows.level), ("industry", rows.industry)):
            values = np.where(code >= 0, effects[field][np.maximum(code, 0)], 0.0)
            mean, variance = centre(rows, values, code >= 0, spec)
            out[f"{name}_{field}"] = effects[field]
            out[f"{name}_mean_{field}"] = mean
            if name == "share":
                out[f"share_variance_{field}"] = variance
        out[f"{name}_family"] = effects["family"]
    out["share_log_sd_industry"] = np.append(found.log_sd["industry"], max(0.0, float(found.log_sd["industry"].max())))
    out["industry_shape"] = found.shape_of
    out["any_family_error"] = found.any.error_of("family", PRIOR_SD["family"])
    out["share_family_error"] = found.share.error_of("family", PRIOR_SD["family"])
    return {key: np.ascontiguousarray(value.astype("float32")) for key, value in out.items()}

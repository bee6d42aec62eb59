"""How far the market answer swings when one source of people is left out: refits without it, summed up in small tables.

The whole gradient fit is repeated without each source and market pay of the survey's
roles compared with the full fit's. The differences are then described by occupation
group x level, occupation, industry, experience, work mode and title words (ridge), small enough for every answer to carry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy import sparse
from sklearn.linear_model import Ridge

from compsvc.features import EXPERIENCE_KNOTS, FeatureSpec
from compsvc.fit import assemble, gradients, variable
from compsvc.fit.rows import Rows
from compsvc.fit.spread import Spread, group_of_rows

PENALTY = 5.0


def market_effects(rows: Rows, found: gradients.Gradients, tables: dict[str, np.ndarray], official: assemble.Official, spec: FeatureSpec) -> np.ndarray:
    """Log market pay of every row beyond official anchors, (n_rows,): what people, not official tables, say."""
    soc, w = np.maximum(rows.soc, 0), rows.soc_weight
    groups = np.array(spec.group_of())[soc]
    effects = assemble.field_effects(rows, found, official, spec)
    families = gradients.family_codes()
    family = np.array([families.get(f, -1) for f in rows.family])

    def mean(name: str) -> np.ndarray:
        return np.asarray((w * tables[name][soc]).sum(axis=1))

    def known(code: np.ndarray, values: np.ndarray) -> np.ndarray:
        return np.where(code >= 0, values, 0.0)

    level, industry, mode = (np.maximum(code, 0) for code in (rows.level, rows.industry, rows.mode))
    detail = (
        tables["industry"][industry]
        + (w * (tables["industry_group"][groups, industry[:, None]] + tables["industry_soc"][soc, industry[:, None]] * assemble.STEP)).sum(axis=1)
        + known(family, tables["family_industry"][np.maximum(family, 0), industry])
    )
    return np.asarray(
        known(rows.level, (w * tables["level"][soc, level[:, None]]).sum(axis=1))
        + known(rows.knot, effects["experience"] - mean("mean_experience"))
        + known(rows.mode, tables["mode"][mode] + (w * tables["mode_group"][groups, mode[:, None]]).sum(axis=1) - mean("mean_mode"))
        + known(rows.industry, detail)
        + effects["title"]
        - mean("mean_title")
    )


def fit(
    train: Rows,
    anchors: gradients.Anchors,
    full: gradients.Gradients,
    served: dict[str, np.ndarray],
    scale: Spread,
    official: assemble.Official,
    spec: FeatureSpec,
    report: Callable[[str], None],
) -> tuple[dict[str, np.ndarray], dict[str, dict[str, float]]]:
    """(tables, how far the median of the surveys' roles moved without each source, and how much of it the tables tell).

    `swing_level` (sources, groups, levels + 1), `swing_industry`, `swing_experience`, `swing_mode`, `swing_occupation` (sources, codes + 1), `swing_word`
    (sources, words) with `swing_word_mean` (sources,) for a role without a title, `source_weight` (groups, sources). The last column stands for an empty field.
    """
    surveys = np.isin(train.source, [i for i, p in enumerate(spec.populations) if p not in gradients.FILINGS])
    people = train.take(np.flatnonzero(surveys))
    whole = market_effects(people, full, served, official, spec)
    n_group, n_level, n_industry, n_knot = len(spec.groups), len(spec.levels), len(spec.industries), len(EXPERIENCE_KNOTS)
    group = group_of_rows(people, spec)
    cell = np.where(people.level >= 0, group * n_level + people.level, -1)
    coded = {
        "industry": (people.industry, n_industry),
        "experience": (people.knot, n_knot),
        "mode": (people.mode, len(spec.modes)),
        "occupation": (people.soc[:, 0], len(spec.socs)),
    }
    words = _words(people, len(spec.words))
    design = sparse.hstack([gradients.one_hot(cell, n_group * n_level), *(gradients.one_hot(*block) for block in coded.values()), words]).tocsr()
    n = len(spec.populations)
    moved: dict[str, dict[str, float]] = {}
    tables = {name: np.zeros((n, size + 1)) for name, (_, size) in coded.items()} | {
        "level": np.zeros((n, n_group, n_level + 1)),
        "word": np.zeros((n, words.shape[1])),
        "word_mean": np.zeros(n),
    }
    mass = np.bincount(cell[cell >= 0], people.weight[cell >= 0], n_group * n_level).reshape(n_group, n_level) + 1e-3
    for k, source in enumerate(spec.populations):
        report(f"without {source}")
        rest = np.flatnonzero(train.source != k)
        left = gradients.fit(train.take(rest), anchors.take(rest), spec)
        others = train.take(rest)
        standing = others.take(np.flatnonzero(np.isin(others.source, [i for i, p in enumerate(spec.populations) if p not in gradients.FILINGS])))
        without = assemble.pay_tables(standing, left, scale, official, spec)
        swing = whole - market_effects(people, left, without, official, spec)
        told = Ridge(alpha=PENALTY, solver="lsqr", tol=1e-8, fit_intercept=True).fit(design, swing, sample_weight=people.weight)
        size = np.abs(np.expm1(swing))
        moved[source] = {
            "median": round(float(np.median(size)), 4),
            "p90": round(float(np.quantile(size, 0.9)), 4),
            "told_by_tables": round(float(told.score(design, swing, sample_weight=people.weight)), 3),
        }
        at = n_group * n_level
        centre = float(told.intercept_)
        for name, (code, size) in coded.items():
            effect = told.coef_[at : at + size]
            mean = _mean(effect, code, people.weight)
            tables[name][k, :size] = effect - mean
            centre, at = centre + mean, at + size
        tables["word"][k] = told.coef_[at:]
        tables["word_mean"][k] = np.average(words @ told.coef_[at:], weights=people.weight)
        centre += float(tables["word_mean"][k])
        cells = told.coef_[: n_group * n_level].reshape(n_group, n_level) + centre
        tables["level"][k, :, :n_level] = cells
        tables["level"][k, :, n_level] = (cells * mass).sum(axis=1) / mass.sum(axis=1)
    weight = np.stack([np.bincount(group_of_rows(train, spec)[train.source == k], train.weight[train.source == k], n_group) for k in range(n)], axis=1) + 1e-9
    share = weight / weight.sum(axis=1, keepdims=True)
    found = {f"swing_{name}": table for name, table in tables.items()} | {"source_weight": share}
    return {name: np.ascontiguousarray(value.astype("float32")) for name, value in found.items()}, moved


def variable_swings(
    stated: variable.Stated, sizes: Mapping[str, int], full: variable.Variable, spec: FeatureSpec, surveys: Sequence[str]
) -> dict[str, np.ndarray]:
    """`swing_any` and `swing_share` (sources, families + 1): log odds and log share of the full fit over one without each survey, mean over the family's people.

    Sources without stated additional cash move nothing; the last column stands for no family.
    """
    n_family = sizes["family"]
    out = {name: np.zeros((len(spec.populations), n_family + 1), dtype="float32") for name in ("swing_any", "swing_share")}
    for k, source in enumerate(spec.populations):
        if source not in surveys:
            continue
        rest = variable.take(stated, np.flatnonzero(stated.later != float(source == surveys[-1])))
        without = variable.fit(rest, sizes, (), np.ones(len(rest), bool), (full.states_with, full.states_without))
        for name, whole, part in (("swing_any", full.any, without.any), ("swing_share", full.share, without.share)):
            change = whole.predict(stated) + whole.later * (1 - stated.later) - part.predict(stated) - part.later * (1 - stated.later)
            code = stated.codes["family"]
            sums = np.bincount(code[code >= 0], change[code >= 0], minlength=n_family)
            people = np.bincount(code[code >= 0], minlength=n_family)
            out[name][k, :n_family] = np.where(people > 0, sums / np.maximum(people, 1), change.mean())
            out[name][k, n_family] = change.mean()
    return out


def _words(people: Rows, size: int) -> sparse.csr_matrix:
    at = np.repeat(np.arange(len(people)), [len(w) for w in people.words])
    return sparse.csr_matrix((np.ones(len(at)), (at, np.concatenate(people.words).astype(int))), shape=(len(people), size))


def _mean(effect: np.ndarray, code: np.ndarray, weight: np.ndarray) -> float:
    keep = code >= 0
    return float(np.average(effect[code[keep]], weights=weight[keep]))

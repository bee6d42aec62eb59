"""Write an artifact: canonical JSON plus arrays, sealed by SHA-256, the same bytes for the same data and code."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from compsvc import sources, vocabulary
from compsvc.clean import place_arrays, title_arrays
from compsvc.features import Role
from compsvc.fit import Fitted, ageing, anchors, assemble, reconciliations
from compsvc.fit import variable as earned
from compsvc.fit.gradients import FILINGS, SURVEY_POPULATIONS, family_codes
from compsvc.fit.variable import PRIOR_SD
from compsvc.paymodel import FORMAT_VERSION, PARTS, PayModel, seal
from compsvc.registry import write_durably

FITTED_BY = frozenset({"sources", "clean", "fit", "evaluate", "features", "paymodel", "variable", "resolve", "vocabulary"})
_EPOCH = (1980, 1, 1, 0, 0, 0)


def array_bytes(arrays: Mapping[str, np.ndarray]) -> bytes:
    """A zip of .npy members with fixed dates, readable by `numpy.load(allow_pickle=False)`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _EPOCH), member.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()


def parts_of(fitted: Fitted, datasets: Path) -> dict[str, dict[str, np.ndarray]]:
    """The arrays of each part: pay tables, title tables, place tables."""
    areas, cities, counties = place_arrays(datasets)
    position = {code: i for i, code in enumerate(areas["area"])}
    places: dict[str, np.ndarray] = {}
    for kind, frame in (("city", cities), ("county", counties)):
        places[f"{kind}_names"] = np.frombuffer("\n".join(frame["state"] + " " + frame["name"]).encode(), dtype="uint8")
        places[f"{kind}_area"] = frame["area"].map(position).to_numpy().astype("int16")
    return {"pay": fitted.tables, "titles": title_arrays(datasets), "places": places}


def body_of(fitted: Fitted, datasets: Path, fitted_on: str, root: Path) -> dict[str, Any]:
    """The artifact's JSON body without id, evaluation, checks and seals."""
    spec = fitted.spec
    areas = sources.read(datasets, "places", "areas")
    years, log_index = ageing.index_knots()
    errors = fitted.gradients.standard_errors
    level_error = np.nan_to_num(errors["level"], nan=float(np.nanmin(errors["level"])))
    return {
        "format_version": FORMAT_VERSION,
        "currency": vocabulary.CURRENCY,
        "as_of": anchors.ANCHOR_ON,
        "anchor_year": ageing.decimal_year(anchors.ANCHOR_ON),
        "spec": spec.as_json(),
        "scale": assemble.STEP,
        "families": list(vocabulary.families()),
        "surveyed": [p not in FILINGS for p in spec.populations],
        "market_population": spec.populations.index(assemble.MARKET_POPULATION),
        "area_names": areas["name"].tolist(),
        "area_touches": areas["states"].tolist(),
        "growth": {"years": years.tolist(), "log_index": log_index.tolist()},
        "base_of_official": _base_of_official(fitted),
        "people": _people_of(fitted),
        "variable": _variable(fitted),
        "size": {
            "effect": fitted.sizes.effect.tolist(),
            "standard_error": fitted.sizes.standard_error.tolist(),
            "share": fitted.sizes.share.tolist(),
            "variance": assemble.SIZE_UNKNOWN_VARIANCE,
            "by_source": fitted.sizes.by_source,
        },
        "gradient_sources": [p for p in spec.populations],
        "errors": {
            "level": (np.sqrt(level_error**2 + 0.02**2)).round(5).tolist(),
            "experience": round(float(np.sqrt(np.nanmean(errors["experience"] ** 2) + 0.01**2)), 5),
            "work_mode": round(float(np.sqrt(np.nanmean(errors["mode"] ** 2) + 0.01**2)), 5),
            "population": round(float(np.sqrt(np.nanmean(errors["population"] ** 2) + 0.02**2)), 5),
            "pay_basis": 0.08,
            "area": 0.04,
            "state": 0.05,
            "industry": 0.05,
            "title": 0.06,
            "growth_per_year": 0.01,
        },
        "training": {
            "datasets": _datasets(datasets, spec.populations),
            "n_rows": {p: int((fitted.rows.source[~fitted.rows.held_out & ~fitted.rows.unusual] == i).sum()) for i, p in enumerate(spec.populations)},
            "n_held_out": {p: int((fitted.rows.source[fitted.rows.held_out] == i).sum()) for i, p in enumerate(spec.populations)},
            "people_by_group": _people(fitted, SURVEY_POPULATIONS),
            "employers_by_group": _people(fitted, ("lca",), employers=True),
            "code_sha256": code_sha256(root),
            "fitted_on": fitted_on,
        },
    }


def _base_of_official(fitted: Fitted) -> dict[str, dict[str, dict[str, float]]]:
    """Base share and spread ratio by quota-carrying family and track."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for (family, track), made in fitted.reconciled.items():
        found.setdefault(family, {})[track] = {"share": made.base_share, "spread": made.spread_ratio}
    return found


def _people_of(fitted: Fitted) -> dict[str, list[int]]:
    """Fitted survey people of every family and main occupation, and those who stated their additional cash, rounded down to tens."""
    rows, spec = fitted.rows, fitted.spec
    inside = np.isin(rows.source, [spec.populations.index(p) for p in SURVEY_POPULATIONS]) & ~rows.held_out & ~rows.unusual
    stated = inside & np.isfinite(rows.additional_usd)
    families = family_codes()
    family = np.array([families.get(f, -1) for f in rows.family])

    def count(code: np.ndarray, chosen: np.ndarray, size: int) -> list[int]:
        return [int(n) // 10 * 10 for n in np.bincount(code[chosen & (code >= 0)], minlength=size)]

    n_family, n_soc = len(families), len(spec.socs)
    return {
        "family": count(family, inside, n_family),
        "family_stated": count(family, stated, n_family),
        "occupation": count(rows.soc[:, 0], inside, n_soc),
        "occupation_stated": count(rows.soc[:, 0], stated, n_soc),
    }


def _variable(fitted: Fitted) -> dict[str, Any]:
    """Scalars of the variable-pay model."""
    found, spec = fitted.variable, fitted.spec
    stated_by = [p in SURVEY_POPULATIONS for p in spec.populations]
    latest = SURVEY_POPULATIONS[-1]
    plans: dict[str, dict[str, dict[str, float]]] = {}
    stated_only = reconciliations(fitted.plans, fitted.rows, fitted.official, spec, 0.0)
    for (family, track), plan in fitted.plans.items():
        plans.setdefault(family, {})[track] = {
            "log_odds": round(math.log(plan.p_target / (1 - plan.p_target)), 6),
            "log_share": round(plan.log_share_target, 6),
            "error": round(plan.error, 6),
            "base_share_stated": stated_only[family, track].base_share,
        }
    return {
        "any_slope": found.any.slope,
        "share_slope": found.share.slope,
        "share_sd": found.sd,
        "plan_sd": fitted.plan_sd,
        "plans": plans,
        "blank_shift": math.log(found.states_without / found.states_with),
        "states_with": found.states_with,
        "states_without": found.states_without,
        "shapes": [{"gamma": shape.gamma, "beta": shape.beta} for shape in found.shapes],
        "shape_unknown": earned.MIDDLE,
        "stated_by": stated_by,
        "published_weight": earned.PUBLISHED_MIX_WEIGHT,
        "population_shift": [[0.0, 0.0] if p == latest or p not in SURVEY_POPULATIONS else [-found.any.later, -found.share.later] for p in spec.populations],
        "errors": {"any": PRIOR_SD["family"], "share": PRIOR_SD["family"]},
        "standard_errors": {"any": dict(found.any.standard_error), "share": dict(found.share.standard_error)},
    }


def _people(fitted: Fitted, populations: Sequence[str], employers: bool = False) -> list[int]:
    """People (or distinct employers) behind each SOC major group's gradients, rounded down to tens."""
    spec, rows = fitted.spec, fitted.rows
    groups = np.array(spec.group_of())
    inside = np.isin(rows.source, [spec.populations.index(p) for p in populations]) & ~rows.held_out & ~rows.unusual & (rows.soc[:, 0] >= 0)
    group = groups[np.maximum(rows.soc[:, 0], 0)]
    counts = [len(set(rows.cluster[inside & (group == g)].tolist())) if employers else int((inside & (group == g)).sum()) for g in range(len(spec.groups))]
    return [count // 10 * 10 for count in counts]


def _datasets(datasets: Path, populations: Sequence[str]) -> list[dict[str, Any]]:
    names = ("oews-national", "oews-sector", "oflc", "susb", "perm", "stackoverflow", "mix", "titles", "places", *populations)
    found = []
    for name in names:
        for path in sorted((datasets / name).glob("*.parquet")):
            found.append({"id": name, "table": path.stem, "sha256": sources.sha256_of(path)})
    return found


def code_sha256(root: Path) -> str:
    """Hash of the code and vocabulary that a fit rests on: what a refit must match to give the same bytes."""
    digest = sha256()
    for path in sorted((root / "compsvc").rglob("*")):
        part = path.relative_to(root / "compsvc").parts[0].removesuffix(".py")
        if path.suffix in (".py", ".csv") and part in FITTED_BY:
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


CHECK_ROLES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Account Director, Austin, ad agency, 200 employees", {"title": "Account Director", "location": "Austin, TX", "industry": "ad agency", "employees": 200}),
    ("Account Manager, nation", {"title": "Account Manager"}),
    ("Software Developers by code, New York", {"occupation": "15-1252", "location": "35620", "level": "P4"}),
    ("Registered Nurse, Ohio hospital, 6 years", {"title": "Registered Nurse", "location": "Ohio", "industry": "hospital", "experience_years": 6}),
    ("VP Client Services, Boston, remote", {"title": "VP, Client Services", "location": "Boston, MA", "work_mode": "remote"}),
)


def checks_of(model: PayModel) -> list[dict[str, Any]]:
    """Worked roles with the answers of this very model, verified at every load."""
    from compsvc.resolve.roles import resolve_role

    found = []
    for name, request in CHECK_ROLES:
        for population in (None, "survey-2023"):
            resolved = resolve_role(model, request)
            found.append(
                {
                    "name": name,
                    "role": role_as_json(resolved.role),
                    "as_of_year": 2026.5,
                    "population": population,
                    "family": resolved.family,
                    "expected": model.worked(resolved.role, 2026.5, population, resolved.family),
                }
            )
    return found


def role_as_json(role: Role) -> dict[str, Any]:
    """The plain form `paymodel.role_from_json` reads."""
    body = role._asdict()
    return body | {
        "mixture": [list(m) for m in role.mixture],
        "spread_mixtures": [[list(m) for m in mixture] for mixture in role.spread_mixtures],
        "words": list(role.words),
    }


def write(models: Path, body: Mapping[str, Any], parts: Mapping[str, Mapping[str, np.ndarray]]) -> Path:
    """Write `<id>.json` and its arrays durably (temporary file, fsync, rename, fsync of the folder)."""
    models.mkdir(parents=True, exist_ok=True)
    files = {}
    for part in PARTS:
        data = array_bytes(parts[part])
        files[part] = sha256(data).hexdigest()
        write_durably(models / f"{body['model_id']}.{part}.npz", data)
    sealed = {**body, "files": files}
    text = json.dumps({**sealed, "sha256": seal(sealed)}, sort_keys=True, ensure_ascii=False, indent=1)
    path = models / f"{body['model_id']}.json"
    write_durably(path, text.encode() + b"\n")
    return path

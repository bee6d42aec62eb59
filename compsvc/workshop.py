"""The workshop's acts as the command line calls them: build data, add own data, fit, evaluate."""

from __future__ import annotations

import csv
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from compsvc import cards, clean, evaluate, fit, paymodel, sources, vocabulary
from compsvc.errors import DataError, RowRejected, SourceFormatError
from compsvc.features import QUANTILE_NAMES
from compsvc.fit import save
from compsvc.registry import write_durably
from compsvc.resolve.industries import resolve_size
from compsvc.settings import ROOT
from compsvc.sources import filings, oews, oflc, others, places, survey, susb, titles

Report = Callable[[str], None]
OWN_COLUMNS = (
    "title",
    "occupation",
    "level",
    "location",
    "industry",
    "employees",
    "experience_years",
    "remote",
    "paid_on",
    "base_usd",
    "n",
    "p10",
    "p25",
    "p50",
    "p75",
    "p90",
)
_CUT_WEIGHTS = {"p10": 0.175, "p25": 0.2, "p50": 0.25, "p75": 0.2, "p90": 0.175}
_FORBIDDEN = ("gender", "sex", "race", "ethnicity", "age", "birth", "previous", "past_pay", "prior", "current_salary", "name", "email")
LARGEST_CUT_WEIGHT = 200.0


def build_data(raw: Path, datasets: Path, report: Report) -> list[str]:
    """Write every dataset from the raw files, in the order they need one another; gives the ids."""
    steps: list[tuple[str, Callable[[], sources.Dataset]]] = [
        ("oews-national", lambda: oews.build_national(raw)),
        ("oews-sector", lambda: oews.build_sector(raw)),
        ("oflc", lambda: oflc.build(raw)),
        ("susb", lambda: susb.build(raw)),
        ("titles", lambda: titles.build(raw)),
        ("places", lambda: places.build(raw)),
        ("eci", lambda: others.build_eci(raw)),
        ("onet", lambda: others.build_onet(raw)),
        ("mix", lambda: others.build_mix(raw)),
        ("stackoverflow", lambda: others.build_stackoverflow(raw)),
        ("survey-2021", lambda: survey.build(raw, datasets, 2021)),
        ("survey-2023", lambda: survey.build(raw, datasets, 2023)),
        ("perm", lambda: filings.build_perm(raw, datasets)),
        ("aijobs", lambda: filings.build_aijobs(raw, datasets)),
        ("lca", lambda: filings.build_lca(raw, datasets)),
    ]
    for name, step in steps:
        report(name)
        sources.write(step(), datasets)
    return [name for name, _ in steps]


@dataclass(frozen=True, slots=True)
class Added:
    """What `data add` did: rows taken, rows refused with line number and reason."""

    dataset_id: str
    taken: int
    refused: list[tuple[int, str]]


def add_own(path: Path, datasets: Path) -> Added:
    """Check and code a user's CSV of points or cuts into `datasets/own-<name>`; every refused row is reported.

    Raises SourceFormatError for a file that cannot be read as the documented columns.
    """
    with path.open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.DictReader(stream)
        header = [h.strip().lower() for h in reader.fieldnames or []]
        forbidden = [h for h in header if any(word == h or h.startswith(word + "_") for word in _FORBIDDEN)]
        unknown = [h for h in header if h not in OWN_COLUMNS]
        if forbidden:
            raise SourceFormatError(f"column '{forbidden[0]}' may not enter a pay model; remove it and add the file again")
        if unknown:
            raise SourceFormatError(f"column '{unknown[0]}' is not known; the columns are {', '.join(OWN_COLUMNS)}")
        lines = [{(k or "").strip().lower(): (v or "").strip() for k, v in row.items() if k} for row in reader]
    recoder = clean.Recoder.from_datasets(datasets)
    taken: list[dict[str, Any]] = []
    refused: list[tuple[int, str]] = []
    limits = clean.official_limits(datasets, 2024)
    for number, line in enumerate(lines, start=2):
        try:
            taken.extend(_own_row(recoder, line, limits, f"{path.stem}|{number}"))
        except DataError as problem:
            refused.append((number, problem.message))
    dataset_id = f"own-{path.stem.lower().replace('_', '-')}"
    if taken:
        frame = pd.DataFrame(taken)
        frame["words"] = [np.array(w, dtype="uint64") for w in frame["words"]]
        frame = frame.astype({"row": "uint64", "phrase": "uint64"})
        columns = [
            sources.Column(name, "as in the row tables", "see survey-2023" if name != "row_weight" else "people the row stands for") for name in frame.columns
        ]
        sources.write(
            sources.Dataset(
                id=dataset_id,
                title=f"own rows of {path.name}",
                source="the workspace's own file",
                period="as stated per row",
                licence="private",
                raw_files=[path],
                tables=[sources.Table("rows", frame, columns)],
                pay_basis="base",
                dropped=dict(Counter(reason for _, reason in refused)),
            ),
            datasets,
        )
    return Added(dataset_id, len(lines) - len(refused), refused)


def _own_row(recoder: clean.Recoder, line: dict[str, str], limits: pd.DataFrame, key: str) -> list[dict[str, Any]]:
    figures = _own_figures(line)
    occupation = line.get("occupation") or None
    if not line.get("title") and not occupation:
        raise RowRejected("title or occupation is needed")
    if occupation and occupation not in recoder.socs:
        raise RowRejected(f"occupation '{occupation}' is not one of the {len(recoder.socs)} SOC codes")
    codes = clean.coded(recoder, [line.get("title") or vocabulary.occupations()[str(occupation)]], [line.get("industry", "")], [occupation]).iloc[0].to_dict()
    if not codes["soc_1"]:
        raise RowRejected(f"title '{line.get('title')}' names no occupation we know")
    if line.get("industry") and not codes["industry"]:
        raise RowRejected(f"industry '{line['industry']}' is not known")
    if line.get("level"):
        if line["level"] not in vocabulary.levels():
            raise RowRejected(f"level '{line['level']}' is not one of {', '.join(vocabulary.levels())}")
        codes["level"], codes["level_why"] = line["level"], "request"
    place = recoder.place(line["location"]) if line.get("location") else None
    if line.get("location") and place is None:
        raise RowRejected(f"location '{line['location']}' is not a place we cover")
    if line.get("employees"):
        resolve_size(line["employees"])
    years = _number(line.get("experience_years"), "experience_years", 0, vocabulary.EXPERIENCE_YEARS_MAX)
    codes["area"] = recoder.places.tables.area_codes[place.area] if place is not None and place.area is not None else ""
    codes["state"] = place.state or "" if place is not None else ""
    codes["experience_years"] = min((k for k in clean.EXPERIENCE_BANDS.values()), key=lambda k: abs(k - years)) if years is not None else np.nan
    codes["work_mode"] = line.get("remote") if line.get("remote") in vocabulary.WORK_MODES else ""
    codes["paid_on"] = (line.get("paid_on") or "")[:7]
    if not (len(codes["paid_on"]) >= 4 and codes["paid_on"][:4].isdigit()):
        raise RowRejected("paid_on must be a year or a month such as 2026-04")
    low = min(float(limits["low"][codes[f"soc_{k}"]]) for k in range(1, 5) if codes[f"soc_{k}"])
    high = max(float(limits["high"][codes[f"soc_{k}"]]) for k in range(1, 5) if codes[f"soc_{k}"])
    rows = []
    for name, value, weight in figures:
        if not clean.OFFICIAL_LOW_RATIO * 0.5 * low <= value <= clean.OFFICIAL_HIGH_RATIO * 1.5 * high:
            raise RowRejected(f"{name} {value:,.0f} is far outside official pay of the occupation ({low:,.0f} to {high:,.0f}); is the unit a year?")
        rows.append({**codes, "base_usd": value, "pay_basis": "base", "row": clean.row_key(f"{key}|{name}"), "row_weight": weight})
    return rows


def _own_figures(line: dict[str, str]) -> list[tuple[str, float, float]]:
    """(name, USD, weight) of a point, or of each percentile of a cut."""
    cut = [(q, _number(line.get(q), q, 1, 10_000_000)) for q in QUANTILE_NAMES if line.get(q)]
    if not cut:
        base = _number(line.get("base_usd"), "base_usd", 1, 10_000_000)
        if base is None:
            raise RowRejected("base_usd, or percentiles p10 to p90 with n, is needed")
        return [("base_usd", base, 1.0)]
    n = _number(line.get("n"), "n", 1, 1_000_000)
    if n is None:
        raise RowRejected("a cut needs n, the number of people behind it")
    values = [v for _, v in cut if v is not None]
    if values != sorted(values):
        raise RowRejected("percentiles of a cut must not fall from p10 to p90")
    total = sum(_CUT_WEIGHTS[q] for q, _ in cut)
    return [(q, float(v), min(n, LARGEST_CUT_WEIGHT) * _CUT_WEIGHTS[q] / total) for q, v in cut if v is not None]


def _number(text: str | None, name: str, low: float, high: float) -> float | None:
    if not text:
        return None
    try:
        value = float(text.replace(",", "").replace("$", ""))
    except ValueError:
        raise RowRejected(f"{name} '{text}' is not a number") from None
    if not low <= value <= high:
        raise RowRejected(f"{name} {value:,.0f} must be from {low:,.0f} to {high:,.0f}")
    return value


def fit_artifact(datasets: Path, models: Path, own: Sequence[str], fitted_on: str, report: Report) -> str:
    """Fit, evaluate and write an artifact with its card; gives the model id (not yet promoted)."""
    names = [name if name.startswith("own-") else f"own-{name}" for name in own]
    fitted = fit.fit_model(datasets, names, report)
    body = save.body_of(fitted, datasets, fitted_on, ROOT)
    parts = save.parts_of(fitted, datasets)
    body |= {"model_id": "candidate", "checks": []}
    model = paymodel.PayModel(body, parts)
    body["evaluation"] = evaluate.accuracy_card(model, fitted, datasets, report)
    body["checks"] = save.checks_of(model)
    body["model_id"] = f"us-{fitted_on[:7]}-{paymodel.seal(body)[:6]}"
    path = save.write(models, body, parts)
    write_card(models, path)
    return str(body["model_id"])


def fit_again(datasets: Path, models: Path, model_id: str, report: Report) -> list[str]:
    """Files of a shipped model that a fresh fit from `datasets` does not give byte for byte; empty when all are the same."""
    training = json.loads((models / f"{model_id}.json").read_text(encoding="utf-8"))["training"]
    own = [p for p in training["n_rows"] if p.startswith("own-")]
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder)
        made = fit_artifact(datasets, again, own, training["fitted_on"], report)
        shipped = sorted(path for path in models.iterdir() if path.name.startswith(f"{model_id}."))
        return [path.name for path in shipped if made != model_id or (again / path.name).read_bytes() != path.read_bytes()]


def write_card(models: Path, artifact: Path) -> Path:
    """Write `models/<id>.md` from the artifact's own evaluation."""
    body = json.loads(artifact.read_text(encoding="utf-8"))
    path = models / f"{body['model_id']}.md"
    write_durably(path, cards.render(body).encode())
    return path

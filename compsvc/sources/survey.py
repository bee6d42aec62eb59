"""Open self-reported survey of individuals (Ask A Manager), 2021 and 2023, United States rows.

Self-selected and mostly white-collar; base as stated, additional cash blank for
about a quarter of rows (kept as blank: neither zero nor missing for sure). Titles,
cities and industries are resolved to codes here and then forgotten.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from compsvc import clean
from compsvc.resolve.words import plain
from compsvc.sources import Column, Dataset, Table, require

_NAMES_2023 = {
    "Industry": "industry",
    "Job title": "title",
    "Annual salary (gross)": "base",
    "Additional monetary compensation": "additional",
    "Currency": "currency",
    "Country": "country",
    "State": "state",
    "City": "city",
    "Remote or on-site?": "work_mode",
    "Years of experience, overall": "experience_overall",
    "Years of experience in field": "experience_field",
}
_UNITED_STATES = re.compile(r"^(the )?(us|usa|u s a?|united states?( of america)?|us of a|america|unite\w* s\w*( of \w+)?|united? sta\w*( of america)?)$")
_WORK_MODES = {"On-site": "on-site", "Hybrid": "hybrid", "Fully remote": "remote"}

COLUMNS = [
    Column("row", "64-bit key", "row id, the same in every build"),
    Column("paid_on", "month", "when the pay was stated"),
    Column("pay_basis", "code", "what base_usd counts"),
    Column("base_usd", "USD per year", "annual base salary as stated"),
    Column("additional_usd", "USD per year", "additional cash as stated; empty where the respondent left it blank"),
    *(
        column
        for k in range(1, 5)
        for column in (Column(f"soc_{k}", "SOC 2018", f"occupation {k} of the title's mixture"), Column(f"weight_{k}", "share", f"weight of occupation {k}"))
    ),
    Column("family", "code", "job family"),
    Column("level", "code", "level the title names (P3 by default)"),
    Column("level_why", "code", "title or default"),
    Column("industry", "code", "industry (compsvc/vocabulary/industries.csv)"),
    Column("sector", "NAICS 2-digit", "sector of the industry"),
    Column("words", "64-bit keys", "content words of the title that stand in at least five rows"),
    Column("phrase", "64-bit key", "key of the whole normalised title where at least three rows share it, else 0"),
    Column("area", "OEWS area", "area; empty when only the state is known"),
    Column("state", "USPS", "state; empty when only the nation is known"),
    Column("experience_years", "years", "middle of the stated band of years in the field"),
    Column("work_mode", "code", "on-site, hybrid or remote; empty when not asked or unclear"),
    Column("held_out", "flag", "true: never seen by a fit, only scored"),
    Column("unusual", "text code", "reason of the second edit stage; empty for an ordinary row"),
]


def _band(text: object) -> float:
    return clean.EXPERIENCE_BANDS.get(re.sub(r"\s*-\s*", "-", str(text)).strip(), np.nan)


def build(raw: Path, datasets: Path, year: int) -> Dataset:
    """`survey-2021` or `survey-2023`: one row per respondent; fifth of 2023 held out by person."""
    path = require(raw / "survey" / f"salary_survey_{year}.csv.gz")
    frame = pd.read_csv(path, dtype=str, keep_default_na=False).rename(columns=_NAMES_2023)
    dropped: Counter[str] = Counter()
    country = frame["country"].map(plain)
    here = frame["currency"].eq("USD") & (country.map(lambda c: bool(_UNITED_STATES.match(c))) | (frame["state"].str.len() > 0))
    dropped["not paid in USD in the United States"] = int((~here).sum())
    frame = frame[here].reset_index(drop=True)
    person = (
        frame[["title", "state", "city", "industry", "experience_overall", "experience_field"]].apply(lambda c: c.map(plain)).agg("|".join, axis=1) + f"|{year}"
    )
    again = person.str.cat([frame["base"], frame["additional"]], sep="|").duplicated()
    dropped["the same answer sent again"] = int(again.sum())
    frame, person = frame[~again].reset_index(drop=True), person[~again].reset_index(drop=True)

    recoder = clean.Recoder.from_datasets(datasets)
    rows = clean.coded(recoder, frame["title"], frame["industry"])
    rows["base_usd"] = pd.to_numeric(frame["base"].str.replace(",", ""), errors="coerce")
    rows["additional_usd"] = pd.to_numeric(frame["additional"].str.replace(",", ""), errors="coerce")
    places = [
        recoder.place(", ".join(part for part in (city.strip(), state.split(",")[0].strip()) if part))
        for city, state in zip(frame["city"], frame["state"], strict=True)
    ]
    rows["area"] = [recoder.places.tables.area_codes[p.area] if p is not None and p.area is not None else "" for p in places]
    rows["state"] = [_state(recoder, p) for p in places]
    rows["experience_years"] = frame["experience_field"].map(_band)
    rows["work_mode"] = frame["work_mode"].map(_WORK_MODES).fillna("") if "work_mode" in frame else ""
    rows["paid_on"] = f"{year}-04"
    rows["pay_basis"] = "base"
    rows["row"] = [clean.row_key(f"{p}|{b}|{i}") for i, (p, b) in enumerate(zip(person, frame["base"], strict=True))]
    rows["held_out"] = [year == 2023 and clean.share_of(p) < clean.HELD_OUT_SHARE for p in person]

    reason = clean.edit(rows, frame["title"].tolist(), clean.official_limits(datasets, min(max(year, 2020), 2024)))
    second_stage = reason.str.contains("official")
    rows["unusual"] = np.where(second_stage, np.where(reason.str.contains("below"), "low", "high"), "")
    for why, count in reason[(reason != "") & ~second_stage].value_counts().items():
        dropped[str(why)] = int(count)
    kept = rows[(reason == "") | second_stage].copy()
    kept["words"] = clean.keep_common_words(kept["words"])
    kept["phrase"] = clean.keep_common_phrases(kept["phrase"])
    kept = kept[[c.name for c in COLUMNS]].sort_values("row", kind="stable").reset_index(drop=True)
    for column in kept.columns:
        if column.endswith("_usd") or column.startswith("weight") or column == "experience_years":
            kept[column] = kept[column].astype("float32")
    kept["row"] = kept["row"].astype("uint64")
    marked = Counter(reason[second_stage])
    return Dataset(
        id=f"survey-{year}",
        title=f"self-reported pay of individuals, {year}",
        source="Ask A Manager salary survey, published openly by its author",
        period=f"April {year}",
        licence="no licence stated; recoded figures only, no words of any respondent",
        raw_files=[path],
        tables=[Table("rows", kept, COLUMNS)],
        pay_basis="base: annual base salary as stated; additional cash kept apart",
        dropped=dict(dropped),
        notes=[
            "Held out: one fifth of 2023 by a hash of the person's title, place, industry and experience, before any modelling.",
            *(
                f"Marked unusual and kept out of fits and of the main score, counted in the second score: {count:,} rows with {why}."
                for why, count in sorted(marked.items())
            ),
            "The edit rules look at the row and the official distribution only, never at a model.",
        ],
    )


def _state(recoder: clean.Recoder, place: object) -> str:
    if place is None:
        return ""
    state = getattr(place, "state", None)
    if state:
        return str(state)
    area = getattr(place, "area", None)
    return recoder.places.tables.area_states[area].split()[0] if area is not None else ""

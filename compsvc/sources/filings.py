"""Visa filings: LCA (offered base by employer and state) and PERM (offered base with a company size band).

Offers are floors: a third of LCA rows stand exactly at the prevailing wage.
Employers become 64-bit keys; exact repeats of mass filings count once.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from compsvc import clean, vocabulary
from compsvc.sources import Column, Dataset, Table, require
from compsvc.sources.titles import crosswalk

_PER_YEAR = {"Year": 1.0, "Month": 12.0, "Bi-Weekly": 26.0, "Week": 52.0, "Hour": 2080.0}
_PERM_BANDS = {"Micro": "1-10", "Small": "11-49", "Medium": "50-249", "Large": "250+"}
_HOURLY_LIMIT = 300.0
_ROW = [
    Column("row", "64-bit key", "row id, the same in every build"),
    Column("employer", "64-bit key", "employer id"),
    Column("paid_on", "month", "when the offer was filed or decided"),
    Column("pay_basis", "code", "what base_usd counts"),
    Column("base_usd", "USD per year", "offered base"),
]
_MIXTURE = [
    column for k in range(1, 5) for column in (Column(f"soc_{k}", "SOC 2018", f"occupation {k}"), Column(f"weight_{k}", "share", f"weight of occupation {k}"))
]


def _employer(names: pd.Series) -> pd.Series:
    plain = names.str.upper().str.replace(r"[^A-Z0-9 ]", "", regex=True).str.replace(r"\b(INC|LLC|LLP|CORP|CORPORATION|CO|LTD|LP)\b", "", regex=True)
    return plain.str.split().str.join(" ").map(clean.row_key)


def build_lca(raw: Path, datasets: Path) -> Dataset:
    """`lca`: certified full-time offers of October to December 2023; a fifth of employers held out."""
    path = require(raw / "lca" / "lca_fy2024q1_certified_fulltime.parquet")
    frame = pd.read_parquet(path)
    dropped: Counter[str] = Counter()
    repeated = frame.duplicated()
    dropped["exact repeats of mass filings"] = int(repeated.sum())
    frame = frame[~repeated].reset_index(drop=True)
    table = crosswalk(raw)
    soc = [table.get(str(c)) or table.get(str(c)[:7]) for c in frame["SOC_CODE"]]
    recoder = clean.Recoder.from_datasets(datasets)
    rows = clean.coded(recoder, frame["JOB_TITLE"].fillna(""), [""] * len(frame), soc)
    pay = frame["WAGE_RATE_OF_PAY_FROM"] * frame["WAGE_UNIT_OF_PAY"].map(_PER_YEAR)
    rows["base_usd"] = pay.to_numpy()
    rows["employer"] = _employer(frame["EMPLOYER_NAME"].fillna(""))
    rows["state"] = frame["WORKSITE_STATE"].where(frame["WORKSITE_STATE"].isin(vocabulary.states()), "")
    rows["paid_on"], rows["pay_basis"] = "2023-11", "base"
    rows["row"] = [clean.row_key(f"lca|{e}|{i}") for i, e in enumerate(rows["employer"])]
    rows["held_out"] = [clean.share_of(f"employer|{e}") < clean.HELD_OUT_SHARE for e in rows["employer"]]
    reason = clean.edit(rows, [""] * len(rows), clean.official_limits(datasets, 2023))
    for why, count in reason[reason != ""].value_counts().items():
        dropped[str(why)] = int(count)
    kept = rows[reason == ""].copy()
    kept["words"] = clean.keep_common_words(kept["words"], 30)
    columns = [
        *_ROW,
        *_MIXTURE,
        Column("family", "code", "job family of the title"),
        Column("level", "code", "level the title names"),
        Column("level_why", "code", "title or default"),
        Column("words", "64-bit keys", "content words of the title that stand in at least thirty rows"),
        Column("state", "USPS", "worksite state"),
        Column("held_out", "flag", "true: all rows of this employer are only scored"),
    ]
    return Dataset(
        id="lca",
        title="offered base pay in H-1B labor condition applications",
        source="US Department of Labor, LCA disclosure data FY2024 Q1, certified, full time",
        period="October to December 2023",
        licence="public record",
        raw_files=[path],
        tables=[Table("rows", _tidy(kept, columns), columns)],
        pay_basis="base: the lower end of the offered wage, a floor",
        dropped=dict(dropped),
        notes=["Bi-weekly pay times 26.", "Held out: one fifth of employers by a hash of the employer key."],
    )


def build_perm(raw: Path, datasets: Path) -> Dataset:
    """`perm`: certified offers of 2014 to 2016 with a company size band, for the size gradient."""
    path = require(raw / "perm" / "perm_2014_2016_employer_size.csv.gz")
    frame = pd.read_csv(path, dtype=str)
    dropped: Counter[str] = Counter()
    certified = frame["case_status"].str.startswith("Cert")
    dropped["withdrawn or denied"] = int((~certified).sum())
    frame = frame[certified].reset_index(drop=True)
    wage = pd.to_numeric(frame["wage_offer_from_9089"], errors="coerce")
    unit = frame["wage_offer_unit_of_pay_9089"]
    factor = unit.map(_PER_YEAR).where(~((unit == "Hour") & (wage > _HOURLY_LIMIT)), 1.0).where(~((unit == "Year") & (wage < _HOURLY_LIMIT)), 2080.0)
    recoder = clean.Recoder.from_datasets(datasets)
    rows = clean.coded(recoder, frame["job_info_job_title"].fillna(""), [""] * len(frame))
    rows["base_usd"] = (wage * factor).to_numpy()
    rows["employer"] = _employer(frame["employer_name"].fillna(""))
    names = {name.upper(): code for code, name in vocabulary.states().items()}
    state = frame["job_info_work_state"].str.upper().str.strip()
    rows["state"] = state.map(names).fillna(state).where(lambda s: s.isin(vocabulary.states()), "")
    rows["size_band"] = frame["employer_size"].map(_PERM_BANDS)
    rows["paid_on"], rows["pay_basis"] = frame["decision_date"].str[:4], "base"
    rows["row"] = [clean.row_key(f"perm|{e}|{i}") for i, e in enumerate(rows["employer"])]
    bad = ~rows["base_usd"].between(16_000, 700_000) | rows["soc_1"].eq("")
    dropped["pay outside 16,000 to 700,000 USD after mending units, or no occupation"] = int(bad.sum())
    kept = rows[~bad].copy()
    kept["words"] = clean.keep_common_words(kept["words"], 15)
    columns = [
        *_ROW,
        *_MIXTURE,
        Column("level", "code", "level the title names"),
        Column("words", "64-bit keys", "content words of the title that stand in at least fifteen rows"),
        Column("state", "USPS", "worksite state"),
        Column("size_band", "employees", "company size band as filed"),
    ]
    return Dataset(
        id="perm",
        title="offered base pay with a company size band",
        source="US Department of Labor, PERM disclosure data",
        period="2014 to 2016",
        licence="public record",
        raw_files=[path],
        tables=[Table("rows", _tidy(kept, columns), columns)],
        pay_basis="base: the lower end of the offered wage, a floor",
        dropped=dict(dropped),
        notes=["Hourly wages above 300 are annual figures filed under the wrong unit and kept as annual."],
    )


def _tidy(frame: pd.DataFrame, columns: list[Column]) -> pd.DataFrame:
    out = frame[[c.name for c in columns]].sort_values("row", kind="stable").reset_index(drop=True)
    for name in out.columns:
        if name.endswith("_usd") or name.startswith("weight"):
            out[name] = out[name].astype("float32")
    return out.astype({"row": "uint64", "employer": "uint64"}) if "employer" in out else out.astype({"row": "uint64"})


_EXPERIENCE_LEVEL = {"EN": "P2", "MI": "P3", "SE": "P4", "EX": "M5"}


def build_aijobs(raw: Path, datasets: Path) -> Dataset:
    """`aijobs`: data and AI jobs paid in the United States, 2020 to January 2025, exact repeats once."""
    path = require(raw / "aijobs" / "aijobs_salaries_2025_01.csv.gz")
    frame = pd.read_csv(path, dtype=str)
    dropped: Counter[str] = Counter()
    here = frame["company_location"].eq("US") & frame["employee_residence"].eq("US") & frame["salary_currency"].eq("USD") & frame["employment_type"].eq("FT")
    dropped["not a full-time job paid in USD in the United States"] = int((~here).sum())
    frame = frame[here]
    repeated = frame.duplicated()
    dropped["exact repeats"] = int(repeated.sum())
    frame = frame[~repeated].reset_index(drop=True)
    recoder = clean.Recoder.from_datasets(datasets)
    rows = clean.coded(recoder, frame["job_title"], [""] * len(frame))
    rows["base_usd"] = pd.to_numeric(frame["salary"], errors="coerce")
    stated = frame["experience_level"].map(_EXPERIENCE_LEVEL)
    rows["level"] = np.where(rows["level_why"].eq("default") | frame["experience_level"].eq("EN"), stated, rows["level"])
    rows["work_mode"] = frame["remote_ratio"].map({"0": "on-site", "50": "hybrid", "100": "remote"}).fillna("")
    rows["paid_on"], rows["pay_basis"] = frame["work_year"] + "-06", "base"
    rows["row"] = [clean.row_key(f"aijobs|{i}") for i in range(len(rows))]
    reason = clean.edit(rows, [""] * len(rows), clean.official_limits(datasets, 2024))
    for why, count in reason[reason != ""].value_counts().items():
        dropped[str(why)] = int(count)
    kept = rows[reason == ""].copy()
    kept["words"] = clean.keep_common_words(kept["words"], 30)
    columns = [
        _ROW[0],
        *_ROW[2:],
        *_MIXTURE,
        Column("family", "code", "job family of the title"),
        Column("level", "code", "level from the title, else from the stated experience class"),
        Column("level_why", "code", "title or default"),
        Column("words", "64-bit keys", "content words of the title that stand in at least thirty rows"),
        Column("work_mode", "code", "on-site, hybrid or remote"),
    ]
    return Dataset(
        id="aijobs",
        title="pay of data and AI jobs",
        source="aijobs.net salary survey and postings",
        period="2020 to January 2025",
        licence="CC0",
        raw_files=[path],
        tables=[Table("rows", _tidy(kept, columns), columns)],
        pay_basis="base: salary as stated",
        dropped=dict(dropped),
        notes=["No place below the nation; size is almost always the same band and is left out."],
    )

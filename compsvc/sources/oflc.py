"""DOL/OFLC prevailing wage levels: two facts (location, spread) per occupation and area.

Levels II and III are equally spaced between I and IV, so a row carries level I
(mean of the lowest-paid third) and level IV (mean of the upper two thirds), and
(L1 + 2 L4) / 3 is the area's mean wage. Levels are statutory skill tiers, not job levels.
Areas of one state often carry a copy of a wider region's figures; `evidence`
numbers the distinct vectors of an occupation so that copies are not counted as evidence.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from compsvc.sources import Column, Dataset, Table, require

HOURS_PER_YEAR = 2080
ALREADY_ANNUAL = 300.0


def build(raw: Path) -> Dataset:
    """`oflc`: pay by occupation and area, the area list, and the occupation list with usual education."""
    files = [raw / "oflc" / name for name in ("oflc_wages_2025_26.parquet", "oes_soc_occs.csv", "xwalk_plus.csv", "appendix_a_job_zone_education.xlsx")]
    wages = pd.read_parquet(require(files[0]))
    zero = (wages[["l1", "l2", "l3", "l4"]] <= 0).any(axis=1)
    wages = wages[~zero].sort_values(["soc", "area_id"], kind="stable")
    annual = np.where(wages["l1"].to_numpy() >= ALREADY_ANNUAL, 1, HOURS_PER_YEAR)
    pay = pd.DataFrame(
        {
            "soc": wages["soc"].to_numpy(),
            "area": wages["area_id"].astype(str).to_numpy(),
            "l1_usd": np.round(wages["l1"].to_numpy() * annual).astype("int32"),
            "l4_usd": np.round(wages["l4"].to_numpy() * annual).astype("int32"),
        }
    )
    vector = wages.groupby(["soc", "state", "l1", "l2", "l3", "l4"], sort=False).ngroup().to_numpy()
    pay["evidence"] = vector - pd.Series(vector).groupby(pay["soc"]).transform("min")
    pay["evidence"] = pay["evidence"].astype("int16")
    pay["pay_basis"] = "wages_with_commissions"

    areas = wages[["area_id", "area", "state"]].drop_duplicates("area_id").sort_values("area_id", kind="stable")
    areas = pd.DataFrame({"area": areas["area_id"].astype(str), "name": areas["area"], "state": areas["state"]})
    areas["kind"] = np.where(areas["name"].str.contains("nonmetropolitan"), "nonmetro", "metro")
    return Dataset(
        id="oflc",
        title="prevailing wage levels by occupation and area",
        source="US Department of Labor, Office of Foreign Labor Certification (from BLS OEWS)",
        period="July 2025 to June 2026; OEWS wages of May 2024",
        licence="US government work, public domain",
        raw_files=files[:1],
        tables=[
            Table(
                "pay",
                pay,
                [
                    Column("soc", "SOC 2018", "occupation"),
                    Column("area", "OEWS area", "CBSA code, or state code with a suffix for nonmetropolitan areas"),
                    Column("l1_usd", "USD per year", "level I: mean of the lowest-paid third"),
                    Column("l4_usd", "USD per year", "level IV: mean of the upper two thirds"),
                    Column("evidence", "number", "same number within an occupation and state: identical figures copied from one wider region"),
                    Column("pay_basis", "code", "what the pay figures count"),
                ],
            ),
            Table(
                "areas",
                areas,
                [
                    Column("area", "OEWS area", "code"),
                    Column("name", "text", "official name of the area"),
                    Column("state", "USPS", "state of the area's first county"),
                    Column("kind", "code", "metro or nonmetro"),
                ],
            ),
        ],
        pay_basis="wages_with_commissions, as OEWS",
        dropped={"rows with a zero level (no figure)": int(zero.sum())},
        notes=[f"Hourly levels times {HOURS_PER_YEAR:,}; rows with level I of {ALREADY_ANNUAL:.0f} or more are annual already."],
    )

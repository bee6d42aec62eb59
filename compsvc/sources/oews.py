"""BLS Occupational Employment and Wage Statistics: national, and by NAICS sector.

Wages include commissions and production bonuses and leave out other bonuses,
overtime and equity. `#` marks a top-coded percentile: it is kept as a bound
(`top_coded` says how many percentiles of the row are bounds), never as a number.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from compsvc.sources import Column, Dataset, Table, require

PERCENTILES = ("p10", "p25", "p50", "p75", "p90")
_PAY = {"A_MEAN": "mean_usd", "A_PCT10": "p10_usd", "A_PCT25": "p25_usd", "A_MEDIAN": "p50_usd", "A_PCT75": "p75_usd", "A_PCT90": "p90_usd"}
NATIONAL_YEARS = (2020, 2021, 2022, 2023, 2024)
SECTOR_YEARS = (2022, 2023, 2024)
_LICENCE = "US government work, public domain"

_PAY_COLUMNS = [
    Column("employment", "jobs", "estimated employment"),
    Column("mean_prse", "percent", "relative standard error of the mean"),
    Column("mean_usd", "USD per year", "mean wage"),
    *(Column(f"{p}_usd", "USD per year", f"{p.upper()} wage; empty when not released or top-coded") for p in PERCENTILES),
    Column("top_coded", "count", "how many of the six pay figures are only known to be at or above the top code"),
]


def _read(path: Path) -> pd.DataFrame:
    raw = pd.read_excel(require(path), engine="calamine", dtype=str)
    frame = pd.DataFrame({"soc": raw["OCC_CODE"], "o_group": raw["O_GROUP"], "sector": raw["NAICS"].str.strip(), "i_group": raw["I_GROUP"]})
    frame["employment"] = pd.to_numeric(raw["TOT_EMP"], errors="coerce").astype("float32")
    frame["mean_prse"] = pd.to_numeric(raw["MEAN_PRSE"], errors="coerce").astype("float32")
    hourly_only = raw.get("HOURLY", pd.Series(index=raw.index, dtype=str)).astype(str).str.upper().eq("TRUE")
    for theirs, ours in _PAY.items():
        annual = pd.to_numeric(raw[theirs], errors="coerce")
        hourly = pd.to_numeric(raw[theirs.replace("A_", "H_", 1)], errors="coerce") * 2080
        frame[ours] = annual.where(~hourly_only | annual.notna(), hourly).astype("float32")
    frame["top_coded"] = sum(raw[theirs].eq("#").astype("int8") for theirs in _PAY)
    return frame


def build_national(raw: Path) -> Dataset:
    """`oews-national`: one row per SOC occupation and May vintage."""
    files = [raw / "oews" / f"national_M{year}_dl.xlsx" for year in NATIONAL_YEARS]
    parts, dropped = [], 0
    for year, path in zip(NATIONAL_YEARS, files, strict=True):
        frame = _read(path)
        kept = frame[frame["o_group"].isin(["detailed", "total", "major"])].copy()
        dropped += len(frame) - len(kept)
        kept.insert(0, "year", year)
        parts.append(kept)
    table = pd.concat(parts).astype({"year": "int16"}).drop(columns=["sector", "i_group"]).sort_values(["year", "soc"], kind="stable")
    table.insert(3, "pay_basis", "wages_with_commissions")
    columns = [
        Column("year", "year", "May vintage"),
        Column("soc", "SOC 2018", "occupation, major group (xx-0000) or all (00-0000)"),
        Column("o_group", "code", "detailed, major or total"),
        Column("pay_basis", "code", "what the pay figures count"),
        *_PAY_COLUMNS,
    ]
    return Dataset(
        id="oews-national",
        title="pay by occupation, United States",
        source="US Bureau of Labor Statistics, Occupational Employment and Wage Statistics, national estimates",
        period="May 2020 to May 2024",
        licence=_LICENCE,
        raw_files=files,
        tables=[Table("pay", table, columns)],
        pay_basis="wages_with_commissions: base, commissions and production bonuses; no other bonuses, overtime or equity",
        dropped={"minor and broad occupation groups (sums of the detailed rows)": dropped},
        notes=["Occupations paid by the hour only (no annual figure) carry hourly pay times 2,080."],
    )


def build_sector(raw: Path) -> Dataset:
    """`oews-sector`: one row per SOC occupation, 2-digit NAICS sector and May vintage."""
    files = [raw / "oews" / f"natsector_M{year}_dl.xlsx" for year in SECTOR_YEARS]
    parts, dropped = [], 0
    for year, path in zip(SECTOR_YEARS, files, strict=True):
        frame = _read(path)
        kept = frame[frame["o_group"].isin(["detailed", "total"]) & frame["i_group"].eq("sector")].copy()
        dropped += len(frame) - len(kept)
        kept.insert(0, "year", year)
        parts.append(kept)
    table = pd.concat(parts).astype({"year": "int16"}).drop(columns=["i_group"])
    table = table[["year", "sector", "soc", "o_group", *[c.name for c in _PAY_COLUMNS]]].sort_values(["year", "sector", "soc"], kind="stable")
    table.insert(4, "pay_basis", "wages_with_commissions")
    columns = [
        Column("year", "year", "May vintage"),
        Column("sector", "NAICS 2-digit", "sector; 99 is government"),
        Column("soc", "SOC 2018", "occupation, or 00-0000 for all"),
        Column("o_group", "code", "detailed or total"),
        Column("pay_basis", "code", "what the pay figures count"),
        *_PAY_COLUMNS,
    ]
    return Dataset(
        id="oews-sector",
        title="pay by occupation and industry sector, United States",
        source="US Bureau of Labor Statistics, Occupational Employment and Wage Statistics, national industry-specific estimates",
        period="May 2022 to May 2024",
        licence=_LICENCE,
        raw_files=files,
        tables=[Table("pay", table, columns)],
        pay_basis="wages_with_commissions: base, commissions and production bonuses; no other bonuses, overtime or equity",
        dropped={"major, minor and broad occupation groups": dropped},
    )

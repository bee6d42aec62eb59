"""Small sources: wage growth index, job zones, published pay mixes, and the 2016 developer survey's size gradient."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm

from compsvc import vocabulary
from compsvc.resolve.words import plain
from compsvc.sources import Column, Dataset, Table, require
from compsvc.sources.titles import crosswalk

_DEVELOPER_SIZES = {
    "1-4 employees": "1-19",
    "5-9 employees": "1-19",
    "10-19 employees": "1-19",
    "20-99 employees": "20-99",
    "100-499 employees": "100-499",
    "500-999 employees": "500-999",
    "1,000-4,999 employees": "1000-4999",
    "5,000-9,999 employees": "5000-9999",
    "10,000+ employees": "10000+",
}
_PUBLIC = ("Government", "Education", "Foundation / Non-Profit")
_OPEN_BAND_USD = 235_000.0


def build_eci(raw: Path) -> Dataset:
    """`eci`: Employment Cost Index, wages and salaries, quarterly."""
    path = require(raw / "eci" / "ECIWAG_FRED_2013Q1_2022Q3.csv")
    frame = pd.read_csv(path)
    table = pd.DataFrame({"quarter": frame["DATE"].str[:7], "index": frame["ECIWAG"].astype("float32")})
    return Dataset(
        id="eci",
        title="Employment Cost Index, wages and salaries",
        source="US Bureau of Labor Statistics, private industry, December 2005 = 100",
        period="2013 Q1 to 2022 Q3",
        licence="US government work, public domain",
        raw_files=[path],
        tables=[
            Table(
                "index", table, [Column("quarter", "month", "first month of the quarter"), Column("index", "December 2005 = 100", "wages and salaries index")]
            )
        ],
        pay_basis="index of wages and salaries",
        notes=["Later growth is in compsvc/vocabulary/wage_growth.csv, each step with its published source."],
    )


def build_onet(raw: Path) -> Dataset:
    """`onet`: job zone (preparation needed, 1 to 5) by occupation."""
    path = require(raw / "onet" / "job_zones.txt")
    frame = pd.read_csv(path, sep="\t", dtype=str)
    table = crosswalk(raw)
    frame["soc"] = frame["O*NET-SOC Code"].map(lambda c: table.get(c) or table.get(c[:7]))
    zones = frame.dropna(subset=["soc"]).astype({"Job Zone": float}).groupby("soc")["Job Zone"].mean().round(2)
    rows = zones.rename("job_zone").reset_index().astype({"job_zone": "float32"})
    return Dataset(
        id="onet",
        title="job zones by occupation",
        source="O*NET 27.0 Database by the US Department of Labor, Employment and Training Administration (CC BY 4.0), used under that licence and modified",
        period="August 2022",
        licence="CC BY 4.0",
        raw_files=[path],
        tables=[
            Table("job_zones", rows, [Column("soc", "SOC 2018", "occupation"), Column("job_zone", "1 to 5", "mean job zone of the O*NET occupations inside")])
        ],
        pay_basis="none: this table holds no pay",
        dropped={"O*NET occupations without a SOC in the 848": int(frame["soc"].isna().sum())},
    )


def build_mix(raw: Path) -> Dataset:
    """`mix`: published base shares and on-target earnings of quota-carrying roles, as cuts."""
    path = require(raw / "mix" / "published_pay_mix.csv")
    frame = pd.read_csv(path)
    roles = {plain(row["title"]): (row["family"], row["level"]) for row in vocabulary.ladder()}
    aliases = {"vp sales": ("sales-management", "E1"), "sales director": ("sales-management", "M5"), "sales manager": ("sales-management", "M2")}
    names = frame["role"].str.replace(r"\(.*\)", "", regex=True).map(plain)
    coded = [
        aliases.get(n) or (("account-executive", "P4" if n.startswith("senior") else "P3") if n.endswith("account executive") else roles.get(n, ("", "")))
        for n in names
    ]
    table = pd.DataFrame(
        {
            "family": [c[0] for c in coded],
            "level": [c[1] for c in coded],
            "year": frame["period"].astype(str).str[-4:].astype("int16"),
            "base_share_low": frame["base_share_low"],
            "base_share_high": frame["base_share_high"],
            "ote_low_usd": frame["ote_low_usd"],
            "ote_high_usd": frame["ote_high_usd"],
            "quality": frame["quality"].map({"vendor blog": 1, "practitioner": 2, "web guide": 1, "one employer": 1}).astype("int8"),
        }
    )
    table["pay_basis"] = "ote"
    return Dataset(
        id="mix",
        title="published pay mixes of quota-carrying roles",
        source="figures from vendors, practitioners and employers, as cited in the raw file",
        period="2024 to 2026",
        licence="figures only, cited",
        raw_files=[path],
        tables=[
            Table(
                "cuts",
                table,
                [
                    Column("family", "code", "job family"),
                    Column("level", "code", "level"),
                    Column("year", "year", "year of the figure"),
                    Column("base_share_low", "share", "lowest base share of on-target earnings"),
                    Column("base_share_high", "share", "highest base share"),
                    Column("ote_low_usd", "USD per year", "lowest on-target earnings"),
                    Column("ote_high_usd", "USD per year", "highest on-target earnings"),
                    Column("quality", "1 weak to 3 strong", "how much the source can carry"),
                    Column("pay_basis", "code", "what the figures count"),
                ],
            )
        ],
        pay_basis="ote and its base share, at target",
        notes=["Weak sources: used with low weight, never as truth."],
    )


def build_stackoverflow(raw: Path) -> Dataset:
    """`stackoverflow`: the size gradient of the 2016 developer survey, estimated here; rows are not shipped."""
    path = require(raw / "stackoverflow" / "so_survey_2016_us_fulltime.csv.gz")
    frame = pd.read_csv(path, dtype=str)
    size = frame["company_size_range"].map(_DEVELOPER_SIZES)
    pay = pd.to_numeric(frame["salary_midpoint"], errors="coerce")
    keep = size.notna() & (pay >= 20_000) & frame["experience_midpoint"].notna() & ~frame["industry"].isin(_PUBLIC) & frame["occupation"].ne("Student")
    frame, size, pay = frame[keep], size[keep], pay[keep]
    log_pay = np.log(pay.where(pay <= 200_000, _OPEN_BAND_USD))
    design = pd.concat(
        [
            pd.get_dummies(_common(frame[name].fillna("none"), least), prefix=name, drop_first=True)
            for name, least in (("occupation", 15), ("industry", 10), ("experience_midpoint", 1), ("remote", 20))
        ],
        axis=1,
    )
    classes = [c.code for c in vocabulary.size_classes() if c.code != "100-499"]
    for code in classes:
        design[f"size {code}"] = size.eq(code)
    result = sm.OLS(log_pay, sm.add_constant(design.astype(float))).fit(cov_type="HC1")
    effects = pd.DataFrame(
        {
            "size": classes,
            "effect": [result.params[f"size {c}"] for c in classes],
            "standard_error": [result.bse[f"size {c}"] for c in classes],
            "people": [int(size.eq(c).sum()) for c in classes],
        }
    ).astype({"effect": "float32", "standard_error": "float32", "people": "int32"})
    effects["pay_basis"] = "base"
    return Dataset(
        id="stackoverflow",
        title="company size gradient of developers",
        source="Stack Overflow Annual Developer Survey 2016 (ODbL 1.0, attributed to Stack Overflow)",
        period="January 2016",
        licence="ODbL 1.0: a derived estimate, not the rows",
        raw_files=[path],
        tables=[
            Table(
                "size_gradient",
                effects,
                [
                    Column("size", "employees", "enterprise size class, against 100-499"),
                    Column("effect", "log pay", "difference in log pay, occupation, industry, experience and work mode held"),
                    Column("standard_error", "log pay", "heteroscedasticity-robust (HC1)"),
                    Column("people", "people", "respondents in the class"),
                    Column("pay_basis", "code", "banded annual pay as stated, may include bonus"),
                ],
            )
        ],
        pay_basis="base as stated in bands, may include bonus",
        dropped={"size unknown, pay below 20,000 USD, student, or public, education and nonprofit employers": int((~keep).sum())},
    )


def _common(values: pd.Series, least: int) -> pd.Series:
    counts = values.map(values.value_counts())
    return values.where(counts >= least, "other")

"""Census SUSB: firms, employment and payroll by NAICS sector and enterprise size."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from compsvc.sources import Column, Dataset, Table, require


def build(raw: Path) -> Dataset:
    """`susb`: one row per sector and enterprise size class, United States."""
    path = require(raw / "susb" / "susb_2022_us_naics_by_enterprise_size.csv.gz")
    frame = pd.read_csv(path, dtype=str)
    frame.columns = [" ".join(c.split()) for c in frame.columns]
    naics = frame["NAICS"].str.strip()
    sector_rows = naics.str.fullmatch(r"--|\d{2}(-\d{2})?")
    kept = frame[sector_rows]

    def number(column: str) -> pd.Series:
        return pd.to_numeric(kept[column].str.replace(",", ""), errors="coerce")

    table = pd.DataFrame(
        {
            "sector": naics[sector_rows].str[:2].replace({"--": "00"}),
            "size_label": kept["Enterprise Size"].str.replace(r"^\d+:\s*", "", regex=True).str.strip(),
            "firms": number("Firms"),
            "employment": number("Employment"),
            "payroll_usd": number("Annual Payroll ($1,000)") * 1000,
        }
    )
    table["pay_basis"] = "payroll"
    return Dataset(
        id="susb",
        title="employment and payroll by enterprise size",
        source="US Census Bureau, Statistics of US Businesses",
        period="2022",
        licence="US government work, public domain",
        raw_files=[path],
        tables=[
            Table(
                "size",
                table.reset_index(drop=True),
                [
                    Column("sector", "NAICS 2-digit", "sector (first two digits); 00 is all"),
                    Column("size_label", "employees", "enterprise size class as published"),
                    Column("firms", "firms", "number of firms"),
                    Column("employment", "jobs", "employment in the week of 12 March"),
                    Column("payroll_usd", "USD per year", "annual payroll, all occupations"),
                    Column("pay_basis", "code", "payroll counts all taxable pay, all occupations together"),
                ],
            )
        ],
        pay_basis="payroll: all taxable pay of all occupations; mixes occupation with size, so a check and a damped prior only",
        dropped={"industries below the sector": int((~sector_rows).sum())},
    )

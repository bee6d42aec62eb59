"""What titles say about occupations: O*NET's reported and alternate titles, and filing counts.

Titles are reduced to 64-bit keys of their normalised words before anything is
written: the tables hold keys, SOC codes and weights, no title text.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from compsvc import vocabulary
from compsvc.resolve.titles import LevelRules
from compsvc.resolve.words import phrase_key, tokens
from compsvc.sources import Column, Dataset, Table, require

_ONET_WEIGHTS = {"Alternate Title": 1.0, "Short Title": 0.5, "Reported Job Title": 2.0}
_NAME_WEIGHT = 2.0
_FILING_WEIGHT = 0.7
_SMALLEST_FILERS = 2
_SMALLEST_WORD_TITLES = 2
_BACKGROUND = 1.0
_ROW_LIMIT = 80


def crosswalk(raw: Path) -> dict[str, str]:
    """O*NET and older SOC codes to the 848 occupations."""
    frame = pd.read_csv(require(raw / "oflc" / "xwalk_plus.csv"), dtype=str)
    table = dict(zip(frame["OnetCode"], frame["OES_SOCCODE"], strict=True))
    for onet, soc in zip(frame["TruncOnetCode"], frame["OES_SOCCODE"], strict=True):
        table.setdefault(onet, soc)
    for soc in vocabulary.occupations():
        table[soc] = soc
        table.setdefault(soc + ".00", soc)
    return table


def _weighted_titles(raw: Path, core: LevelRules) -> Iterable[tuple[tuple[str, ...], str, float]]:
    expansions = vocabulary.title_expansions()
    table = crosswalk(raw)

    def words_of(title: str) -> tuple[str, ...]:
        words = tokens(re.sub(r"\(.*?\)", "", title), expansions)
        return core.core_of(words)

    for name, file in (
        ("Alternate Title", "alternate_titles.txt"),
        ("Short Title", "alternate_titles.txt"),
        ("Reported Job Title", "sample_of_reported_titles.txt"),
    ):
        frame = pd.read_csv(require(raw / "onet" / file), sep="\t", dtype=str)
        for code, title in zip(frame["O*NET-SOC Code"], frame[name], strict=True):
            soc = table.get(code) or table.get(code[:7])
            if soc and isinstance(title, str) and title != "n/a":
                yield words_of(title), soc, _ONET_WEIGHTS[name]
    for soc, title in vocabulary.occupations().items():
        yield words_of(title), soc, _NAME_WEIGHT
    filings = pd.read_parquet(require(raw / "titles" / "lca_title_soc_counts_fy2022_2025.parquet"))
    totals: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for title, code, employers in zip(filings["title"], filings["soc"], filings["employers"], strict=True):
        soc = table.get(code) or table.get(code[:7])
        if soc:
            totals[words_of(title)][soc] += int(employers)
    for words, counts in totals.items():
        total = sum(counts.values())
        if total >= _SMALLEST_FILERS:
            for soc, employers in counts.items():
                yield words, soc, _FILING_WEIGHT * float(np.log1p(total)) * employers / total


def _heaviest(counts: dict[str, float], limit: int) -> list[tuple[str, float]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]


def build(raw: Path) -> Dataset:
    """`titles`: phrases and words by occupation."""
    files = [
        raw / "onet" / "alternate_titles.txt",
        raw / "onet" / "sample_of_reported_titles.txt",
        raw / "titles" / "lca_title_soc_counts_fy2022_2025.parquet",
        raw / "oflc" / "xwalk_plus.csv",
    ]
    expansions = vocabulary.title_expansions()
    rules = LevelRules(vocabulary.level_words(), vocabulary.level_grid(), expansions)
    phrases: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    features: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    seen: Counter[int] = Counter()
    occupation_total: dict[str, float] = defaultdict(float)
    rows = 0
    for words, soc, weight in _weighted_titles(raw, rules):
        if not words:
            continue
        rows += 1
        phrases[phrase_key(words)][soc] += weight
        for feature in {*((w,) for w in words), *pairwise(words)}:
            key = phrase_key(feature)
            features[key][soc] += weight
            occupation_total[soc] += weight
            seen[key] += 1
    mass = sum(sum(c.values()) for c in features.values())
    phrase_rows = [(key, soc, weight) for key, counts in phrases.items() if sum(counts.values()) >= 0.9 for soc, weight in _heaviest(counts, 12)]
    word_rows = []
    for key, counts in features.items():
        if seen[key] < _SMALLEST_WORD_TITLES:
            continue
        background = _BACKGROUND * sum(counts.values()) / mass
        for soc, weight in _heaviest(counts, _ROW_LIMIT):
            word_rows.append((key, soc, float(np.log1p(weight / background))))
    phrase_table = (
        pd.DataFrame(phrase_rows, columns=["phrase", "soc", "weight"])
        .astype({"phrase": "uint64", "weight": "float32"})
        .sort_values(["phrase", "soc"], kind="stable")
    )
    word_table = (
        pd.DataFrame(word_rows, columns=["word", "soc", "gain"]).astype({"word": "uint64", "gain": "float32"}).sort_values(["word", "soc"], kind="stable")
    )
    totals = pd.DataFrame({"soc": list(vocabulary.occupations()), "weight": [occupation_total[s] for s in vocabulary.occupations()]}).astype(
        {"weight": "float32"}
    )
    return Dataset(
        id="titles",
        title="what words of job titles say about occupations",
        source="O*NET 27.0 Database by the US Department of Labor, Employment and Training Administration (CC BY 4.0), used under that licence and modified; and US Department of Labor LCA disclosure files",
        period="O*NET August 2022; filings of fiscal years 2022 to 2025",
        licence="O*NET: CC BY 4.0; LCA: public record",
        raw_files=files,
        tables=[
            Table(
                "phrases",
                phrase_table,
                [
                    Column("phrase", "64-bit key", "BLAKE2b key of the normalised phrase without rank modifiers"),
                    Column("soc", "SOC 2018", "occupation"),
                    Column("weight", "titles", "O*NET mentions plus log-damped filings"),
                ],
            ),
            Table(
                "words",
                word_table,
                [
                    Column("word", "64-bit key", "BLAKE2b key of a word or of two neighbouring words"),
                    Column("soc", "SOC 2018", "occupation"),
                    Column("gain", "log ratio", "log(1 + weight / background) for a naive Bayes estimate"),
                ],
            ),
            Table(
                "occupations", totals, [Column("soc", "SOC 2018", "occupation"), Column("weight", "words", "total weight of words and pairs of the occupation")]
            ),
        ],
        pay_basis="none: this table holds no pay",
        dropped={f"phrases filed by fewer than {_SMALLEST_FILERS} employers and words in fewer than {_SMALLEST_WORD_TITLES} titles": rows - len(phrase_table)},
    )

"""Raw public files in, recoded tables out: `datasets/<id>/` with a README each.

One module per publisher. Each offers `build(raw, context) -> Dataset`; this
package writes them. Only codes and numbers leave a raw file: no title text, no
employer name, no free text, no demographic column.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from compsvc.errors import SourceMissing


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a recoded table: its name, unit or code list, and meaning."""

    name: str
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """One recoded table and the description of every column in it."""

    name: str
    frame: pd.DataFrame
    columns: Sequence[Column]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Everything `datasets/<id>/` holds: tables, provenance, and what was dropped and why."""

    id: str
    title: str
    source: str
    period: str
    licence: str
    raw_files: Sequence[Path]
    tables: Sequence[Table]
    pay_basis: str
    dropped: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[str] = ()


def require(path: Path) -> Path:
    """The path itself, or `SourceMissing` telling where it was looked for."""
    if not path.exists():
        raise SourceMissing(
            f"{path.name} was not found in {path.parent}. Set COMPSVC_RAW_DATA to the folder of raw files, or use the tables already in datasets/."
        )
    return path


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def write(dataset: Dataset, root: Path) -> Path:
    """Write `datasets/<id>/` and return the folder; the same input gives the same bytes."""
    folder = root / dataset.id
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.parquet"):
        old.unlink()
    for table in dataset.tables:
        documented = [c.name for c in table.columns]
        if list(table.frame.columns) != documented:
            raise AssertionError(f"{dataset.id}/{table.name}: columns {list(table.frame.columns)} != documented {documented}")
        arrow = pa.Table.from_pandas(table.frame, preserve_index=False).replace_schema_metadata(None)
        pq.write_table(arrow, folder / f"{table.name}.parquet", compression="zstd", compression_level=19, write_statistics=False)
    (folder / "README.md").write_text(_readme(dataset), encoding="utf-8")
    return folder


def read(root: Path, dataset_id: str, table: str) -> pd.DataFrame:
    """One recoded table; `SourceMissing` when it was not built."""
    path = root / dataset_id / f"{table}.parquet"
    return pq.read_table(require(path)).to_pandas()


def _readme(dataset: Dataset) -> str:
    lines = [
        f"# {dataset.id}: {dataset.title}",
        "",
        "| | |",
        "|---|---|",
        f"| source | {dataset.source} |",
        f"| period | {dataset.period} |",
        f"| licence | {dataset.licence} |",
        f"| pay basis | {dataset.pay_basis} |",
    ]
    for path in dataset.raw_files:
        lines.append(f"| raw file | `{path.name}` sha256 `{sha256_of(path)}` |")
    for table in dataset.tables:
        lines += ["", f"## {table.name}.parquet", "", f"{len(table.frame):,} rows", "", "| column | unit | meaning |", "|---|---|---|"]
        lines += [f"| `{c.name}` | {c.unit} | {c.meaning} |" for c in table.columns]
    lines += ["", "## Dropped", ""]
    if dataset.dropped:
        lines += ["| reason | rows |", "|---|---|"]
        lines += [f"| {reason} | {count:,} |" for reason, count in dataset.dropped.items()]
    else:
        lines.append("Nothing.")
    if dataset.notes:
        lines += ["", "## Notes", ""] + [f"- {note}" for note in dataset.notes]
    return "\n".join(lines) + "\n"

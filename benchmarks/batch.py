"""Batch pricing of coded roles against one NumPy gather-and-sum over the same columns.

Rounds interleaved, median of 15; ratios only. Run: python -m benchmarks.batch
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from compsvc import registry
from compsvc.batch import FIELDS, BatchPricer, CodeColumns, encode
from compsvc.settings import Settings

ROUNDS = 15
ROLES = 200_000


def main() -> None:
    """Measure and print."""
    model = registry.load_newest_sound(Settings.from_environment().models)
    rng = np.random.default_rng(1)
    sizes = {name: len(model.index[index]) for name, index in FIELDS}
    codes = {name: rng.integers(0, size, ROLES) for name, size in sizes.items()}
    years = rng.integers(0, 40, ROLES).astype(float)
    roles = CodeColumns(**codes, experience_years=years)
    strings = {name: [list(model.index[index])[i] for i in codes[name]] for name, index in FIELDS}
    pricer = BatchPricer(model)
    tables = [rng.normal(size=(sizes["occupation"], sizes[name])).astype("float32") for name in ("level", "area", "industry", "mode")]
    vectors = [rng.normal(size=sizes[name]).astype("float32") for name in ("occupation", "size")]
    curve = rng.normal(size=61).astype("float32")

    def floor() -> None:
        total = vectors[0][codes["occupation"]] + vectors[1][codes["size"]] + curve[years.astype(np.int64)]
        for table, name in zip(tables, ("level", "area", "industry", "mode"), strict=True):
            total += table[codes["occupation"], codes[name]]

    ways: dict[str, Callable[[], object]] = {
        "one gather-and-sum": floor,
        "five quantiles from codes": lambda: pricer.quantiles(roles, 2026.9),
        "five quantiles from strings": lambda: pricer.quantiles(encode(model, strings, years), 2026.9),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            start = time.process_time()
            way()
            times[name].append(time.process_time() - start)
    median = {name: statistics.median(values) for name, values in times.items()}
    base = median["one gather-and-sum"]
    print(f"one gather-and-sum           {ROLES / base / 1e6:6.1f} million roles per CPU second")
    print(f"five quantiles from codes    {base / median['five quantiles from codes']:6.2f} of it   (target >= .28)")
    print(f"five quantiles from strings  {base / median['five quantiles from strings']:6.2f} of it   (target >= .10)")


if __name__ == "__main__":
    main()

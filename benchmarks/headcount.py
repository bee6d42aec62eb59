"""A headcount plan of 10,000 positions x 36 months x 1,000 futures, against the same plan by pandas row-apply and by NumPy a future at a time.

The peers compute the same expected cost without what is shared between futures: pandas
applies a function to each position, NumPy works the whole plan out anew for every future.
Both are measured on a part (stated) and scaled. Run: python -m benchmarks.headcount
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time

import numpy as np

from compsvc.headcount import cost, draws
from compsvc.headcount.cost import Assumptions, Positions

PEOPLE, MONTHS, FUTURES = 10_000, 36, 1_000
PANDAS_ROWS, NUMPY_FUTURES = 100, 4


def plan(n: int) -> tuple[Positions, draws.Errors]:
    """Positions of many roles, half of them openings, with forty shared errors."""
    rng = np.random.default_rng(1)
    start = np.where(rng.random(n) < 0.5, -1e6, rng.uniform(0, 30, n))
    variable = np.where(rng.random(n) < 0.4, rng.uniform(10e3, 80e3, n), 0.0)
    positions = Positions(rng.uniform(60e3, 250e3, n), variable, start, np.full(n, 1e6), rng.uniform(0, 50e3, n), np.zeros(n), start >= 0)
    loads = np.where(rng.random((n, 40)) < 0.2, 0.04, 0.0)
    return positions, draws.Errors(
        draws.Shared.of([{k: v for k, v in enumerate(row) if v} for row in loads.tolist()]),
        draws.Shared.of([{}] * n),
        np.full(n, 0.08),
        0.1,
        np.where(variable > 0, 0.2, 0.0),
    )


def by_pandas(positions: Positions, months: cost.Months, a: Assumptions) -> float:
    """CPU seconds for one future of one position by DataFrame.apply."""
    import pandas as pd

    frame = pd.DataFrame({name: getattr(positions, name)[:PANDAS_ROWS] for name in Positions._fields if getattr(positions, name) is not None})
    one = months_of_one(months, a)
    start = time.process_time()
    frame.apply(one, axis=1).sum()
    return (time.process_time() - start) / PANDAS_ROWS


def months_of_one(months: cost.Months, a: Assumptions):  # type: ignore[no-untyped-def]
    """A function of one row that walks its months, as a spreadsheet does."""

    def total(row):  # type: ignore[no-untyped-def]
        so_far, year, whole, pay = 0.0, 0, 0.0, 1.0
        for j in range(len(months.year)):
            if months.year[j] != year:
                so_far, year = 0.0, months.year[j]
            active = min(max(min(j + 1, row.end) - max(j, row.start), 0.0), 1.0)
            if months.month[j] == a.merit_month and j - row.start >= a.merit_wait_months:
                pay *= 1 + a.merit_rate
            cash = (row.base_usd + row.variable_usd) / 12 * active * pay
            r = cost.tax_year(int(year))
            taxes = r.medicare_rate * cash
            for rate, limit in (
                (r.social_security_rate, r.social_security_base_usd),
                (r.futa_rate, r.futa_base_usd),
                (a.state_unemployment_rate, a.state_unemployment_base_usd),
            ):
                taxes += rate * (min(so_far + cash, limit) - min(so_far, limit))
            so_far += cash
            whole += cash * (1 + a.benefits_load) + taxes + row.equity_usd / a.vest_months * active
        return whole

    return total


def by_numpy(positions: Positions, errors: draws.Errors, months: cost.Months, a: Assumptions) -> float:
    """CPU seconds for one future of the whole plan, everything worked out anew."""
    rng = np.random.default_rng(2)
    start = time.process_time()
    for _ in range(NUMPY_FUTURES):
        normals = rng.standard_normal(errors.loads.keys)
        level = np.exp((errors.loads.load * normals[errors.loads.key]).sum(axis=1) + errors.personal * rng.standard_normal(len(errors.personal)))
        moved = positions._replace(base_usd=positions.base_usd * level, variable_usd=positions.variable_usd * level)
        sum(v.sum() for v in cost.monthly(moved, months, a).values())
    return (time.process_time() - start) / NUMPY_FUTURES


def main() -> None:
    """Measure and print."""
    if "--ours" in sys.argv:
        positions, errors = plan(PEOPLE)
        start = time.process_time(), time.perf_counter()
        found = draws.draw(positions, np.zeros(PEOPLE, int), cost.months_from("2027-01", MONTHS), Assumptions(merit_rate=0.03), errors, FUTURES)
        assert found.by_month.shape == (FUTURES, MONTHS)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(time.process_time() - start[0], time.perf_counter() - start[1], peak)
        return
    out = subprocess.run([sys.executable, "-m", "benchmarks.headcount", "--ours"], capture_output=True, text=True, check=True).stdout
    ours, wall, peak = (float(v) for v in out.split())
    positions, errors = plan(PEOPLE)
    months, a = cost.months_from("2027-01", MONTHS), Assumptions(merit_rate=0.03)
    pandas, numpy = by_pandas(positions, months, a) * PEOPLE * FUTURES, by_numpy(positions, errors, months, a) * FUTURES
    print(f"{PEOPLE:,} positions x {MONTHS} months x {FUTURES:,} futures: {ours:.0f} s of CPU, {wall:.0f} s, peak {peak:,.0f} MB   (target <= 1,500 MB)")
    print(f"    NumPy, a future at a time   {numpy / ours:8.1f} x as long   (measured on {NUMPY_FUTURES} futures)")
    print(f"    pandas row-apply            {pandas / ours:8.0f} x as long   (measured on {PANDAS_ROWS} positions of one future)")


if __name__ == "__main__":
    main()

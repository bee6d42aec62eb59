"""Time and peak memory of a whole fit with its card, on the shipped tables. Run: python -m benchmarks.fit"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

from compsvc import workshop
from compsvc.settings import Settings


def main() -> None:
    """Measure and print."""
    steps: list[tuple[str, float]] = []
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        model_id = workshop.fit_artifact(
            Settings.from_environment().datasets, Path(folder), (), "2026-11-22", lambda step: steps.append((step, time.perf_counter() - start))
        )
    total = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"model {model_id}: {total:.0f} s, peak {peak:,.0f} MB")
    for (step, begun), (_, ended) in zip(steps, [*steps[1:], ("", total)], strict=True):
        print(f"    {step:<34}{ended - begun:6.1f} s")


if __name__ == "__main__":
    main()

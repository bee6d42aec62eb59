"""Wage growth between two dates from the published steps of the vocabulary.

Compound within a step: log growth is the sum over steps of years x log(1 + rate).
Occupations share one rate: growth of an occupation in one year says almost
nothing of the next, and the published rate alone ages May 2023 to May 2024 best
on the year it was chosen on (`evaluate.time_forward`).
"""

from __future__ import annotations

from datetime import date

import numpy as np

from compsvc import vocabulary

DAYS_PER_YEAR = 365.25


def decimal_year(on: str | date) -> float:
    """2024-07-01 as 2024.5 (days over 365.25 from 1 January 2000)."""
    day = date.fromisoformat(on) if isinstance(on, str) else on
    return 2000.0 + (day - date(2000, 1, 1)).days / DAYS_PER_YEAR


def index_knots() -> tuple[np.ndarray, np.ndarray]:
    """(decimal years, log index) of the wage index, zero at its first date."""
    steps = vocabulary.wage_growth()
    years = np.array([decimal_year(steps[0].from_on), *(decimal_year(s.to_on) for s in steps)])
    growth = [0.0, *(np.log1p(s.annual_rate) * (decimal_year(s.to_on) - decimal_year(s.from_on)) for s in steps)]
    return years, np.cumsum(growth)


def log_growth(from_year: float | np.ndarray, to_year: float | np.ndarray) -> np.ndarray:
    """Log wage growth between two decimal years."""
    years, index = index_knots()
    return np.asarray(np.interp(to_year, years, index) - np.interp(from_year, years, index))

"""Company size: one curve of log base pay over log employees, pooled from thin and disagreeing sources.

Sources: PERM bands (technical and business occupations apart), the 2016
developer survey's nine classes, and SUSB payroll per employee within sectors,
damped because it mixes occupation with size. Each source has its own slope
around the common one (DerSimonian and Laird 1986, between-source variance); a
smoothness prior and isotonic steps keep the curve plain.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from sklearn.isotonic import IsotonicRegression

from compsvc import sources, vocabulary

DEVELOPER_DAMPING = 0.85
PAYROLL_DAMPING = 0.5
PAYROLL_EXTRA_SD = 0.03
SMOOTHNESS_SD = 0.01
REFERENCE = 2
OVER_500_SPLIT = np.array([0.10, 0.235, 0.107, 0.558])
_PERM_EMPLOYEES = {"1-10": 5.0, "11-49": 25.0, "50-249": 110.0}


@dataclass(frozen=True, slots=True)
class SizeCurve:
    """Log-pay effect of each size class, centred on employment; its standard error in a new segment; employment shares."""

    effect: np.ndarray
    standard_error: np.ndarray
    share: np.ndarray
    by_source: dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class _Evidence:
    effects: np.ndarray
    covariance: np.ndarray
    design: np.ndarray
    reference: np.ndarray

    def contrast(self) -> np.ndarray:
        return self.design - self.reference


def fit(datasets: Path) -> SizeCurve:
    """The pooled size curve and the employment shares that average it to zero."""
    classes = vocabulary.size_classes()
    log_size = np.log([c.employees for c in classes])
    susb = sources.read(datasets, "susb", "size")
    share = _shares(susb)
    evidence = {"stackoverflow": _developers(datasets), "susb": _payroll(susb), **_perm(datasets, log_size)}
    slopes = np.array([_slope(e, log_size) for e in evidence.values()])
    between = _between_sd(slopes[:, 0], slopes[:, 1])
    curve, covariance = _pool(list(evidence.values()), log_size, between)
    rising = IsotonicRegression().fit_transform(log_size, curve, sample_weight=1.0 / (np.diag(covariance) + 1e-4))
    effect = rising - float(share @ rising)
    error = np.sqrt(np.diag(covariance) + between**2 * (log_size - log_size[REFERENCE]) ** 2 + 0.01**2)
    return SizeCurve(effect, error, share, {name: [float(v) for v in e.effects] for name, e in evidence.items()})


def _hat(log_employees: float, log_size: np.ndarray) -> np.ndarray:
    return np.array([np.interp(log_employees, log_size, row) for row in np.eye(len(log_size))])


def _developers(datasets: Path) -> _Evidence:
    table = sources.read(datasets, "stackoverflow", "size_gradient").set_index("size")
    classes = [c.code for c in vocabulary.size_classes()]
    kept = [c for c in classes if c in table.index]
    effects = table.loc[kept, "effect"].to_numpy(dtype=float) * DEVELOPER_DAMPING
    errors = table.loc[kept, "standard_error"].to_numpy(dtype=float) * DEVELOPER_DAMPING
    design = np.eye(len(classes))[[classes.index(c) for c in kept]]
    return _Evidence(effects, np.diag(errors**2), design, np.eye(len(classes))[REFERENCE])


def _payroll(susb: pd.DataFrame) -> _Evidence:
    rows = susb[
        susb["size_label"].isin(["<20 employees", "20-99 employees", "100-499 employees", "500+ employees"])
        & susb["sector"].ne("00")
        & (susb["employment"] > 0)
    ]
    log_pay = np.log(rows["payroll_usd"] / rows["employment"])
    design = pd.concat([pd.get_dummies(rows["size_label"]).drop(columns="100-499 employees"), pd.get_dummies(rows["sector"], drop_first=True)], axis=1)
    result = sm.WLS(log_pay, sm.add_constant(design.astype(float)), weights=rows["employment"]).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(rows["sector"])[0]}
    )
    names = ["<20 employees", "20-99 employees", "500+ employees"]
    effects = result.params[names].to_numpy() * PAYROLL_DAMPING
    covariance = result.cov_params().loc[names, names].to_numpy() * PAYROLL_DAMPING**2 + np.eye(3) * PAYROLL_EXTRA_SD**2
    over = np.concatenate([np.zeros(3), OVER_500_SPLIT])
    return _Evidence(effects, covariance, np.vstack([np.eye(7)[0], np.eye(7)[1], over]), np.eye(7)[REFERENCE])


def _perm(datasets: Path, log_size: np.ndarray) -> dict[str, _Evidence]:
    rows = sources.read(datasets, "perm", "rows")
    technical = rows["soc_1"].str[:2].isin(["15", "17"])
    big = np.concatenate([np.zeros(2), [0.05], 0.95 * OVER_500_SPLIT])
    design = np.vstack([_hat(np.log(_PERM_EMPLOYEES["1-10"]), log_size), _hat(np.log(_PERM_EMPLOYEES["11-49"]), log_size), big])
    reference = _hat(np.log(_PERM_EMPLOYEES["50-249"]), log_size)
    found = {}
    for name, part in (("perm technical", rows[technical]), ("perm business", rows[~technical])):
        effects, covariance = _perm_effects(part)
        found[name] = _Evidence(effects, covariance, design, reference)
    return found


def _perm_effects(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Band effects against 50-249 on log offered pay, title words, occupation, level, state and year held; one employer counts as the root of its filings."""
    words = pd.Series([int(w) for row in rows["words"] for w in row]).value_counts()
    common = words[words >= 15].index
    design = pd.DataFrame({f"word {w}": [w in set(map(int, row)) for row in rows["words"]] for w in common}, index=rows.index)
    parts = [design]
    for column, least in (("soc_1", 20), ("level", 20), ("state", 20), ("paid_on", 1)):
        counts = rows[column].map(rows[column].value_counts())
        parts.append(pd.get_dummies(rows[column].where(counts >= least, "other"), prefix=column, drop_first=True))
    bands = pd.DataFrame({band: rows["size_band"].eq(band) for band in ("1-10", "11-49", "250+")}, index=rows.index)
    x = sm.add_constant(pd.concat([bands, *parts], axis=1).astype(float))
    x = x.loc[:, (x.std() > 0) | (x.columns == "const")]
    weights = rows.groupby("employer")["employer"].transform("size").astype(float) ** -0.5
    result = sm.WLS(np.log(rows["base_usd"].astype(float)), x, weights=weights).fit(cov_type="cluster", cov_kwds={"groups": pd.factorize(rows["employer"])[0]})
    names = ["1-10", "11-49", "250+"]
    return result.params[names].to_numpy(), result.cov_params().loc[names, names].to_numpy()


def _slope(evidence: _Evidence, log_size: np.ndarray) -> tuple[float, float]:
    z = evidence.contrast() @ log_size
    precision = np.linalg.inv(evidence.covariance + 1e-5 * np.eye(len(z)))
    variance = 1.0 / (z @ precision @ z)
    return float(variance * (z @ precision @ evidence.effects)), float(np.sqrt(variance))


def _between_sd(slopes: np.ndarray, errors: np.ndarray) -> float:
    weight = 1.0 / errors**2
    mean = (weight * slopes).sum() / weight.sum()
    excess = (weight * (slopes - mean) ** 2).sum() - (len(slopes) - 1)
    return float(np.sqrt(max(0.0, excess / (weight.sum() - (weight**2).sum() / weight.sum()))))


def _pool(evidence: list[_Evidence], log_size: np.ndarray, between: float) -> tuple[np.ndarray, np.ndarray]:
    n = len(log_size)
    information, score = np.zeros((n, n)), np.zeros(n)
    for source in evidence:
        contrast = source.contrast()
        z = contrast @ log_size
        precision = np.linalg.inv(source.covariance + between**2 * np.outer(z, z) + 1e-5 * np.eye(len(z)))
        information += contrast.T @ precision @ contrast
        score += contrast.T @ precision @ source.effects
    slopes = np.diff(np.eye(n), axis=0) / np.diff(log_size)[:, None]
    bends = np.diff(slopes, axis=0)
    information += bends.T @ bends / SMOOTHNESS_SD**2
    free = [i for i in range(n) if i != REFERENCE]
    covariance = np.zeros((n, n))
    covariance[np.ix_(free, free)] = np.linalg.inv(information[np.ix_(free, free)])
    curve = np.zeros(n)
    curve[free] = covariance[np.ix_(free, free)] @ score[free]
    return curve, covariance


def _shares(susb: pd.DataFrame) -> np.ndarray:
    jobs = susb[susb["sector"].eq("00")].set_index("size_label")["employment"]
    parts = jobs[["<20 employees", "20-99 employees", "100-499 employees", "500+ employees"]] / jobs["Total"]
    return np.concatenate([parts.to_numpy()[:3], parts.to_numpy()[3] * OVER_500_SPLIT])

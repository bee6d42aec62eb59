"""Naive ways of answering the same questions, fitted on the same rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from compsvc.features import QUANTILES
from compsvc.fit import Fitted
from compsvc.fit.rows import Rows

BASELINE_CELL = 10
LIGHTGBM_ROUNDS = 300
LIGHTGBM_WORDS = 300


def baselines(train: Rows, test: Rows, fitted: Fitted, test_anchor: np.ndarray, train_growth: np.ndarray) -> dict[str, np.ndarray]:
    """Log quantiles of four naive ways on the same rows, (n_test, 5) each; training pay is aged to the test date."""
    aged = train.log_base + train_growth
    q = np.asarray(QUANTILES)
    soc = np.maximum(test.soc, 0)
    spread = (test.soc_weight * fitted.official.log_spread[soc]).sum(axis=1)
    z = np.array([-1.2815515655446004, -0.6744897501960817, 0.0, 0.6744897501960817, 1.2815515655446004])
    return {
        "global median": np.tile(np.quantile(aged, q), (len(test), 1)),
        "cell median with back-off": cell_quantiles(train, test, aged, q),
        "official look-up": test_anchor[:, None] + spread[:, None] * z,
        "LightGBM quantiles": boosted_quantiles(train, test, aged, fitted, q),
    }


def cell_quantiles(train: Rows, test: Rows, aged: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Quantiles of the finest cell with BASELINE_CELL rows: family x level x area, family x level, family, all."""
    out = np.tile(np.quantile(aged, q), (len(test), 1))
    for fields in (("family",), ("family", "level"), ("family", "level", "area")):
        keys = pd.MultiIndex.from_arrays([getattr(train, f) for f in fields]) if len(fields) > 1 else pd.Index(train.family)
        cells = pd.Series(aged).groupby(keys.to_flat_index() if len(fields) > 1 else keys)
        big = {key: np.quantile(values, q) for key, values in cells if len(values) >= BASELINE_CELL}
        for i in range(len(test)):
            key = tuple(getattr(test, f)[i] for f in fields) if len(fields) > 1 else test.family[i]
            if key in big:
                out[i] = big[key]
    return out


def boosted_quantiles(train: Rows, test: Rows, aged: np.ndarray, fitted: Fitted, q: np.ndarray) -> np.ndarray:
    """Quantile gradient boosting on the same fields: family, level, occupation, area, state, industry, sector, experience, mode and the commonest title words."""
    import lightgbm

    counts = np.bincount(np.concatenate([w for w in train.words if len(w)]), minlength=len(fitted.spec.words))
    chosen = np.argsort(-counts, kind="stable")[:LIGHTGBM_WORDS]
    families = {f: i for i, f in enumerate(sorted(set(train.family)))}
    categorical = [0, 1, 2, 3, 4, 5, 6, 8]

    def features(rows: Rows) -> np.ndarray:
        words = np.zeros((len(rows), len(fitted.spec.words)), dtype="float32")
        for i, present in enumerate(rows.words):
            words[i, present] = 1
        base = np.column_stack(
            [[families.get(f, -1) for f in rows.family], rows.level, rows.soc[:, 0], rows.area, rows.state, rows.industry, rows.sector, rows.knot, rows.mode]
        )
        return np.hstack([base.astype("float32"), words[:, chosen]])

    x, x_test = features(train), features(test)
    out = np.zeros((len(test), len(q)))
    for j, quantile in enumerate(q):
        model = lightgbm.LGBMRegressor(
            objective="quantile",
            alpha=float(quantile),
            n_estimators=LIGHTGBM_ROUNDS,
            learning_rate=0.05,
            num_leaves=31,
            min_child_samples=20,
            cat_smooth=20,
            min_data_per_group=30,
            n_jobs=1,
            deterministic=True,
            force_row_wise=True,
            seed=7,
            verbose=-1,
        )
        model.fit(x, aged, sample_weight=train.weight, categorical_feature=categorical)
        out[:, j] = model.predict(x_test)
    return np.sort(out, axis=1)

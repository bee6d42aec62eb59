"""Columns of codes give the numbers that single roles give."""

import numpy as np
import pytest

from compsvc.batch import FIELDS, BatchPricer, encode
from compsvc.errors import RequestInvalid
from compsvc.features import Role


def test_batch_agrees_with_single_roles(model):
    rng = np.random.default_rng(4)
    n = 400
    columns = {
        name: [str(rng.choice(list(model.index[index]))) if rng.random() < 0.7 or name == "occupation" else "" for _ in range(n)] for name, index in FIELDS
    }
    years = np.where(rng.random(n) < 0.6, rng.integers(0, 45, n).astype(float), np.nan)
    found = BatchPricer(model).quantiles(encode(model, columns, years), 2026.9)
    sectors = model.index["sectors"]
    for i in range(n):
        code = {name: model.index[index].get(columns[name][i]) for name, index in FIELDS}
        role = Role(
            mixture=((code["occupation"], 1.0),),
            level=code["level"],
            area=code["area"],
            industry=code["industry"],
            size=code["size"],
            mode=code["mode"],
            sector=sectors[model.spec.industry_sectors[code["industry"]]] if code["industry"] is not None else None,
            experience_years=None if np.isnan(years[i]) else float(years[i]),
        )
        assert found[i] == pytest.approx(model.quantiles(model.locate(role, 2026.9)), rel=2e-4), columns


def test_an_unknown_code_is_named(model):
    columns = {name: [next(iter(model.index[index]))] for name, index in FIELDS} | {"level": ["M9"]}
    with pytest.raises(RequestInvalid, match="M9"):
        encode(model, columns, np.array([1.0]))

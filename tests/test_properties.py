"""What must hold for any role: quantiles ordered, level monotone, factors multiply, nothing but a range or a named refusal."""

import math
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from compsvc import schemas, vocabulary
from compsvc.errors import RequestError
from compsvc.pricing import price
from compsvc.resolve.roles import resolve_role
from tests.conftest import PROJECT, TODAY

N_RANDOM = 100_000
TRACKS = {t: [c for c, v in vocabulary.levels().items() if v.track == t] for t in "PME"}


def random_roles(model, count, seed):
    """Random coded requests over occupations and families, every field sometimes empty."""
    rng = np.random.default_rng(seed)
    spec = model.spec
    families = list(vocabulary.families())
    for _ in range(count):
        asked = {"occupation": spec.socs[rng.integers(len(spec.socs))]} if rng.random() < 0.6 else {"family": families[rng.integers(len(families))]}
        if rng.random() < 0.7:
            asked["level"] = spec.levels[rng.integers(len(spec.levels))]
        if rng.random() < 0.6:
            asked["location"] = spec.areas[rng.integers(len(spec.areas))] if rng.random() < 0.7 else spec.states[rng.integers(len(spec.states))]
        if rng.random() < 0.6:
            asked["industry"] = spec.industries[rng.integers(len(spec.industries))]
        if rng.random() < 0.5:
            asked["employees"] = spec.sizes[rng.integers(len(spec.sizes))]
        if rng.random() < 0.5:
            asked["experience_years"] = float(rng.uniform(0, 45))
        if rng.random() < 0.5:
            asked["work_mode"] = spec.modes[rng.integers(len(spec.modes))]
        yield asked, ("survey-2023" if rng.random() < 0.2 else None)


def quantiles_of(model, asked, population):
    found = resolve_role(model, asked)
    return model.quantiles(model.locate(found.role, 2026.9, population, found.family_index))


def test_over_many_random_roles(model):
    """Quantiles never cross, pay rises with level within the track, an empty field never narrows the range."""
    crossed, fell, narrowed = [], [], []
    for asked, population in random_roles(model, N_RANDOM, 20261122):
        q = quantiles_of(model, asked, population)
        if not all(a < b for a, b in pairwise(q)) or not all(map(math.isfinite, q)):
            crossed.append(asked)
        level = asked.get("level")
        if level:
            track = TRACKS[level[0]]
            at = track.index(level)
            if at + 1 < len(track):
                above = quantiles_of(model, {**asked, "level": track[at + 1]}, population)
                if not all(a < b for a, b in zip(q, above, strict=True)):
                    fell.append((asked, population, q, above))
        given_fields = [f for f in asked if f not in ("occupation", "family")]
        if given_fields:
            field = given_fields[len(fell) % len(given_fields)]
            wider = quantiles_of(model, {k: v for k, v in asked.items() if k != field}, population)
            if wider[4] / wider[0] < q[4] / q[0] * (1 - 1e-9):
                narrowed.append((field, asked, population, q[4] / q[0], wider[4] / wider[0]))
    assert (len(crossed), len(fell), len(narrowed)) == (0, 0, 0), (crossed[:2], fell[:2], narrowed[:4])


def test_factors_multiply_to_the_median(model):
    for asked, population in random_roles(model, 3000, 7):
        body = price(model, {**asked, "population": population}, TODAY)
        base = body["pay"]["base"]
        product = base["factors"][0]["value_usd"] * math.prod(f["factor"] for f in base["factors"][1:])
        assert abs(product - base["p50"]) <= 1.0, (asked, product, base["p50"])


def test_identical_bytes_in_two_processes():
    script = (
        "from pathlib import Path; import orjson, hashlib; from compsvc import registry, schemas; from compsvc.pricing import price; from compsvc.settings import Settings;"
        "m = registry.load_newest_sound(Settings.from_environment().models);"
        "roles = [{'title': t, 'location': p, 'industry': i, 'employees': 200} for t in ('Account Director', 'Sr. Acct Mgr', 'Growth Wizard') for p in ('NYC', 'Ohio', 'Remote (US)') for i in ('saas', 'hospital')];"
        f"print(hashlib.sha256(b''.join(orjson.dumps(price(m, schemas.load(schemas.ROLE, r), '{TODAY}')) for r in roles)).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PROJECT, env={"PYTHONHASHSEED": str(seed), "PATH": ""}
        ).stdout
        for seed in (1, 2)
    }
    assert len(found) == 1


text = st.text(max_size=60)


@hypothesis_settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=text,
    location=st.one_of(st.none(), text),
    industry=st.one_of(st.none(), text),
    employees=st.one_of(st.none(), text, st.integers()),
    years=st.one_of(st.none(), st.floats()),
)
def test_any_words_give_a_range_or_a_named_refusal(model, title, location, industry, employees, years):
    asked = {"title": title, "location": location, "industry": industry, "employees": employees, "experience_years": years}
    refused, body = None, None
    try:
        body = price(model, schemas.load(schemas.ROLE, asked), TODAY)
    except RequestError as problem:
        refused = problem
    if body is None:
        assert refused.problems
        assert all(p.pointer.startswith("/") for p in refused.problems)
    else:
        base = body["pay"]["base"]
        assert 0 < base["p10"] <= base["p25"] <= base["p50"] <= base["p75"] <= base["p90"]


@pytest.mark.parametrize("today", ["2026-11-22"])
def test_ageing_to_the_anchor_date_is_the_identity(model, today):
    body = price(model, {"occupation": "15-1252", "as_of": "2024-05-01"}, today)
    ageing = next(f for f in body["pay"]["base"]["factors"] if f["name"] == "ageing")
    assert ageing["factor"] == pytest.approx(1.0, abs=1e-6)
    assert body["ageing"][0]["effect_usd"] == 0


def test_later_dates_pay_more(model):
    medians = [
        price(model, {"occupation": "15-1252", "as_of": d}, today="2026-11-22")["pay"]["base"]["p50"]
        for d in ("2020-01-01", "2022-06-01", "2024-05-01", "2026-11-22", "2028-11-01")
    ]
    assert medians == sorted(medians)


def test_unknown_text_is_never_echoed_unescaped(client):
    page = client.get("/", query_string={"title": "<script>alert(1)</script> Manager", "location": "<b>x</b>"}).get_data(as_text=True)
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page

"""The estimators on data whose truth is known, and the importers against the committed tables."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from compsvc import sources, vocabulary, workshop
from compsvc.clean import share_of
from compsvc.errors import SourceFormatError, TooFewRows
from compsvc.features import EXPERIENCE_KNOTS, experience_weights
from compsvc.fit import ageing, anchors, assemble, gradients
from compsvc.fit.rows import make_rows, make_spec, read_frames


@pytest.fixture(scope="module")
def frames(settings):
    return read_frames(settings.datasets)


@pytest.fixture(scope="module")
def spec(settings, frames):
    return make_spec(settings.datasets, frames)


def test_known_effects_are_recovered(frames, spec):
    """Rows as they are, pay drawn from known level and experience effects: both come back within 0.02."""
    rows = make_rows(
        {"survey-2021": frames["survey-2021"], "survey-2023": frames["survey-2023"], "lca": frames["lca"].head(50), "aijobs": frames["aijobs"].head(50)}, spec
    )
    rng = np.random.default_rng(11)
    level = np.linspace(-0.4, 0.5, len(spec.levels))
    curve = np.linspace(-0.2, 0.2, len(EXPERIENCE_KNOTS))
    truth = level[np.maximum(rows.level, 0)] + curve[np.maximum(rows.knot, 0)]
    drawn = type(rows)(**{n: getattr(rows, n) for n in rows.__slots__} | {"log_base": 11 + truth + rng.normal(0, 0.2, len(rows))})
    zero = np.zeros(len(rows))
    found = gradients.fit(drawn, gradients.Anchors(zero + 11, zero, zero, zero), spec)
    predicted = gradients.population_log_pay(drawn, gradients.Anchors(zero + 11, zero, zero, zero), found, spec)
    assert np.sqrt(np.mean((predicted - 11 - truth) ** 2)) < 0.05
    common = [spec.levels.index(c) for c in ("P2", "P3", "P4", "M2", "M5")]
    assert np.diff(found.tables["level"][common]) == pytest.approx(np.diff(level[common]), abs=0.05)
    assert np.diff(found.tables["experience"][1:6]) == pytest.approx(np.diff(curve[1:6]), abs=0.03)
    fresh = 11 + truth + rng.normal(0, 0.2, len(rows))
    assert np.std(fresh - predicted) == pytest.approx(0.2, abs=0.01)


def test_too_few_rows_is_refused(frames, spec):
    rows = make_rows({"survey-2021": frames["survey-2021"].head(100)}, spec)
    zero = np.zeros(len(rows))
    with pytest.raises(TooFewRows):
        gradients.fit(rows, gradients.Anchors(zero, zero, zero, zero), spec)


def test_area_tables_recover_additive_truth(settings, spec):
    cells = anchors.area_cells(settings.datasets)
    rng = np.random.default_rng(3)
    occupation, area = rng.normal(11, 0.4, len(spec.socs)), rng.normal(0, 0.1, len(spec.areas))
    drawn = anchors.AreaCells(
        cells.soc, cells.area, occupation[cells.soc] + area[cells.area] + rng.normal(0, 0.03, len(cells.soc)), cells.copies, cells.group, cells.hidden
    )
    tables = anchors.fit_areas(drawn, ~drawn.hidden, spec.area_states)
    error = tables.predict()[drawn.soc, drawn.area] - (occupation[drawn.soc] + area[drawn.area])
    assert np.median(np.abs(error[drawn.hidden])) < 0.02


def test_levels_become_monotone_and_stay_near(spec):
    rng = np.random.default_rng(5)
    table = rng.normal(0, 0.3, (40, len(spec.levels)))
    out = assemble.monotone_levels(table, spec)
    for track in "PME":
        at = [i for i, c in enumerate(spec.levels) if vocabulary.levels()[c].track == track]
        assert (np.diff(out[:, at], axis=1) >= assemble.LEVEL_STEP - 1e-9).all()
    rising = np.tile(np.arange(len(spec.levels)) * 0.1, (3, 1))
    assert assemble.monotone_levels(rising, spec) == pytest.approx(rising)


def test_experience_is_interpolated_between_knots():
    assert experience_weights(0.0) == (0, 0, 0.0)
    assert experience_weights(60.0)[0] == len(EXPERIENCE_KNOTS) - 1
    left, right, share = experience_weights(4.5)
    assert (EXPERIENCE_KNOTS[left], EXPERIENCE_KNOTS[right], share) == (3.0, 6.0, 0.5)


def test_growth_steps_follow_one_another_and_compound():
    steps = vocabulary.wage_growth()
    assert all(a.to_on == b.from_on for a, b in pairwise(steps))
    assert all(s.source and s.status in ("published", "forecast") for s in steps)
    year = ageing.decimal_year("2024-06-01") - ageing.decimal_year("2023-06-01")
    assert float(ageing.log_growth(ageing.decimal_year("2023-06-01"), ageing.decimal_year("2024-06-01"))) == pytest.approx(year * np.log(1.042))
    half = float(ageing.log_growth(ageing.decimal_year("2023-06-01"), ageing.decimal_year("2023-06-01") + year / 2))
    assert 52_000 * np.exp(half) == pytest.approx(52_000 * 1.042 ** (year / 2))
    assert float(ageing.log_growth(2023.0, 2025.0)) == pytest.approx(-float(ageing.log_growth(2025.0, 2023.0)))


def test_the_split_is_fixed():
    assert share_of("person-1") == share_of("person-1")
    shares = np.array([share_of(f"p{i}") for i in range(20_000)])
    assert (shares < 0.2).mean() == pytest.approx(0.2, abs=0.01)


def test_no_employer_is_on_both_sides(frames):
    lca = frames["lca"]
    assert not set(lca.loc[lca["held_out"], "employer"]) & set(lca.loc[~lca["held_out"], "employer"])


def test_benchmarking_returns_the_official_distribution(model, settings):
    """An occupation priced alone gives OEWS: the median exactly, P10 and P90 nearly, where they are released."""
    pay = sources.read(settings.datasets, "oews-national", "pay")
    pay = pay[(pay["year"] == 2024) & (pay["o_group"] == "detailed")].dropna(subset=["p10_usd", "p50_usd", "p90_usd"]).set_index("soc")
    from compsvc.features import Role

    ratios = []
    for soc, row in pay.iterrows():
        if soc in model.index["socs"]:
            q = model.quantiles(model.locate(Role(mixture=((model.index["socs"][soc], 1.0),)), model.anchor_year))
            ratios.append((q[2] / row["p50_usd"], np.log(q[4] / q[0]) / np.log(row["p90_usd"] / row["p10_usd"])))
    ratios = np.array(ratios)
    assert np.abs(ratios[:, 0] - 1).max() < 1e-4
    assert np.median(ratios[:, 1]) == pytest.approx(1.0, abs=0.03)
    assert (np.abs(ratios[:, 1] - 1) < 0.10).mean() > 0.75


@pytest.mark.raw
def test_rebuilding_gives_the_committed_bytes(raw_data, settings, tmp_path):
    workshop.build_data(raw_data, tmp_path, lambda _: None)
    committed = {
        p.relative_to(settings.datasets): sources.sha256_of(p) for p in settings.datasets.rglob("*") if p.is_file() and not p.parent.name.startswith("own-")
    }
    rebuilt = {p.relative_to(tmp_path): sources.sha256_of(p) for p in tmp_path.rglob("*") if p.is_file()}
    assert {str(p) for p, h in rebuilt.items() if committed.get(p) != h} == set()
    assert {p.parts[0] for p in rebuilt} == {p.parts[0] for p in committed}


def test_a_missing_raw_file_says_where_it_was_looked_for(tmp_path):
    from compsvc.errors import SourceMissing
    from compsvc.sources import oews

    with pytest.raises(SourceMissing, match="COMPSVC_RAW_DATA"):
        oews.build_national(tmp_path)


@pytest.fixture
def own_datasets(settings, tmp_path):
    for folder in settings.datasets.iterdir():
        if folder.is_dir() and not folder.name.startswith("own-"):
            (tmp_path / folder.name).symlink_to(folder)
    return tmp_path


def test_own_rows_are_checked_reported_and_used(own_datasets, tmp_path_factory, spec):
    path = tmp_path_factory.mktemp("own") / "mycompany.csv"
    path.write_text(
        "title,level,location,industry,paid_on,base_usd,n,p10,p25,p50,p75,p90\n"
        'Account Manager,,"Austin, TX",saas,2026-04,82000,,,,,,\n'
        "Software Engineer,P4,Remote,saas,2026-04,,40,110000,125000,140000,158000,180000\n"
        "Account Manager,,London,saas,2026-04,82000,,,,,,\n"
        "Account Manager,,,,2026-04,41,,,,,,\n"
        "Software Engineer,,,,2026-04,,40,180000,125000,140000,158000,110000\n"
        "Software Engineer,,,,2026-04,,,110000,125000,140000,158000,180000\n"
        "Software Engineer,,,,,120000,,,,,,\n"
    )
    added = workshop.add_own(path, own_datasets)
    assert (added.dataset_id, added.taken) == ("own-mycompany", 2)
    assert [line for line, _ in added.refused] == [4, 5, 6, 7, 8]
    assert "London" in added.refused[0][1]
    assert "unit" in added.refused[1][1]
    frames = read_frames(own_datasets, ["own-mycompany"])
    rows = make_rows({"own-mycompany": frames["own-mycompany"]}, make_spec(own_datasets, frames))
    assert len(rows) == 6
    assert rows.weight.sum() == pytest.approx(41)


@pytest.mark.parametrize("column", ["gender", "race", "age", "current_salary", "birth_date"])
def test_own_file_with_a_forbidden_column_is_refused(own_datasets, tmp_path_factory, column):
    path = tmp_path_factory.mktemp("own") / "bad.csv"
    path.write_text(f"title,base_usd,paid_on,{column}\nAccount Manager,80000,2026-04,x\n")
    with pytest.raises(SourceFormatError, match=column.split("_")[0]):
        workshop.add_own(path, own_datasets)


def test_every_dataset_tells_its_source(settings):
    for folder in settings.datasets.iterdir():
        if folder.is_dir() and not folder.name.startswith("own-"):
            text = (folder / "README.md").read_text()
            for needed in ("| source |", "| period |", "| licence |", "sha256", "| pay basis |", "## Dropped"):
                assert needed in text, folder.name
            for path in folder.glob("*.parquet"):
                for column in pd.read_parquet(path).columns:
                    assert f"| `{column}` |" in text, (folder.name, column)

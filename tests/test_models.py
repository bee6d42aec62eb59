"""Artifacts and the gate: altered files never serve, the last sound model does, sabotage is refused."""

import json
import shutil
import threading
import time

import numpy as np
import pytest

from compsvc import paymodel, promotion, registry
from compsvc.app import create_app
from compsvc.errors import ArtifactError, ArtifactUnreadable, GateRefused, NotFound
from compsvc.paymodel import seal
from compsvc.settings import Settings
from tests.conftest import TODAY


def current(models):
    return registry.current_id(models)


def rewrite(models, change, new_id=None):
    """An altered but properly sealed copy of the current artifact."""
    old = current(models)
    body = json.loads((models / f"{old}.json").read_text())
    body["model_id"] = new_id or "altered"
    for part in paymodel.PARTS:
        shutil.copy(models / f"{old}.{part}.npz", models / f"{body['model_id']}.{part}.npz")
    change(body)
    body.pop("sha256")
    (models / f"{body['model_id']}.json").write_text(json.dumps({**body, "sha256": seal(body)}))
    return body["model_id"]


def test_flipped_bytes_are_always_noticed(model_copy):
    rng = np.random.default_rng(1)
    model_id = current(model_copy)
    for path in [model_copy / f"{model_id}.json", *(model_copy / f"{model_id}.{p}.npz" for p in paymodel.PARTS)]:
        sound = path.read_bytes()
        for _ in range(12):
            spoiled = bytearray(sound)
            at = int(rng.integers(len(spoiled)))
            spoiled[at] ^= 1 << int(rng.integers(8))
            path.write_bytes(bytes(spoiled))
            if path.suffix == ".json" and _same_meaning(sound, bytes(spoiled)):
                continue
            with pytest.raises(ArtifactError):
                paymodel.load(model_copy, model_id)
        path.write_bytes(sound[: len(sound) // 2])
        with pytest.raises(ArtifactError):
            paymodel.load(model_copy, model_id)
        path.write_bytes(sound)
    paymodel.load(model_copy, model_id)


def _same_meaning(a, b):
    try:
        return json.loads(a) == json.loads(b)
    except ValueError:
        return False


def test_a_worked_role_that_differs_is_refused(model_copy):
    def change(body):
        body["checks"][0]["expected"]["base"][2] *= 1.0001

    with pytest.raises(ArtifactError, match="worked role"):
        paymodel.load(model_copy, rewrite(model_copy, change))


def test_pickled_arrays_are_refused(model_copy):
    model_id = current(model_copy)
    path = model_copy / f"{model_id}.places.npz"
    np.savez(path, city_names=np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(ArtifactUnreadable):
        paymodel.load(model_copy, model_id)


def test_start_falls_back_to_the_last_sound_model(model_copy):
    sound = current(model_copy)
    other = rewrite(model_copy, lambda body: body["checks"].clear(), "newer")
    promotion._switch(model_copy, other)
    (model_copy / "newer.pay.npz").write_bytes(b"broken")
    assert registry.load_newest_sound(model_copy).model_id == sound


def test_nothing_serves_when_nothing_is_sound(tmp_path):
    with pytest.raises(ArtifactUnreadable, match="compsvc fit"):
        create_app(Settings.from_environment(models=tmp_path, today=TODAY))


def test_swap_happens_in_process_and_answers_stay_whole(model_copy):
    app = create_app(Settings.from_environment(models=model_copy, today=TODAY))
    client = app.test_client()
    first = client.get("/v1/models/current").get_json()["model_id"]
    promotion._switch(model_copy, rewrite(model_copy, lambda body: None, "swapped"))
    seen, stop = [], threading.Event()

    def ask():
        while not stop.is_set():
            body = app.test_client().post("/v1/ranges", json={"title": "Account Director"})
            seen.append((body.status_code, body.get_json()["model_id"]))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    limit = time.monotonic() + 20
    while time.monotonic() < limit and (not seen or seen[-1][1] != "swapped"):
        time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join()
    assert {status for status, _ in seen} == {200}
    assert {model_id for _, model_id in seen} == {first, "swapped"}


SABOTAGE = {
    "narrow ranges": lambda body: body["evaluation"]["populations"]["survey-2023"]["overall"].update(coverage_80=0.61),
    "wide ranges": lambda body: body["evaluation"]["populations"]["survey-2023"]["overall"].update(coverage_80=0.93),
    "worse than a baseline": lambda body: body["evaluation"]["populations"]["survey-2023"]["overall"].update(pinball=0.2),
    "worse than the serving model": lambda body: body["evaluation"]["populations"]["survey-2023"]["overall"].update(
        mdape=body["evaluation"]["populations"]["survey-2023"]["overall"]["mdape"] * 1.05
    ),
    "lost rows": lambda body: body["training"]["n_rows"].update({"survey-2023": 10}),
    "moved golden roles": lambda body: (body["checks"].clear(), body.update(anchor_year=body["anchor_year"] - 3)),
    "fails its own checks": lambda body: body["checks"][0]["expected"]["base"].reverse(),
}


@pytest.mark.parametrize("name", SABOTAGE)
def test_the_gate_refuses_sabotage_and_the_old_model_stays(model_copy, name):
    before = current(model_copy)
    candidate = rewrite(model_copy, SABOTAGE[name])
    with pytest.raises(GateRefused):
        promotion.promote(model_copy, candidate)
    assert current(model_copy) == before


def test_an_honest_copy_is_promoted_and_rolled_back(model_copy):
    before = current(model_copy)
    candidate = rewrite(model_copy, lambda body: None, "honest")
    promotion.promote(model_copy, candidate)
    assert current(model_copy) == "honest"
    assert promotion.rollback(model_copy) == before
    assert current(model_copy) == before


def test_a_forced_promotion_keeps_its_reason(model_copy):
    candidate = rewrite(model_copy, SABOTAGE["lost rows"])
    promotion.promote(model_copy, candidate, "survey withdrawn by its author")
    assert current(model_copy) == candidate
    kept = json.loads((model_copy / "forced.jsonl").read_text())
    assert (kept["model_id"], kept["reason"]) == (candidate, "survey withdrawn by its author")
    assert "fifth of its rows" in kept["gate"][0]


def test_promoting_an_unknown_model_names_the_known_ones(model_copy):
    with pytest.raises(NotFound, match=current(model_copy)):
        promotion.promote(model_copy, "us-1999-01")


# Pinball loss is flat near its minimum: adding a model's own good percentiles costs half a percent, not three (the card says how much).
KNOWN_MISSES = {
    "total cash: pinball against our own percentiles added, zeros counted",
    "total cash: pinball against our own percentiles added, as returned",
}


def test_the_shipped_model_keeps_its_promises(model):
    """Every promise but the known misses, and those by as little as the card says: still better than adding percentiles."""
    targets = {t["name"]: t for t in model.body["evaluation"]["targets"]}
    assert {name for name, t in targets.items() if not t["met"]} == KNOWN_MISSES
    assert all(targets[name]["value"] < 0 for name in KNOWN_MISSES)
    for gain in model.body["evaluation"]["earnings"]["total"]["against_added"].values():
        assert -0.03 < gain["low"] <= gain["measured"] <= gain["high"], (
            "3 % would be within reach: decision 12 and the note in the card are to be written again"
        )
        assert -0.03 < gain["were_the_model_right"] < 0


def test_the_shipped_model_was_made_from_the_shipped_tables(model, settings):
    from compsvc.sources import sha256_of

    for entry in model.body["training"]["datasets"]:
        assert sha256_of(settings.datasets / entry["id"] / f"{entry['table']}.parquet") == entry["sha256"], entry["id"]


def test_no_demographic_or_past_pay_column_reaches_a_table(settings):
    import pyarrow.parquet as pq

    forbidden = {"gender", "sex", "race", "ethnicity", "age", "birth_year", "prior_pay", "past_pay", "name", "email", "title", "employer_name"}
    for path in settings.datasets.rglob("*.parquet"):
        columns = set(pq.read_schema(path).names)
        assert not (columns - {"name"}) & forbidden, path
        if "name" in columns:
            assert path.parent.name in ("places", "oflc")

"""The gate between a fitted artifact and the one that serves, and the atomic switch.

A candidate is promoted only when it loads in a clean process, keeps the promises
of its accuracy card, is not worse than the serving model on the same held-out
people, and does not move the golden roles too far. Otherwise the old one stays.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compsvc import paymodel, registry
from compsvc.errors import ArtifactError, GateRefused, NotFound
from compsvc.paymodel import PayModel, role_from_json
from compsvc.registry import write_durably

WORSE_MDAPE = 1.02
WORSE_PINBALL = 1.02
COVERAGE = (0.78, 0.82)
MEDIAN_SHIFT = 0.03
P99_SHIFT = 0.10
FEWER_ROWS = 0.80


def reasons_against(models: Path, model_id: str) -> list[str]:
    """Why this artifact should not serve; empty when it may."""
    reasons = []
    clean = subprocess.run(
        [sys.executable, "-c", f"from pathlib import Path; from compsvc import paymodel; paymodel.load(Path({str(models)!r}), {model_id!r})"],
        capture_output=True,
        text=True,
        check=False,
    )
    if clean.returncode:
        last = clean.stderr.strip().splitlines()[-1] if clean.stderr.strip() else "no message"
        return [f"it does not load in a clean process: {last}"]
    candidate = paymodel.load(models, model_id)
    reasons += _own_figures(candidate.body)
    try:
        serving = registry.load_newest_sound(models)
    except ArtifactError:
        return reasons
    if serving.model_id != model_id:
        reasons += _against(candidate, serving)
    return reasons


def _own_figures(body: Mapping[str, Any]) -> list[str]:
    card = body["evaluation"]
    overall = card["populations"]["survey-2023"]["overall"]
    low, high = COVERAGE
    reasons = []
    if not low <= overall["coverage_80"] <= high:
        reasons.append(f"80 % ranges hold {overall['coverage_80']:.1%} of held-out people; {low:.0%} to {high:.0%} is allowed")
    best = min(b["pinball"] for b in card["populations"]["survey-2023"]["baselines"].values())
    if overall["pinball"] >= best:
        reasons.append(f"pinball loss {overall['pinball']} is no better than the best baseline's {best}")
    return reasons


def _against(candidate: PayModel, serving: PayModel) -> list[str]:
    reasons = []
    new, old = (m.body["evaluation"]["populations"]["survey-2023"]["overall"] for m in (candidate, serving))
    if new["mdape"] > WORSE_MDAPE * old["mdape"]:
        reasons.append(f"held-out MdAPE {new['mdape']} is worse than {old['mdape']} of {serving.model_id}")
    if new["pinball"] > WORSE_PINBALL * old["pinball"]:
        reasons.append(f"held-out pinball loss {new['pinball']} is worse than {old['pinball']} of {serving.model_id}")
    for population, count in serving.body["training"]["n_rows"].items():
        if candidate.body["training"]["n_rows"].get(population, 0) < FEWER_ROWS * count:
            reasons.append(f"{population} lost more than a fifth of its rows")
    shifts = sorted(abs(math.log(a / b)) for a, b in zip(golden_medians(candidate), golden_medians(serving), strict=True))
    if shifts[len(shifts) // 2] > MEDIAN_SHIFT or shifts[int(0.99 * len(shifts))] > P99_SHIFT:
        reasons.append(
            f"golden roles moved by {shifts[len(shifts) // 2]:.1%} at the median and {shifts[int(0.99 * len(shifts))]:.1%} at the 99th percentile; {MEDIAN_SHIFT:.0%} and {P99_SHIFT:.0%} are allowed"
        )
    return reasons


def golden_medians(model: PayModel) -> list[float]:
    """Market medians of 500 fixed roles spread over occupations, levels and areas."""
    spec = model.spec
    found = []
    for i in range(500):
        role = role_from_json(
            {"mixture": [[i * 37 % len(spec.socs), 1.0]], "level": i % len(spec.levels), "area": i * 53 % len(spec.areas), "sector": i * 7 % len(spec.sectors)}
        )
        found.append(model.quantiles(model.locate(role, 2026.5))[2])
    return found


def promote(models: Path, model_id: str, force_reason: str | None = None) -> None:
    """Make a model the serving one; GateRefused with every reason unless a person forces it and says why."""
    registry.require_known(models, model_id)
    reasons = reasons_against(models, model_id)
    if reasons and not force_reason:
        raise GateRefused(f"model {model_id} was not promoted: " + "; ".join(reasons))
    if reasons and force_reason:
        _record_forced(models, model_id, force_reason, reasons)
    _switch(models, model_id)


def _record_forced(models: Path, model_id: str, reason: str, against: list[str]) -> None:
    """Append to `forced.jsonl` the model, the person's reason and what the gate held against it."""
    path = models / "forced.jsonl"
    before = path.read_bytes() if path.exists() else b""
    line = json.dumps({"model_id": model_id, "reason": reason, "gate": against}, sort_keys=True)
    write_durably(path, before + line.encode() + b"\n")


def rollback(models: Path) -> str:
    """Return to the model promoted before this one and give its id; NotFound when there is none."""
    past = [m for m in registry.history(models) if m != registry.current_id(models)]
    for model_id in past:
        try:
            paymodel.load(models, model_id)
        except ArtifactError:
            continue
        _switch(models, model_id)
        return model_id
    raise NotFound("there is no earlier sound model to return to")


def _switch(models: Path, model_id: str) -> None:
    kept = [model_id, *(m for m in registry.history(models) if m != model_id)][: registry.KEPT]
    write_durably(models / "history.json", (json.dumps(kept) + "\n").encode())
    write_durably(models / "current", (model_id + "\n").encode())

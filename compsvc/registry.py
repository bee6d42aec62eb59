"""Which model serves: `models/current` names it, `models/history.json` remembers the ones before.

A reader takes one reference at the start of a request; a new model is loaded and
verified off to the side and swapped in by one assignment, never by a restart.
"""

from __future__ import annotations

import json
import os
import threading
import time
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

from compsvc import paymodel
from compsvc.errors import ArtifactError, ArtifactUnreadable, NotFound
from compsvc.paymodel import PayModel

CHECK_EVERY_SECONDS = 1.0
KEPT = 3


def current_id(models: Path) -> str:
    """Id of the promoted model; ArtifactUnreadable when none was promoted."""
    try:
        return (models / "current").read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise ArtifactUnreadable(f"no model was promoted in {models.name}/; run `compsvc fit` and `compsvc models promote`") from problem


def known_ids(models: Path) -> list[str]:
    """Ids of every artifact in the folder, sorted."""
    return sorted(path.stem for path in models.glob("*.json") if path.name != "history.json")


def history(models: Path) -> list[str]:
    """Promoted ids, newest first."""
    path = models / "history.json"
    return list(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []


def load_newest_sound(models: Path) -> PayModel:
    """The current model, or the newest promoted one before it whose files verify."""
    tried = [current_id(models), *history(models)]
    problem: ArtifactError | None = None
    for model_id in dict.fromkeys(tried):
        try:
            return paymodel.load(models, model_id)
        except ArtifactError as found:
            problem = problem or found
    assert problem is not None
    raise problem


class ModelHolder:
    """One model in memory, exchanged when `models/current` changes."""

    def __init__(self, models: Path) -> None:
        self._models = models
        self._model = load_newest_sound(models)
        self._stamp = self._stamp_now()
        self._checked = time.monotonic()
        self._lock = threading.Lock()

    def _stamp_now(self) -> int:
        try:
            return (self._models / "current").stat().st_mtime_ns
        except OSError:
            return 0

    def current(self) -> PayModel:
        """The model to answer this request with."""
        now = time.monotonic()
        if now - self._checked > CHECK_EVERY_SECONDS:
            self._checked = now
            stamp = self._stamp_now()
            if stamp != self._stamp and self._lock.acquire(blocking=False):
                self._stamp = stamp
                threading.Thread(target=self._swap, name="model-swap", daemon=True).start()
        return self._model

    def _swap(self) -> None:
        try:
            self._model = load_newest_sound(self._models)
        except ArtifactError:
            pass
        finally:
            self._lock.release()


def code_digest() -> bytes:
    """Hash of the modules that make answers, part of every ETag: other code may answer in other bytes."""
    package = Path(str(files("compsvc")))
    digest = blake2b(digest_size=8)
    for path in sorted([*package.glob("*.py"), *package.glob("resolve/*.py"), *package.glob("vocabulary/*")]):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.digest()


def require_known(models: Path, model_id: str) -> str:
    """The id itself; NotFound naming the models there are."""
    if model_id not in known_ids(models):
        raise NotFound(f"there is no model '{model_id}'; known: {', '.join(known_ids(models)) or 'none'}")
    return model_id


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file so that a crash leaves the old or the new one, never a part."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

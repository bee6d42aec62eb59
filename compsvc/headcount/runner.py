"""Plans costed in the background: a process of its own takes them from the store one after another, shows that it lives, and ends when none waits.

Nobody watches over it. Whoever keeps a plan, or asks how one is doing, starts a runner where a plan waits and
nobody runs it; a runner that was killed leaves its plan to the next one when its lease is over.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from compsvc import headcount, schemas
from compsvc.errors import RequestError, StoreUnreachable
from compsvc.paymodel import PayModel
from compsvc.schemas import headcount as contract
from compsvc.sealing import new_id
from compsvc.settings import Settings
from compsvc.store import Store, Who

if TYPE_CHECKING:
    from compsvc.store.plans import Claimed

BEAT_SECONDS = 1.0
START_AGAIN_SECONDS = 3.0
PATIENCE_SECONDS = 60.0
log = logging.getLogger("compsvc")


class _NoLongerOurs(Exception):
    """The plan was cancelled, or another runner has it."""


def run_waiting(store: Store, model: Callable[[], PayModel], today: Callable[[], str], at_once: int) -> int:
    """How many plans were brought to an end: until none waits, or `at_once` are being run already."""
    runner, n = new_id("run"), 0
    while True:
        with_model = model()
        claimed = store.plans.claim(runner, at_once)
        if claimed is None:
            return n
        _run(store, claimed, runner, with_model, today())
        n += 1


def _run(store: Store, claimed: Claimed, runner: str, model: PayModel, today: str) -> None:
    with _Heart(store, claimed.id, runner) as heart:
        result, problem = None, None
        try:
            policies = store.policies.versions(Who(claimed.workspace_id, runner, "planner", frozenset()))
            result = headcount.cost_plan(model, schemas.load(contract.PLAN, claimed.asked), today, heart.progress, policies)
        except _NoLongerOurs:
            return
        except RequestError as refused:
            problem = {"message": refused.message, "errors": [p.as_json() for p in refused.problems]}
        except Exception as fault:
            log.exception("a plan could not be costed", exc_info=fault)
            problem = {"message": f"Something went wrong on our side ({type(fault).__name__}).", "errors": []}
        _finish(store, claimed.id, runner, result, problem)


def _finish(store: Store, plan_id: str, runner: str, result: dict[str, Any] | None, problem: dict[str, Any] | None) -> None:
    """Keep what came of a plan, as soon as the store takes it."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            store.plans.finish(plan_id, runner, result, problem)
            return
        except StoreUnreachable:
            if time.monotonic() > until:
                raise
            time.sleep(BEAT_SECONDS)


class _Heart:
    """Tells the store every BEAT_SECONDS that the plan is being costed and how far; notices when it is no longer ours."""

    def __init__(self, store: Store, plan_id: str, runner: str) -> None:
        self._store, self._plan_id, self._runner = store, plan_id, runner
        self._done, self._ours, self._over = 0, True, threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> _Heart:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def progress(self, people: int) -> None:
        """Count people costed; _NoLongerOurs once the plan was cancelled."""
        self._done += people
        if not self._ours:
            raise _NoLongerOurs

    def _beat(self) -> None:
        silent_since = time.monotonic()
        while not self._over.wait(BEAT_SECONDS):
            try:
                self._ours = self._store.plans.beat(self._plan_id, self._runner, self._done)
                silent_since = time.monotonic()
            except StoreUnreachable:
                self._ours = time.monotonic() - silent_since < PATIENCE_SECONDS
            if not self._ours:
                return


class Starter:
    """Starts runners for one server process, at most one every START_AGAIN_SECONDS; none where settings say 0."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._lock, self._last = threading.Lock(), -START_AGAIN_SECONDS
        self._started: list[subprocess.Popen[bytes]] = []
        self._later: threading.Timer | None = None

    def start(self) -> None:
        """A runner, if a plan waits and none of ours is at it; a moment later if one was started a moment ago. Best effort: a plan that is kept waits for the next one who asks."""
        if self._settings.plan_runners == 0:
            return
        with self._lock:
            self._started = [one for one in self._started if one.poll() is None]
            wait = self._last + START_AGAIN_SECONDS - time.monotonic()
            if self._started or (wait > 0 and self._later is not None and self._later.is_alive()):
                return
            if wait > 0:
                self._later = threading.Timer(wait, self.start)
                self._later.daemon = True
                self._later.start()
                return
            self._last = time.monotonic()
            try:
                if self._store.plans.waiting(self._settings.plan_runners):
                    self._started.append(start_runner(self._settings))
            except (OSError, StoreUnreachable) as problem:
                log.warning("no runner was started: %s", problem)


def start_runner(settings: Settings) -> subprocess.Popen[bytes]:
    """A process that runs what waits, in a session of its own so that it outlives the one that started it."""
    command = [sys.executable, "-P", "-m", "compsvc.cli", "plans", "work", "--until-done"]
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "COMPSVC_DATABASE_URL": settings.database_url, "COMPSVC_MODELS": str(settings.models), "COMPSVC_TODAY": settings.today},
    )

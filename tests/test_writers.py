"""A real server under 200 writers at once, on SQLite and on PostgreSQL, and with its PostgreSQL stopped and started again."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from compsvc import access
from compsvc.sealing import Seals
from compsvc.store import Store
from tests.conftest import OFFER, PROJECT, ROLE, SECRET, TODAY, in_ci

WRITERS = 200
SHARED = 20
SLOWEST_REFUSAL_SECONDS = 6.0


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Postgres:
    """A PostgreSQL of the test's own, to be stopped and started."""

    def __init__(self):
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        binary = shutil.which("initdb") or (str(found[-1]) if found else None)
        if binary is None:
            if in_ci():
                pytest.fail("CI must install PostgreSQL")
            pytest.skip("no PostgreSQL server here; install postgresql to test with it stopped")
        self._bin = Path(binary).parent
        self._home = Path(tempfile.mkdtemp(prefix="compsvc-pg-"))
        self.port = free_port()
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as:
            shutil.chown(self._home, "postgres")
        self._run("initdb", "-D", self._home / "data", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-U", "compsvc")
        self.start()

    @property
    def url(self):
        return f"postgresql://compsvc@127.0.0.1:{self.port}/postgres"

    def _run(self, name, *words):
        subprocess.run([*self._as, str(self._bin / name), *map(str, words)], check=True, capture_output=True, cwd="/", timeout=60)

    def start(self):
        options = f"-p {self.port} -k {self._home} -c listen_addresses=127.0.0.1"
        with (self._home / "out").open("w") as out:
            subprocess.run(
                [*self._as, str(self._bin / "pg_ctl"), "-D", str(self._home / "data"), "-w", "-o", options, "start"],
                check=True,
                cwd="/",
                stdout=out,
                stderr=out,
                timeout=60,
            )

    def stop(self):
        self._run("pg_ctl", "-D", self._home / "data", "-m", "immediate", "stop")

    def freeze(self, stopped):
        """Every process of the server stopped where it stands, or going on: connections stay open and nothing answers."""
        first = int((self._home / "data" / "postmaster.pid").read_text().split()[0])
        children = [int(p) for p in subprocess.run(["pgrep", "-P", str(first)], capture_output=True, text=True, check=False).stdout.split()]
        for pid in [first, *children]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP if stopped else signal.SIGCONT)

    def remove(self):
        self.freeze(stopped=False)
        with contextlib.suppress(subprocess.CalledProcessError):
            self.stop()
        shutil.rmtree(self._home, ignore_errors=True)


@pytest.fixture
def postgres():
    found = Postgres()
    yield found
    found.remove()


class Server:
    """gunicorn over a store, two workers, with a key of a recruiter or another role."""

    def __init__(self, url, tmp_path, role="recruiter"):
        self.store = Store(url, Seals(SECRET, tmp_path / "none"))
        self.store.upgrade()
        self.workspace_id = self.store.accounts.add_workspace("acme")
        self._key = self.store.accounts.add_key(self.workspace_id, "writers", role, ())[1]
        self.port = free_port()
        env = os.environ | {"COMPSVC_PORT": str(self.port), "COMPSVC_TODAY": TODAY, "COMPSVC_DATABASE_URL": url, "COMPSVC_SECRET_KEY": SECRET}
        self._log_path, self._env = tmp_path / "server.log", env
        self.start()

    def start(self):
        """Serve, and wait until it does."""
        self._log = self._log_path.open("a")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "python:compsvc.gunicorn", "compsvc.app:create_app()"],
            cwd=PROJECT,
            env=self._env,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if self.ask("GET", "/healthz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError(self._log_path.read_text())

    def kill(self):
        """The server and its workers, at once."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=10)
        self._log.close()

    def ask(self, method, path, body=None, headers=None, key=False):
        """(status, headers, JSON, seconds) of one request on a connection of its own."""
        started = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            sent = {"Content-Type": "application/json", **(headers or {})} | ({"Authorization": f"Bearer {self._key}"} if key else {})
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            response = connection.getresponse()
            data = response.read()
            return response.status, response.headers, json.loads(data) if data else None, time.monotonic() - started
        finally:
            connection.close()

    def close(self):
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=40)
        self._log.close()
        self.store.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request, tmp_path):
    url = f"sqlite:///{tmp_path}/kept.sqlite3" if request.param == "sqlite" else request.getfixturevalue("postgres").url
    found = Server(url, tmp_path)
    yield found
    found.close()


def test_two_hundred_writers_lose_and_double_nothing(server):
    """Each writer creates an offer, its key sent three times over, and adds its name to one of twenty shared drafts until the version is its own."""
    shared = [server.ask("POST", "/v1/offers", {**OFFER, "reference": f"shared {i}", "note": "-"}, key=True)[2]["id"] for i in range(SHARED)]
    gate, statuses, lock = threading.Barrier(WRITERS), [], threading.Lock()

    def ask(*words, **more):
        found = server.ask(*words, key=True, **more)
        with lock:
            statuses.append(found[0])
        return found

    def write(i):
        gate.wait()
        made = {ask("POST", "/v1/offers", {**OFFER, "reference": f"own {i}"}, headers={"Idempotency-Key": f"writer-{i:04d}"})[2]["id"] for _ in range(3)}
        path = f"/v1/offers/{shared[i % SHARED]}"
        while True:
            _, headers, before, _ = ask("GET", path)
            after = ask("PATCH", path, {"note": f"{before['terms']['note']} w{i:03d}"}, headers={"If-Match": headers["ETag"]})
            if after[0] == 200:
                return made
            assert after[0] == 412, after

    with ThreadPoolExecutor(WRITERS) as pool:
        made = list(pool.map(write, range(WRITERS)))
    assert max(statuses) < 500, sorted(set(statuses))
    assert all(len(ids) == 1 for ids in made)
    assert len(set().union(*made)) == WRITERS
    kept = access.who(server.workspace_id, "check", "admin")
    for n, offer_id in enumerate(shared):
        offer = server.store.offers.get(kept, offer_id)
        names = offer.terms["note"].split()[1:]
        assert sorted(names) == [f"w{i:03d}" for i in range(n, WRITERS, SHARED)]
        assert offer.version == 1 + len(names)
    own, after = [], None
    while page := server.store.offers.listed(kept, None, after, 200):
        own += [o["reference"] for o in page if o["reference"].startswith("own")]
        after = page[-1]["id"]
    assert sorted(own) == sorted(f"own {i}" for i in range(WRITERS))
    assert server.store.audit.verify(server.workspace_id) == []


def test_ranges_go_on_while_postgresql_is_stopped_and_writes_come_back(postgres, tmp_path):
    server = Server(postgres.url, tmp_path)
    over, reads, writes, lock = threading.Event(), [], [], threading.Lock()
    down, up = [0.0], [0.0]

    def read():
        while not over.is_set():
            status = server.ask("POST", "/v1/ranges", ROLE)[0]
            modelled = server.ask("POST", "/v1/offers/model", {"role": ROLE, "base_usd": 1e5})[0]
            with lock:
                reads.extend([status, modelled])

    def write(i):
        """Offers made one after another, each retried with its key until it is acknowledged; gives their ids."""
        acknowledged = {}
        n = 0
        while not over.is_set() or n == 0:
            key = f"writer-{i}-{n:05d}"
            while True:
                started = time.monotonic()
                try:
                    status, headers, body, seconds = server.ask("POST", "/v1/offers", {**OFFER, "reference": key}, headers={"Idempotency-Key": key}, key=True)
                except OSError as problem:
                    raise AssertionError("the server dropped a connection") from problem
                with lock:
                    writes.append((started, status, headers.get("Retry-After"), seconds))
                if status == 201:
                    acknowledged[key] = body["id"]
                    break
                assert status == 503, (status, body)
                time.sleep(0.2)
            n += 1
        return acknowledged

    try:
        with ThreadPoolExecutor(16) as pool:
            readers = [pool.submit(read) for _ in range(4)]
            writers = [pool.submit(write, i) for i in range(8)]
            time.sleep(3)
            down[0] = time.monotonic()
            postgres.stop()
            time.sleep(8)
            postgres.start()
            up[0] = time.monotonic()
            time.sleep(8)
            over.set()
            acknowledged = {k: v for w in writers for k, v in w.result(timeout=60).items()}
            for r in readers:
                r.result(timeout=60)
    finally:
        over.set()
        server.close()
    assert set(reads) == {200}
    assert len(reads) > 200
    refused = [w for w in writes if w[1] == 503]
    assert refused, "nothing was written while PostgreSQL was stopped; the test shows nothing"
    assert all(retry for _, _, retry, _ in refused)
    assert max(seconds for *_, seconds in refused) <= SLOWEST_REFUSAL_SECONDS
    back = min(started + seconds for started, status, _, seconds in writes if status == 201 and started > up[0])
    assert back - up[0] <= 10
    store = Store(postgres.url, Seals(SECRET, tmp_path / "none"))
    who, found, after = access.who(server.workspace_id, "check", "admin"), {}, None
    while page := store.offers.listed(who, None, after, 200):
        for offer in page:
            assert offer["reference"] not in found, "one key made two offers"
            found[offer["reference"]] = offer["id"]
        after = page[-1]["id"]
    assert {k: found.get(k) for k in acknowledged} == acknowledged
    assert store.audit.verify(server.workspace_id) == []
    store.engine.dispose()
    print(
        f"{len(reads)} reads, {len(writes)} writes, {len(refused)} refused, slowest refusal {max(s for *_, s in refused):.1f} s, back after {back - up[0]:.1f} s"
    )


def test_a_postgresql_that_falls_silent_is_not_waited_for(postgres, tmp_path):
    """Frozen, not stopped: no connection is refused and none is closed. Writes are refused within six seconds, ranges go on, and all comes back."""
    server = Server(postgres.url, tmp_path)
    try:
        for _ in range(4):
            assert server.ask("POST", "/v1/offers", OFFER, key=True)[0] == 201
        postgres.freeze(stopped=True)
        with ThreadPoolExecutor(4) as pool:
            refused = list(pool.map(lambda _: server.ask("POST", "/v1/offers", OFFER, key=True), range(4)))
        assert {status for status, *_ in refused} == {503}
        assert all(headers["Retry-After"] for _, headers, *_ in refused)
        slowest = max(seconds for *_, seconds in refused)
        assert slowest <= SLOWEST_REFUSAL_SECONDS
        assert server.ask("POST", "/v1/ranges", ROLE)[0] == 200
        postgres.freeze(stopped=False)
        since = time.monotonic()
        while server.ask("POST", "/v1/offers", OFFER, key=True)[0] != 201:
            assert time.monotonic() - since < 10
        print(f"slowest refusal {slowest:.1f} s, back after {time.monotonic() - since:.1f} s")
    finally:
        postgres.freeze(stopped=False)
        server.close()

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from compsvc import access, paymodel, registry
from compsvc.app import create_app
from compsvc.sealing import Seals
from compsvc.settings import ROOT, Settings
from compsvc.store import Store

TODAY = "2026-11-22"
SECRET = "a secret of tests alone, 32 characters or more"


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="rewrite golden tables; say why in the commit")


@pytest.fixture(scope="module")
def settings():
    return Settings.from_environment(today=TODAY)


@pytest.fixture(scope="module")
def app(settings):
    application = create_app(settings)
    application.testing = False
    return application


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def runner(monkeypatch):
    monkeypatch.setenv("COMPSVC_TODAY", TODAY)
    return CliRunner()


@pytest.fixture(scope="module")
def model(settings):
    return paymodel.load(settings.models, registry.current_id(settings.models))


@pytest.fixture(scope="module")
def raw_data(settings):
    """The raw files, or a skip: they are not part of the project."""
    if not settings.raw_data.exists():
        pytest.skip("raw files are not on this machine; set COMPSVC_RAW_DATA to test the importers")
    return settings.raw_data


@pytest.fixture
def model_copy(settings, tmp_path):
    """The shipped artifacts in a folder a test may spoil."""
    for path in settings.models.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def in_ci() -> bool:
    return os.environ.get("COMPSVC_CI") == "1"


PROJECT: Path = ROOT


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    """An empty, upgraded store; PostgreSQL where COMPSVC_TEST_POSTGRES_URL names one."""
    seals = Seals(SECRET, tmp_path / "none")
    if request.param == "sqlite":
        kept = Store(f"sqlite:///{tmp_path / 'kept.sqlite3'}", seals)
    else:
        url = os.environ.get("COMPSVC_TEST_POSTGRES_URL")
        if not url:
            if in_ci():
                pytest.fail("CI must start PostgreSQL and set COMPSVC_TEST_POSTGRES_URL")
            pytest.skip("no PostgreSQL here; set COMPSVC_TEST_POSTGRES_URL to test on one")
        kept = Store(url, seals)
        from sqlalchemy import text

        with kept.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    kept.upgrade()
    yield kept
    kept.engine.dispose()


ROLE = {"title": "Account Director", "location": "Austin, TX", "industry": "ad agency", "employees": 200}
OFFER = {"role": ROLE, "base_usd": 120_000, "variable_usd": 60_000, "reference": "REQ-1"}
WORKSPACES = ("acme", "globex")
PASSWORD = "correct horse battery"


class Asking:
    """A client that sends one key."""

    def __init__(self, client, key):
        self._client, self._key = client, key

    def open(self, path, method, **kwargs):
        headers = {"Authorization": f"Bearer {self._key}", **kwargs.pop("headers", {})} if self._key else kwargs.pop("headers", {})
        return self._client.open(path, method=method, headers=headers, **kwargs)

    def get(self, path, **kwargs):
        return self.open(path, "GET", **kwargs)

    def post(self, path, **kwargs):
        return self.open(path, "POST", **kwargs)

    def patch(self, path, **kwargs):
        return self.open(path, "PATCH", **kwargs)

    def delete(self, path, **kwargs):
        return self.open(path, "DELETE", **kwargs)


class Office:
    """Two workspaces on one store, a person and a key of every role in each."""

    def __init__(self, store):
        self.store = store
        self.app = create_app(Settings.from_environment(today=TODAY, database_url=store.url, secret_key=SECRET, plan_runners=0))
        self.ids, self.keys = {}, {}
        for name in WORKSPACES:
            self.ids[name] = store.accounts.add_workspace(name)
            for role in access.ROLES:
                self.keys[name, role] = store.accounts.add_key(self.ids[name], role, role, ())[1]

    def app_client(self, workspace, role):
        return Asking(self.app.test_client(), self.keys.get((workspace, role)))

    def person(self, workspace, role):
        """Address of somebody who may sign in."""
        email = f"{role}@{workspace}.example"
        if email not in {p.email for p in self.store.accounts.people(self.ids[workspace])}:
            self.store.accounts.add_person(self.ids[workspace], email, role, PASSWORD)
        return email

    def who(self, workspace, role="recruiter"):
        return access.who(self.ids[workspace], f"key {role}", role)

    def keep(self, workspace, **changes):
        """Id of a kept draft."""
        answer = self.app_client(workspace, "recruiter").post("/v1/offers", json={**OFFER, **changes})
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return answer.get_json()["id"]


@pytest.fixture
def office(store):
    """Two workspaces with keys, on SQLite and on PostgreSQL."""
    return Office(store)


@pytest.fixture
def small_office(tmp_path):
    """Two workspaces with keys, on SQLite alone: for what does not depend on the database."""
    kept = Store(f"sqlite:///{tmp_path / 'kept.sqlite3'}", Seals(SECRET, tmp_path / "none"))
    kept.upgrade()
    yield Office(kept)
    kept.engine.dispose()


# --- a running service and a browser ------------------------------------------------------


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A store with a workspace, a recruiter and an analyst."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'kept.sqlite3'}", Seals(SECRET, Path("none")))
    store.upgrade()
    workspace_id = store.accounts.add_workspace("acme")
    for role in ("recruiter", "analyst", "viewer"):
        store.accounts.add_person(workspace_id, f"{role}@acme.example", role, PASSWORD)
    yield store
    store.engine.dispose()


@pytest.fixture(scope="module")
def service(kept):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {
        **os.environ,
        "COMPSVC_PORT": str(port),
        "COMPSVC_TODAY": TODAY,
        "COMPSVC_WORKERS": "2",
        "COMPSVC_DATABASE_URL": kept.url,
        "COMPSVC_SECRET_KEY": SECRET,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "python:compsvc.gunicorn", "compsvc.app:create_app()"], cwd=PROJECT, env=env, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            try:
                with urllib.request.urlopen(address + "/readyz", timeout=2) as response:
                    assert response.status == 200
                break
            except OSError:
                time.sleep(0.2)
        else:
            pytest.fail("the service did not start")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        if in_ci():
            pytest.fail("Chromium and chromedriver are needed in CI")
        pytest.skip("Chromium or chromedriver is not installed; `apt-get install chromium chromium-driver` to run browser tests")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
    ):
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('chromium')}")
    found = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield found
    found.quit()

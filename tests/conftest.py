from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from compsvc import paymodel, registry
from compsvc.app import create_app
from compsvc.settings import ROOT, Settings

TODAY = "2026-11-22"


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="rewrite golden tables; say why in the commit")


@pytest.fixture(scope="session")
def settings():
    return Settings.from_environment(today=TODAY)


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def model(settings):
    return paymodel.load(settings.models, registry.current_id(settings.models))


@pytest.fixture(scope="session")
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

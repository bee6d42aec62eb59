"""The store on SQLite and on a real PostgreSQL: migrations, what is kept, and what happens when it does not answer."""

import multiprocessing
import os
import subprocess
import sys

import pytest

from compsvc.app import create_app
from compsvc.errors import StoreUnreachable
from compsvc.settings import Settings
from compsvc.store import Store
from tests.conftest import PROJECT, TODAY, in_ci


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    """An empty, upgraded store; PostgreSQL where COMPSVC_TEST_POSTGRES_URL names one."""
    if request.param == "sqlite":
        kept = Store(f"sqlite:///{tmp_path / 'kept.sqlite3'}")
    else:
        url = os.environ.get("COMPSVC_TEST_POSTGRES_URL")
        if not url:
            if in_ci():
                pytest.fail("CI must start PostgreSQL and set COMPSVC_TEST_POSTGRES_URL")
            pytest.skip("no PostgreSQL here; set COMPSVC_TEST_POSTGRES_URL to test on one")
        kept = Store(url)
        from sqlalchemy import text

        with kept.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    kept.upgrade()
    yield kept
    kept.engine.dispose()


def test_upgrading_twice_changes_nothing(store):
    store.note_served("m1", "a" * 64, "c")
    store.upgrade()
    assert [entry.model_id for entry in store.served()] == ["m1"]


def test_a_model_is_noted_once_until_another_serves(store):
    assert store.note_served("m1", "a" * 64, "c")
    assert not store.note_served("m1", "a" * 64, "c")
    assert store.note_served("m2", "b" * 64, "c")
    assert store.note_served("m1", "a" * 64, "c")
    assert [entry.model_id for entry in store.served()] == ["m1", "m2", "m1"]


def test_a_store_without_tables_says_what_to_do(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    with pytest.raises(StoreUnreachable, match="compsvc store upgrade"):
        store.served()
    store.engine.connect().close()
    with pytest.raises(StoreUnreachable, match="compsvc store upgrade"):
        store.served()
    store.engine.dispose()


def test_a_reachable_store_pings(store):
    store.ping()


def test_sqlite_is_durable_and_forgets_what_is_deleted(tmp_path):
    from sqlalchemy import text

    store = Store(f"sqlite:///{tmp_path / 'kept.sqlite3'}")
    with store.engine.connect() as connection:
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")}
    store.engine.dispose()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def _engine_of_child(store, queue):
    queue.put(id(store.engine))


def test_a_forked_child_opens_its_own_connections(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'kept.sqlite3'}")
    mine = id(store.engine)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_engine_of_child, args=(store, queue))
    child.start()
    assert queue.get(timeout=30) != mine
    child.join()
    store.engine.dispose()


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.sqlite3", "postgresql://nobody@127.0.0.1:1/none"])
def test_ranges_are_answered_while_the_store_is_down(url):
    with pytest.raises(StoreUnreachable):
        Store(url).ping()
    client = create_app(Settings.from_environment(today=TODAY, database_url=url)).test_client()
    assert client.post("/v1/ranges", json={"title": "Account Director"}).status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.get_json()["store"]["reachable"] is False
    assert "nobody" not in ready.get_data(as_text=True)


def test_serving_a_range_imports_no_database(tmp_path):
    script = (
        "import sys; from compsvc.app import create_app; from compsvc.settings import Settings; "
        f"c = create_app(Settings.from_environment(database_url='sqlite:///{tmp_path}/x.sqlite3')).test_client(); "
        "assert c.post('/v1/ranges', json={'title': 'Account Director'}).status_code == 200; c.get('/readyz'); "
        "print([m for m in ('sqlalchemy', 'alembic') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert found.stdout.strip() == "[]"

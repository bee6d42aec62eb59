"""The store on SQLite and on a real PostgreSQL: migrations, what is kept, and what happens when it does not answer."""

import multiprocessing
import subprocess
import sys

import pytest

from compsvc.app import create_app
from compsvc.errors import StoreUnreachable
from compsvc.settings import Settings
from compsvc.store import Store
from tests.conftest import PROJECT, TODAY


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


def test_the_tables_are_what_the_migrations_make(store):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from compsvc.store.tables import metadata

    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_going_down_and_up_again(store):
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(PROJECT / "compsvc" / "migrations"))
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    store.upgrade()
    store.accounts.add_workspace("again")


@pytest.mark.parametrize("table", ["audit", "offer_versions", "band_policies"])
@pytest.mark.parametrize("act", ["UPDATE {} SET at = 'x'", "DELETE FROM {}"])
def test_what_is_only_added_to_refuses_anything_else(office, table, act):
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    office.keep("acme")
    office.app_client("acme", "admin").post("/v1/band-policies", json={"name": "p", "effective_on": "2026-01-01"})
    with office.store.engine.connect().execution_options(writes=True) as connection, connection.begin(), pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(act.format(table)))

"""The template that test databases are copied from is made anew as soon as one of its sources changes."""

from pathlib import Path

import pytest
from django.db import connection

from tests.laws.tree import APPS, ROOT
from tests.plugins.databases import PostgreSQL, digest


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for app in APPS:
        (tmp_path / app / "migrations").mkdir(parents=True)
        (tmp_path / app / "migrations/0001_initial.py").write_text("operations = []\n")
    (tmp_path / "requirements.txt").write_text("django==6.1.3\n")
    return tmp_path


def test_the_same_sources_have_the_same_template(tree: Path) -> None:
    assert digest(tree) == digest(tree)


@pytest.mark.parametrize(
    "file",
    ["loyalty/migrations/0002_more.py", "members/migrations/0001_initial.py", "rewards/guards.py", "requirements.txt"],
)
def test_another_source_has_another_template(tree: Path, file: str) -> None:
    before = digest(tree)
    (tree / file).write_text("changed\n")
    assert digest(tree) != before


def test_a_view_changes_no_template(tree: Path) -> None:
    before = digest(tree)
    (tree / "loyalty/views").mkdir()
    (tree / "loyalty/views/home.py").write_text("changed\n")
    assert digest(tree) == before


def test_models_and_guards_of_the_project_are_among_the_sources() -> None:
    assert (ROOT / "loyalty/models/ledger.py").is_file()
    assert (ROOT / "loyalty/guards.py").is_file()


@pytest.mark.race
@pytest.mark.django_db
def test_a_connection_that_somebody_left_open_is_ended() -> None:
    store = PostgreSQL()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{store.own}_left"')
    store.own += "_left"
    left = connection.copy("left")
    left.settings_dict = {**left.settings_dict, "NAME": store.own}
    left.ensure_connection()
    store.leave()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{store.own}"')
    left.connection.close()


@pytest.mark.race
@pytest.mark.django_db
def test_a_run_of_another_checkout_waits_for_the_template() -> None:
    asked = "SELECT pg_try_advisory_lock(hashtext('regulars_template'))"
    with PostgreSQL().locked(), connection._nodb_cursor() as cursor:
        cursor.execute(asked)
        assert cursor.fetchone() == (False,)

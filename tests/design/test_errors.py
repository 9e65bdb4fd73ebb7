"""Error pages say what happened and what to do, and 500 needs nothing that could be broken."""

import sqlite3
from contextlib import closing

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.db.backends.sqlite3.base import DatabaseWrapper as SqliteWrapper
from django.db.utils import DatabaseErrorWrapper
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import include, path

from config.errors import will_pass
from tests.design.rendering import text

PAGES = ["400", "403", "404", "422", "429", "500", "503", "busy", "csrf"]


ERRORS: dict[str, Exception] = {
    "bad": BadRequest("secret detail"), "denied": PermissionDenied("secret detail"),
    "missing": Http404("secret detail"), "broken": RuntimeError("secret detail"),
}  # fmt: skip


def fail(request: HttpRequest, kind: str) -> HttpResponse:
    raise ERRORS[kind]


urlpatterns = [path("fail/<kind>/", fail), path("", include("config.urls"))]
handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"


@pytest.mark.parametrize("name", PAGES)
def test_page_is_made_without_a_request_and_says_what_to_do(name):
    page = render_to_string(f"errors/{name}.html")
    assert page.count("<h1>") == 1
    assert page.count('<p class="muted">') == 2
    assert 'class="button primary" href=' in page
    assert "<script" not in page


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("kind", "status"), [("bad", 400), ("denied", 403), ("missing", 404), ("broken", 500)])
def test_each_failure_answers_with_its_page_and_tells_no_detail(kind, status):
    """No database is allowed here: none of these pages asks one for an anonymous visitor."""
    response = Client(raise_request_exception=False).get(f"/fail/{kind}/")
    assert response.status_code == status
    assert f'<div class="error-mark" aria-hidden="true">{status}</div>' in response.text
    assert "secret detail" not in response.text


DATABASE = [
    (OperationalError("server closed the connection"), 503),
    (InterfaceError("connection already closed"), 503),
    (ProgrammingError("no such column"), 500),
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("error", "status"), DATABASE)
def test_a_database_that_is_away_is_a_matter_of_a_moment(error: Exception, status: int, monkeypatch):
    monkeypatch.setitem(ERRORS, "broken", error)
    response = Client(raise_request_exception=False).get("/fail/broken/")
    assert response.status_code == status
    assert response.get("Retry-After") == ("5" if status == 503 else None)
    assert ("nothing is booked twice" in text(response.text)) == (status == 503)


def raised_by_a_full_disk(sql: str) -> None:
    with closing(sqlite3.connect(":memory:")) as file, DatabaseErrorWrapper(SqliteWrapper({"NAME": ":memory:"})):
        file.execute("PRAGMA max_page_count = 2")
        file.execute(sql)
        file.execute("CREATE TABLE t AS SELECT randomblob(100000)")


@pytest.mark.parametrize(("sql", "passes"), [("SELECT * FROM nothing", False), ("SELECT 1", True)])
def test_a_full_disk_passes_and_a_missing_table_does_not(sql: str, passes: bool):
    with pytest.raises(OperationalError) as caught:
        raised_by_a_full_disk(sql)
    assert will_pass(caught.value) == passes


def test_a_stale_form_is_explained():
    response = Client(enforce_csrf_checks=True).post("/languages/setlang/", {"language": "et"})
    assert response.status_code == 403
    assert "This page has been open too long" in text(response.text)


def test_too_many_tries_are_told_so_in_the_same_look():
    assert render_to_string("429.html") == render_to_string("errors/429.html")

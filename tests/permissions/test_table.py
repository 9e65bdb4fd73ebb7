"""Asks every row of the permission table as every actor, and the URLs for their rows."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse

import tests.permissions
from loyalty.models import User
from tests.permissions import ACTORS, LOGIN, PLATFORM, REFUSALS, Row, everybody, staff
from tests.plugins.tiers import is_nightly

# URLs of packages, guarded by their makers; test_others.py asks what we rely on.
OTHERS = ("admin:", "account_", "mfa_", "usersessions_")
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE")
BOOKKEEPING = ("django_session", "usersessions_usersession", "django_admin_log")


def topics() -> Iterator[str]:
    for module in pkgutil.iter_modules(tests.permissions.__path__):
        if not module.name.startswith("test_") and module.name != "conftest":
            yield f"tests.permissions.{module.name}"


ROWS: list[Row] = [row for topic in topics() for row in importlib.import_module(topic).ROWS]
ASKED = [
    pytest.param(row, actor, id=f"{row.url_name}-{row.method}{number}-{actor}")
    for number, row in enumerate(ROWS)
    for actor in row.expect
]


@dataclass(frozen=True)
class Answered:
    """What came back: the status, or LOGIN, and the statements that wrote something; and what was asked for."""

    status: int | str
    writes: list[str]
    path: str
    data: dict[str, Any]


def ask(row: Row, actor: str, world: Any, client: Client) -> Answered:
    """Send the row's request as an actor; return as send() does."""
    if login := (ACTORS | {PLATFORM: PLATFORM})[actor]:
        client.force_login(getattr(world, login))
    return send(row, world, client)


def send(row: Row, world: Any, client: Client) -> Answered:
    """Send the row's request by a browser."""
    kwargs = row.kwargs_from(world) if callable(row.kwargs_from) else row.kwargs_from
    data = row.data(world) if callable(row.data) else row.data
    return answered_by(client, row.method, reverse(row.url_name, kwargs=dict(kwargs)), dict(data))


def answered_by(client: Client, method: str, path: str, data: dict[str, Any]) -> Answered:
    with CaptureQueriesContext(connection) as queries:
        response = getattr(client, method)(path, data)
        if response.streaming:
            b"".join(response.streaming_content)
    writes = [query["sql"] for query in queries if query["sql"].startswith(WRITES) and not is_bookkeeping(query["sql"])]
    return Answered(LOGIN if is_login(response) else response.status_code, writes, path, data)


def is_bookkeeping(sql: str) -> bool:
    return any(f'"{table}"' in sql for table in BOOKKEEPING)


def is_login(response: HttpResponse) -> bool:
    return response.status_code == 302 and response.url.startswith(reverse("account_login"))


@pytest.mark.django_db
@pytest.mark.parametrize(("row", "actor"), ASKED)
def test_row(row: Row, actor: str, world: Any, client: Client, pytestconfig: pytest.Config) -> None:
    answered = ask(row, actor, world, client)
    assert answered.status == row.expect[actor]
    if answered.status in REFUSALS:
        assert answered.writes == []
    if row.method == "get" and is_nightly(pytestconfig):
        assert answered_by(client, "head", answered.path, answered.data).status == answered.status


def url_names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """Yield the full name of every pattern below a resolver; one without a name is shown as ?path."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield namespace + (pattern.name or f"?{pattern.pattern}")
        else:
            yield from url_names(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)


def without_a_row(names: Iterator[str], rows: list[Row]) -> list[str]:
    """Return the names of our own URLs that no row asks for."""
    asked = {row.url_name for row in rows}
    return sorted({name for name in names if name not in asked and not name.startswith(OTHERS)})


def test_every_url_has_a_row() -> None:
    assert without_a_row(url_names(get_resolver()), ROWS) == []


def test_a_missing_row_is_noticed() -> None:
    assert without_a_row(iter(["welcome", "start", "account_login"]), [Row("welcome", expect=everybody())]) == ["start"]
    assert set(url_names(get_resolver())) >= {"loyalty:welcome", "admin:index", "account_login"}


def test_a_row_speaks_of_every_actor() -> None:
    expect = staff()
    del expect["stranger"]
    with pytest.raises(ValueError, match="stranger"):
        Row("loyalty:start", expect=expect)


def writes_and_refuses(request: HttpRequest) -> HttpResponse:
    User.objects.create_user("planted@example.com")
    raise Http404


urlpatterns = [path("planted/", writes_and_refuses, name="planted")]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_refusal_that_writes_is_noticed(world: Any, client: Client) -> None:
    answered = ask(Row("planted", expect=everybody(404)), "stranger", world, client)
    assert answered.status == 404
    assert [sql.split()[:3] for sql in answered.writes] == [["INSERT", "INTO", '"loyalty_user"']]

"""Every URL, asked by every method: what it does not serve is answered with 405 and a page, and does nothing."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, path

from tests.permissions import ACTORS
from tests.permissions.test_actors import ALIKE
from tests.permissions.test_table import OTHERS, ROWS, WRITES, is_bookkeeping

NEVER = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
"""Methods that no page serves; the last is none at all."""
BY_NIGHT = [who for who in (*ACTORS, *ALIKE) if who != "owner" and not who.startswith("till")]
"""Everybody but the shared tills, of which tests/config/test_till_addresses.py asks the same."""
FILL = {
    "int": "1", "slug": "bean-and-leaf", "uuid": "00000000-0000-4000-8000-000000000000", "str": "x", "path": "x",
}  # fmt: skip


def addresses(resolver: URLResolver, before: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name and an address of every pattern below a resolver; what is to be filled in is made up."""
    for pattern in resolver.url_patterns:
        route = before + _filled(pattern)
        if isinstance(pattern, URLPattern):
            yield namespace + (pattern.name or "?"), f"/{route}"
        else:
            yield from addresses(pattern, route, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)


def _filled(pattern: URLPattern | URLResolver) -> str:
    described, converters = pattern.pattern, getattr(pattern.pattern, "converters", {})
    found = str(getattr(described, "_route", ""))
    for name, converter in converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().removeprefix("string")
        value = FILL.get(kind or "str", "bean-and-leaf")
        for shape in (f"<{kind or 'str'}:{name}>", f"<{name}>"):
            found = found.replace(shape, value)
    return found


ADDRESSES = [(name, address) for name, address in addresses(get_resolver()) if "<" not in address]
SERVED = defaultdict(set)
for row in ROWS:
    if set(row.expect.values()) != {405}:
        SERVED[row.url_name].add(row.method.upper())


@pytest.fixture
def strict(client: Client) -> Client:
    """A browser whose forms need their token, as in life: a method comes before it."""
    client.handler.enforce_csrf_checks = True
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["owner", *(pytest.param(who, marks=pytest.mark.nightly) for who in BY_NIGHT)])
@pytest.mark.parametrize("method", NEVER)
def test_no_page_serves_it(method: str, who: str, world: Any, strict: Client) -> None:
    if who in ALIKE:
        ALIKE[who].dress(world, strict)
    elif login := ACTORS[who]:
        strict.force_login(getattr(world, login))
    faults = []
    with CaptureQueriesContext(connection) as queries:
        for name, address in ADDRESSES:
            answer = strict.generic(method, address)
            page = b"405" in answer.content and answer.headers.get("Allow")
            if answer.status_code != 405 or not page:
                faults.append(f"{method} {name} {address}: {answer.status_code}")
    assert faults == []
    assert [q["sql"] for q in queries if q["sql"].startswith(WRITES) and not is_bookkeeping(q["sql"])] == []


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_what_has_no_row_in_the_table_is_not_served(method: str, world: Any, client: Client) -> None:
    client.force_login(world.owner)
    asked = "GET" if method == "HEAD" else method
    unserved = [
        (name, address) for name, address in ADDRESSES if not name.startswith(OTHERS) and asked not in SERVED[name]
    ]
    assert unserved
    answers = {f"{name} {address}": client.generic(method, address).status_code for name, address in unserved}
    assert {where: status for where, status in answers.items() if status != 405} == {}


def test_all_addresses_are_asked() -> None:
    names = {name for name, _ in ADDRESSES}
    assert len(names) > 200
    assert names >= {"loyalty:welcome", "loyalty:team", "members:counter-home", "admin:index", "account_login"}


def acts(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.method} was done")


def serves_put(request: HttpRequest) -> HttpResponse:
    return acts(request)


serves_put.served_methods = ("PUT",)  # type: ignore[attr-defined]
urlpatterns = [path("planted/", acts, name="planted"), path("put/", serves_put, name="put")]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_without_the_middleware_a_page_answers_put(settings: Any) -> None:
    assert Client().put("/planted/").status_code == 405
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if not each.endswith("OnlyServedMethods")]
    assert Client().put("/planted/").content == b"PUT was done"


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_view_may_declare_another_method(client: Client) -> None:
    assert client.put("/put/").status_code == 200
    assert client.get("/put/").status_code == 405

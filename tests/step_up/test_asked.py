"""Each address that asks for a fresh proof: refused without one, with nothing changed; done with one."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from config.safe_log_ins import SafeLogIns
from loyalty import step_up
from tests.permissions.test_table import ROWS, WRITES, is_bookkeeping
from tests.plugins.signing_in import let_lapse, show
from tests.step_up.asked import FREE_FILES, OURS, PACKAGES, Asked
from tests.step_up.codes import CODE, prove
from tests.world import World

pytestmark = pytest.mark.django_db
OPEN_BEFORE = ("mfa_activate_totp", "mfa_add_webauthn")
FACTOR = (reverse("mfa_reauthenticate"), reverse("mfa_reauthenticate_webauthn"))


def names(each: Asked) -> str:
    return f"{each.name}-{'get' if each.post is None else 'post'}"


def ask(client: Client, path: str, each: Asked) -> HttpResponse:
    return client.get(path) if each.post is None else client.post(path, each.post)


@pytest.fixture
def lapsed(client: Client, world: World) -> Client:
    """The owner's browser, a quarter of an hour after the log-in."""
    client.force_login(world.owner)
    let_lapse(client)
    return client


@pytest.mark.parametrize("each", [*OURS, *PACKAGES], ids=names)
def test_without_a_fresh_proof_it_is_asked_for_and_nothing_is_written(
    each: Asked, lapsed: Client, world: World
) -> None:
    path = each.path(world)
    with CaptureQueriesContext(connection) as queries:
        response = ask(lapsed, path, each)
    assert response.status_code == 302
    assert response.url.startswith((f"{CODE}?next=", *(f"{page}?next=" for page in FACTOR)))
    writes = [query["sql"] for query in queries if query["sql"].startswith(WRITES)]
    assert [sql for sql in writes if not is_bookkeeping(sql)] == []
    assert each.done is None or not each.done(world)


@pytest.mark.parametrize("each", [*OURS, *PACKAGES], ids=names)
def test_with_a_fresh_proof_nothing_is_asked(each: Asked, client: Client, world: World) -> None:
    path = each.path(world)
    client.force_login(world.owner)
    show(client, world.owner, "mfa")
    response = ask(client, path, each)
    assert response.status_code in (200, 302, 404)
    assert response.status_code == 200 or "next=" not in response.get("Location", "")
    assert each.done is None or each.done(world)


@pytest.mark.parametrize("each", OURS, ids=names)
def test_after_the_proof_what_was_asked_for_is_done(each: Asked, lapsed: Client, world: World) -> None:
    path = each.path(world)
    response = prove(lapsed, ask(lapsed, path, each).url)
    if each.download:
        assert response.context["url"] == path
        assert gives_a_file(ask(lapsed, path, each))
    elif each.post is None:
        assert response.url == path
        assert lapsed.get(path).status_code == 200
    else:
        assert response.status_code == 302
        assert each.done is not None
        assert each.done(world)


@pytest.mark.parametrize("each", OURS, ids=names)
def test_twin_with_the_guard_off_an_old_log_in_does_it(
    each: Asked, lapsed: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_up, "is_fresh", lambda request: True)
    response = ask(lapsed, each.path(world), each)
    assert response.status_code in (200, 302)
    assert not response.get("Location", "").startswith(CODE)
    assert each.done is None or each.done(world)


@pytest.mark.parametrize("each", [PACKAGES[0], *(each for each in PACKAGES if each.name in OPEN_BEFORE)], ids=names)
def test_twin_with_allauths_own_rule_a_log_in_without_a_factor_is_not_asked(
    each: Asked, lapsed: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = DefaultAccountAdapter.is_reauthentication_required
    monkeypatch.setattr(SafeLogIns, "is_reauthentication_required", plain)
    response = ask(lapsed, each.path(world), each)
    assert response.status_code in (200, 302)
    assert "next=" not in response.get("Location", "")


def patterns(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield namespace + (pattern.name or ""), pattern
        else:
            yield from patterns(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)


def test_the_list_names_every_view_that_asks() -> None:
    asking = {name for name, pattern in patterns(get_resolver()) if getattr(pattern.callback, "asks_for_proof", False)}
    assert asking == {each.name for each in OURS}


def gives_a_file(response: HttpResponse) -> bool:
    return "Content-Disposition" in response or not response["Content-Type"].startswith(("text/html", "text/css"))


def test_no_other_address_gives_a_file_to_an_old_log_in(world: World) -> None:
    """Every row of the permission table, by those who may most."""
    given = set()
    for row in ROWS:
        for actor in ("owner", "member_user"):
            if row.url_name.startswith(("loyalty:", "rewards:", "members:")):
                with transaction.atomic():
                    given |= {row.url_name} if gives_a_file(looked_at(row, actor, deepcopy(world))) else set()
                    transaction.set_rollback(True)
    pictures = {"loyalty:media", "members:app-icon", "members:service-worker"}
    assert given - pictures - set(FREE_FILES) == set()
    assert "members:statement-csv" in given


def looked_at(row: Any, actor: str, world: World) -> HttpResponse:
    client = Client()
    client.force_login(getattr(world, actor))
    let_lapse(client)
    cache.clear()
    kwargs = row.kwargs_from(world) if callable(row.kwargs_from) else row.kwargs_from
    data = row.data(world) if callable(row.data) else row.data
    return getattr(client, row.method)(reverse(row.url_name, kwargs=dict(kwargs)), dict(data))

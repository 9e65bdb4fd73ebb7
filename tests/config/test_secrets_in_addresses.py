"""Secrets that stand in addresses, of invitations and of links in mails: no log, cache or other page learns them."""

import io
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from gunicorn.config import Config
from gunicorn.glogging import Logger

from config import logs
from loyalty.domain import invitations
from loyalty.domain.outbox import Letter
from loyalty.models import Role
from members.queries.links import CONFIRMATION, token
from tests.world import NOW, World

SECRET = "s3cr3t-T0ken_ABC:1x:y"


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = before + str(getattr(pattern.pattern, "_route", ""))
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern, route)


def test_every_address_with_a_secret_is_known() -> None:
    """A text in an address is a secret of this name, or none: then it is a uuid, a number or a slug."""
    texts = [route for route in routes(get_resolver()) if "<str:" in route and not route.startswith("admin/")]
    assert {route.partition("/<str:token>")[0].rpartition("/")[2] for route in texts} == set(logs.SECRET_AFTER)


@pytest.mark.parametrize("after", logs.SECRET_AFTER)
@pytest.mark.parametrize("shape", [
    "GET /{}/{}/ HTTP/1.1", '"https://x.example/luna/{}/{}/"', "Not Found: /luna/{}/{}", "next=%2F{}%2F{}%2F",
    "/accounts/login/?next=/{}/{}/", "{{'path': '{}/x/{}/'}} /{}/{}/",
])  # fmt: skip
def test_what_follows_is_left_out(after: str, shape: str) -> None:
    said = shape.format(after, SECRET, after, SECRET) if shape.count("{}") > 2 else shape.format(after, SECRET)
    cleaned = logs.without_secrets(said)
    assert f"/{after}/{SECRET}".lower() not in cleaned.lower()
    assert f"%2F{after}%2F{SECRET}" not in cleaned


def test_what_somebody_looked_for_is_left_out() -> None:
    line = '192.0.2.1 "GET /counter/luna/?q=mia@example.com HTTP/1.1" 200 "https://x.example/counter/luna/?q=mia"'
    assert "mia" not in logs.without_secrets(line)
    assert logs.without_secrets(line).startswith('192.0.2.1 "GET /counter/luna/?*** HTTP/1.1" 200')


@pytest.mark.parametrize("said", ["3 invitations sent", "Why? Nobody knows", "/luna/confirm/", "/counter/luna/"])
def test_other_words_stay(said: str) -> None:
    assert logs.without_secrets(said) == said


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """All that is logged, by a handler of another maker."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.django_db
def test_djangos_lines_hold_no_secret(client: Client, lines: io.StringIO) -> None:
    client.delete(f"/invitations/{SECRET}/")
    client.get(f"/invitations/{SECRET}/nowhere/")
    assert lines.getvalue().count("/invitations/***/") == 2
    assert SECRET not in lines.getvalue()


@pytest.mark.django_db
def test_with_pythons_own_records_they_would(client: Client, lines: io.StringIO) -> None:
    logging.setLogRecordFactory(logging.LogRecord)
    try:
        client.delete(f"/invitations/{SECRET}/")
    finally:
        logs.keep_clean()
    assert SECRET in lines.getvalue()


def test_gunicorns_lines_hold_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    config = Config()
    config.set("accesslog", "-")
    log = Logger(config)
    address = f"/invitations/{SECRET}/"
    environ = {
        "REQUEST_METHOD": "GET", "RAW_URI": address, "PATH_INFO": address, "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"https://x.example/luna/confirm/{SECRET}/",
    }  # fmt: skip

    class Response:
        status, sent, headers = "200 OK", 5, ()

    class Request:
        headers = ()

    log.access(Response(), Request(), environ, timedelta(seconds=1))
    assert capsys.readouterr().out.count("***") == 2


def test_an_error_says_no_secret() -> None:
    error = ValueError(f"/invitations/{SECRET}/")
    record = logging.getLogger("x").makeRecord("x", 40, "f", 1, "failed", (), (ValueError, error, None))
    formatter = logs.CleanFormatter(site.LOGGING["formatters"]["line"]["format"])
    assert "/invitations/***/" in formatter.format(record)
    assert SECRET not in formatter.format(record).replace('f"/invitations/{SECRET}/"', "")


@pytest.fixture
def links(world: World) -> list[str]:
    """One address of each kind, and one of each that is not ours."""
    kept: list[str] = []

    def write(row: Any, secret: str) -> Letter:
        kept.append(secret)
        return Letter("x")

    invitations.invite(
        business=world.business, email="new@example.com", role=Role.CASHIER, write=write, by=world.at_console(), at=NOW
    )
    member = world.member
    portal = {
        "preferences": token(member, "email"), "unsubscribe": token(member, "email"),
        "consent-confirm": token(member, "email", CONFIRMATION),
    }  # fmt: skip
    slug = world.business.slug
    return [
        *(reverse("loyalty:invitation", kwargs={"token": secret}) for secret in kept),
        *(reverse(f"members:{name}", kwargs={"business": slug, "token": secret}) for name, secret in portal.items()),
        *(reverse(f"members:{name}", kwargs={"business": slug, "token": "x"}) for name in portal),
        reverse("loyalty:invitation", kwargs={"token": "x"}),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_cache_but_the_visitors_keeps_them(links: list[str], method: str) -> None:
    answers = [getattr(Client(), method)(link) for link in links]
    assert {answer["Cache-Control"] for answer in answers} == {"private, no-cache"}
    assert {answer["Referrer-Policy"] for answer in answers} == {"strict-origin"}


@pytest.mark.django_db
def test_who_is_signed_in_keeps_them_nowhere(links: list[str], world: World, client: Client) -> None:
    client.force_login(world.owner)
    assert {client.get(link)["Cache-Control"] for link in links} == {"no-store"}


@pytest.mark.django_db
def test_the_log_in_that_leads_on_to_one_tells_no_page(links: list[str], client: Client) -> None:
    assert client.get(reverse("account_login"), {"next": links[0]})["Referrer-Policy"] == "strict-origin"


@pytest.mark.django_db
def test_other_pages_tell_their_address_to_the_site_alone(client: Client) -> None:
    page = client.get("/")
    assert (page["Referrer-Policy"], page.has_header("Cache-Control")) == ("same-origin", False)


@pytest.mark.django_db
def test_a_form_of_such_a_page_is_taken(links: list[str]) -> None:
    """By HTTPS, with what a browser sends under this policy: the origin alone."""
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(links[1], secure=True)
    sent = {"csrfmiddlewaretoken": page.context["csrf_token"]}
    answer = browser.post(links[1], sent, secure=True, headers={"referer": "https://testserver/"})
    assert answer.status_code == 200

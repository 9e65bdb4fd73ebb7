"""What the environment may say, and what is refused."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

YEAR = "31536000"


def hsts(monkeypatch: pytest.MonkeyPatch, *, https: bool = True, **said: str) -> tuple[int, bool, bool]:
    for name, value in said.items():
        monkeypatch.setenv(f"HSTS_{name.upper()}", value)
    return env.read_hsts(https=https)


def test_it_begins_with_an_hour_of_this_host_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hsts(monkeypatch) == (3600, False, False)


def test_without_https_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hsts(monkeypatch, https=False, seconds=YEAR, subdomains="true") == (0, False, False)


def test_the_operator_may_say_more(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hsts(monkeypatch, seconds=YEAR, subdomains="true", preload="true") == (31_536_000, True, True)


@pytest.mark.parametrize(
    "said", [{}, {"seconds": YEAR}, {"subdomains": "true"}, {"seconds": "31535999", "subdomains": "true"}]
)
def test_the_lists_of_browsers_take_nothing_less(monkeypatch: pytest.MonkeyPatch, said: dict[str, str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="HSTS_PRELOAD needs"):
        hsts(monkeypatch, preload="true", **said)


def base_url(monkeypatch: pytest.MonkeyPatch, url: str | None, *, https: bool = True, mode: str = "production") -> str:
    if url is None:
        monkeypatch.delenv("BASE_URL", raising=False)
    else:
        monkeypatch.setenv("BASE_URL", url)
    return env.read_base_url(env.Mode(mode), hosts=["loyalty.example.com", "[::1]"], https=https)


@pytest.mark.parametrize(
    ("url", "https"),
    [
        ("https://loyalty.example.com", True),
        ("https://loyalty.example.com/", True),
        ("https://loyalty.example.com:8443", True),
        ("https://Loyalty.Example.Com", True),
        ("http://[::1]:8000", False),
        ("https://loyalty.example.com", False),
    ],
)
def test_links_lead_to_a_host_that_is_answered(monkeypatch: pytest.MonkeyPatch, url: str, https: bool) -> None:
    assert base_url(monkeypatch, url, https=https) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        *(None, "", "loyalty.example.com", "https://", "ftp://loyalty.example.com", "http://loyalty.example.com"),
        *("https://loyalty.example.com/shop", "https://loyalty.example.com?x=1", "https://me@loyalty.example.com"),
        *("https://[::1", "https://loyalty.example.com:port", "https://loyalty.example.com:99999"),
    ],
)
def test_production_says_where_it_is_reached(monkeypatch: pytest.MonkeyPatch, url: str | None) -> None:
    with pytest.raises(ImproperlyConfigured, match="it must say where people reach this installation"):
        base_url(monkeypatch, url)


def test_a_host_that_is_not_answered_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"leads to cafe\.example\.com, which ALLOWED_HOSTS does not name"):
        base_url(monkeypatch, "https://cafe.example.com")


def test_a_demo_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert base_url(monkeypatch, None, mode="demo") == "http://localhost:8000"

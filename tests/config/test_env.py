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

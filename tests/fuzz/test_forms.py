"""Every field of every form takes whatever is sent: it is taken or refused, and what was typed is kept."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.fuzz.asking import Answer, Prober, encoded
from tests.fuzz.forms import Shown
from tests.fuzz.pages import forms_of, texts
from tests.fuzz.reach import Reach
from tests.fuzz.values import CANARY, HOSTILE, VALUES

pytestmark = pytest.mark.django_db
SECRET = ("code", "pin", "again")
WRITTEN_DOWN = {"members:counter-till": ["loyalty_auditevent"]}  # a wrong PIN
TRAP = "website"  # hidden from people: only machines fill it in


def values_for(mark: str, reach: Reach) -> list[str]:
    """Return some hostile values that differ from field to field, and a tag."""
    return list(dict.fromkeys([HOSTILE[1], *reach.some(VALUES, mark)]))


def sent_to(shown: Shown, reach: Reach) -> Iterator[tuple[str, str, dict[str, list[str]]]]:
    """Yield what to send to a form: each of its fields with each hostile value, the others as they should be."""
    for name in sorted(shown.form.fields.keys() - {"csrfmiddlewaretoken"}):
        for value in values_for(f"{shown.name}.{name}", reach):
            yield name, value, {**shown.form.sent(), name: [value]}


def forgotten(shown: Shown, name: str, value: str, answer: Answer) -> bool:
    """Return whether a refused form no longer shows what was typed into a field."""
    if answer.status != 422 or not shown.form.fields[name].typed or name in (*SECRET, TRAP) or _is_no_text(value):
        return False
    kept = list(texts(forms_of(answer.text, shown.page.path), urlsplit(shown.form.action).path, name))
    return bool(kept) and all(_plain(text) != _plain(value) for text in kept)


def _is_no_text(value: str) -> bool:
    """Return whether halves of letters, or NUL, are in it, which no page can show again."""
    return any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in value)


def _plain(text: str) -> str:
    return "".join(text.split())


def send(shown: Shown, name: str, value: str, data: dict[str, list[str]]) -> None:
    who: Prober = shown.who
    if shown.form.method == "get":
        path = urlsplit(shown.form.action).path
        who.ask("GET", f"{path}?{encoded(data).decode()}")
        return
    answer = who.ask(
        "POST", shown.form.action, encoded(data), follow=CANARY in value, may_write=WRITTEN_DOWN.get(shown.name, ())
    )
    if forgotten(shown, name, value, answer):
        who.faults.append(f"{who.actor}: POST {shown.form.action} {name}={value[:60]!a}\n    what was typed is gone")


def test_every_field_takes_whatever_is_sent(forms: list[Shown], people: list[Prober], reach: Reach) -> None:
    for shown in forms:
        for name, value, data in sent_to(shown, reach):
            send(shown, name, value, data)
    faults = "\n".join(fault for who in people for fault in who.faults)
    assert not faults, faults

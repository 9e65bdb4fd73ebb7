"""Every address takes whatever stands in it, after its question mark, and in the request around it."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.fuzz.asking import FORM, Prober, encoded
from tests.fuzz.forms import Walk
from tests.fuzz.places import Place, Site
from tests.fuzz.reach import Reach
from tests.fuzz.values import CANARY, PARTS, QUERIES

pytestmark = pytest.mark.django_db

# What views read from the query; fields of forms that are sent by GET come to these.
NAMES = ["before", "after", "next", "kind", "person", "state", "language", "amount", "account", "card", "staff", "all",
         "at", "go", "slug", "proposed", "name", "zone", "colour", "q", "o", "p", "e", "_popup"]  # fmt: skip
BODIES = [
    ("application/json", b'{"amount": "1"}'),
    ("application/json", b"{"),
    ("text/plain", b"\xff\xfe\0"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhalf"),
    (FORM, b"%ff=%zz&&==&a;b&" + b"a=1&" * 500),
    (FORM, b"a=1&" * 1500),
    (FORM + "; charset=nonsense", b"amount=1"),
    ("", b""),
]  # fmt: skip
METHODS = ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "NONSENSE"]


def faults(people: list[Prober]) -> str:
    return "\n".join(fault for who in people for fault in who.faults)


def test_whatever_is_asked_after_the_question_mark(
    addresses: list[Place], walk: Walk, people: list[Prober], reach: Reach
) -> None:
    names = sorted(
        {*NAMES, *(name for shown in walk.forms if shown.form.method == "get" for name in shown.form.fields)}
    )
    for place in addresses:
        for who in walk.who_opens(place):
            for value in reach.some(QUERIES, place.name):
                who.ask("GET", f"{place.path}?{encoded({name: [value] for name in names}).decode()}")
            for name in reach.some(names, place.name):
                for value in reach.some(QUERIES, place.name + name):
                    who.ask("GET", f"{place.path}?{encoded({name: [value, value]}).decode()}")
    assert not faults(people), faults(people)


def changed(place: Place) -> Iterator[tuple[str, str]]:
    """Yield the parts of an address that can be something else, as they stand in it."""
    for name, value in place.parts.items():
        if f"/{value}" in place.path:
            yield name, f"/{value}"


def test_whatever_stands_in_an_address(addresses: list[Place], walk: Walk, people: list[Prober], reach: Reach) -> None:
    for place in addresses:
        for who in walk.who_opens(place):
            for name, part in changed(place):
                for value in reach.some(PARTS, place.name + name):
                    path = place.path.replace(part, "/" + quote(value.encode("utf-8", "surrogatepass"), safe=""), 1)
                    for method in ("GET", "POST"):
                        who.ask(method, path)
    assert not faults(people), faults(people)


def test_whatever_a_request_is(addresses: list[Place], walk: Walk, people: list[Prober], reach: Reach) -> None:
    for place in addresses:
        for who in walk.who_opens(place):
            for kind, body in reach.some(BODIES, place.name):
                who.ask("POST", place.path, body, kind)
            for method in reach.some(METHODS, place.name):
                who.ask(method, place.path)
    assert not faults(people), faults(people)


HEADERS = [
    {"accept-language": "x" * 2000}, {"accept-language": "hu;q=nan,\xff"}, {"hx-request": "true", "hx-target": "found"},
    {"hx-request": "true", "hx-current-url": "http://[::1"}, {"referer": f"http://testserver/<{CANARY}>"},
    {"user-agent": "🎁" * 100}, {"user-agent": f"<{CANARY}>" * 50}, {"x-forwarded-for": "nonsense"},
    {"cookie": "session=%00; csrf=\xff; till=x; language=xx"}, {"range": "bytes=9-1"}, {"accept": "\0"},
    {"if-modified-since": "never"}, {"cookie": "messages=forged"},
]  # fmt: skip


def test_whatever_stands_in_the_head(addresses: list[Place], walk: Walk, people: list[Prober], reach: Reach) -> None:
    for place in addresses:
        for who in walk.who_opens(place):
            for headers in reach.some(HEADERS, place.name):
                who.ask("GET", place.path, **headers)
    assert not faults(people), faults(people)


FOREIGN = {
    "sale": lambda world: world.other_business.sales.first(), "account": lambda world: world.other_member.account,
    "reward": lambda world: world.other_reward, "public_id": lambda world: world.other_reward,
    "member": lambda world: world.other_member, "person": lambda world: world.other_business.staff.first(),
    "purpose": lambda world: world.other_business.purposes.first(),
    "location": lambda world: world.other_business.locations.first(),
}  # fmt: skip


def test_nothing_of_another_business_is_reached(site: Site, addresses: list[Place], people: list[Prober]) -> None:
    (owner,) = (who for who in people if who.actor == "owner")
    reached = []
    for place in addresses:
        for name, part in changed(place):
            row = FOREIGN[name](site.world) if name in FOREIGN and not place.name.startswith("admin:") else None
            for method in ("GET", "POST") if row else ():
                path = place.path.replace(part, f"/{row.public_id}")
                if (answer := owner.ask(method, path)).status not in (404, 405):
                    reached.append(f"{method} {path}: {answer.status}")
    assert reached == []
    assert not faults(people), faults(people)


def test_a_business_that_is_not_there(addresses: list[Place], people: list[Prober]) -> None:
    for place in addresses:
        if "business" in place.parts:
            for slug in ("nobody", "LUNA"):
                for who in (people[0], people[-2]):
                    assert who.ask("GET", place.path.replace("/luna/", f"/{slug}/")).status in (404, 302, 405)
    assert not faults(people), faults(people)

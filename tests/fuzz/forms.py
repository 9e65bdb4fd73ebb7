"""A walk over every page of the site: who may open it, and the forms that it shows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.urls import resolve

from tests.fuzz.asking import Prober
from tests.fuzz.pages import Form, forms_of
from tests.fuzz.places import Place
from tests.permissions import PLATFORM

type Mark = tuple[object, ...]


@dataclass(frozen=True)
class Shown:
    """A form on somebody's page. name is the address that it is sent to."""

    who: Prober
    page: Place
    name: str
    form: Form

    @property
    def mark(self) -> Mark:
        """What tells forms apart: where they go, their fields and their buttons."""
        buttons = [one.choices for one in self.form.fields.values() if one.kind in ("submit", "button")]
        return (self.name, self.form.method, *sorted(self.form.fields), str(sorted(buttons)))


@dataclass
class Walk:
    """What was found. whole: by everybody, else by the first person that sees it."""

    people: list[Prober]
    whole: bool
    opened: dict[str, list[Prober]] = field(default_factory=dict)
    forms: list[Shown] = field(default_factory=list)

    def over(self, places: Iterable[Place]) -> "Walk":
        """Open every page as everybody who may see it."""
        known: set[Mark] = set()
        for place in places:
            for who in self._worth_asking(place):
                answer = who.ask("GET", place.path)
                who.tally.addresses.add(place.path)
                if answer.status == 200:
                    who.tally.pages.add(place.path)
                    self.opened.setdefault(place.path, []).append(who)
                    self._note(who, place, answer.text, known)
        return self

    def who_opens(self, place: Place) -> list[Prober]:
        """Return those who may open a page, and for one that only takes what is sent, or nobody opens, the owner."""
        found = self.opened.get(place.path, [])
        return found if self.whole and found else found[:1] or self.people[:1]

    def _worth_asking(self, place: Place) -> list[Prober]:
        if self.whole:
            return self.people
        wanted = {PLATFORM} if place.name.startswith("admin:") else {"owner", "member", "stranger", "anonymous"}
        return [who for who in self.people if who.actor in wanted]

    def _note(self, who: Prober, place: Place, html: str, known: set[Mark]) -> None:
        for form in forms_of(html, place.path):
            shown = Shown(who, place, resolve(urlsplit(form.action).path).view_name, form)
            mark = (*shown.mark, who.actor) if self.whole else shown.mark
            if mark not in known:
                known.add(mark)
                who.tally.forms.add(str(shown.mark))
                self.forms.append(shown)

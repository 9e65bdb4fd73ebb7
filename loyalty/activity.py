"""What audited acts are called: one word list per app, filled at start, so that no page knows every app.

register("reward", Topic(_("Rewards"), "gift", {"created": _("New reward")}, named=[Reward]))
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from loyalty.models import AuditEvent, Business

type Words = str | Promise
type Namer = Callable[[Collection[str]], Mapping[str, str]]

UNKNOWN = gettext_lazy("Something else was done")


@dataclass(frozen=True, slots=True)
class Topic:
    """What may happen to one kind of thing: a label for the kind, an icon, and words for each "<topic>.<word>" verb.

    named are models whose rows may be called by their own words: things and staff, never members. namers say how, for
    models that do not know their name themselves: names by id, as text, for a list of ids.
    """

    label: Words
    icon: str
    verbs: Mapping[str, Words]
    named: Sequence[type[Model]] = field(default_factory=tuple)
    namers: Mapping[type[Model], Namer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What an act was about, and what it changed, in the reader's language."""

    what: str
    details: Sequence[str] = ()


type Teller = Callable[["Business", "Sequence[AuditEvent]"], Mapping[int, Told]]

_topics: dict[str, Topic] = {}
_tellers: dict[str, Teller] = {}


def register(name: str, topic: Topic) -> None:
    """Add the words of a topic; the same name again replaces it."""
    _topics[name] = topic


def topics() -> dict[str, Topic]:
    """Return every topic by its name, in the order of registration."""
    return dict(_topics)


def words_for(verb: str) -> tuple[Words, str]:
    """Return the words and the icon of a verb; of an unknown one only that something was done."""
    name, _dot, act = verb.partition(".")
    topic = _topics.get(name)
    return (topic.verbs.get(act, UNKNOWN), topic.icon) if topic else (UNKNOWN, "circle")


def named_models() -> dict[str, type[Model]]:
    """Return the models whose rows may be named, by the name that the audit stores."""
    models = (model for topic in _topics.values() for model in topic.named)
    return {str(model._meta.model_name): model for model in models}


def names_of(model: type[Model], ids: Collection[str]) -> Mapping[str, str]:
    """Return what rows are called, by id as text. One query, or as many as the model's own way takes."""
    for topic in _topics.values():
        if model in topic.namers:
            return topic.namers[model](ids)
    return {str(pk): str(row) for pk, row in model._default_manager.in_bulk(list(ids)).items()}


def tell(object_type: str, teller: Teller) -> None:
    """Say how acts on one kind of thing are told: all of a page at once, by their primary keys."""
    _tellers[object_type] = teller


def told(business: "Business", events: "Sequence[AuditEvent]") -> Mapping[int, Told]:
    """Return what is told of a page of acts, by their primary keys; nothing of kinds that nobody tells of."""
    found: dict[int, Told] = {}
    for kind, teller in _tellers.items():
        mine = [event for event in events if event.object_type == kind]
        if mine:
            found |= teller(business, mine)
    return found

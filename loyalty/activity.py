"""What audited acts are called: one word list per app, filled at start, so that no page knows every app.

register("reward", Topic(_("Rewards"), "gift", {"created": _("New reward")}, named=[Reward]))
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

type Words = str | Promise

UNKNOWN = gettext_lazy("Something else was done")


@dataclass(frozen=True, slots=True)
class Topic:
    """What may happen to one kind of thing: a label for the kind, an icon, and words for each "<topic>.<word>" verb.

    named are models whose rows may be called by their own words: things and staff, never members.
    """

    label: Words
    icon: str
    verbs: Mapping[str, Words]
    named: Sequence[type[Model]] = field(default_factory=tuple)


_topics: dict[str, Topic] = {}


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

"""What members are asked, what they answered, and whether the business may write to them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from loyalty.models import Business
from members.engine.consent import Answer, ConsentState, Key, Kind, replay
from members.models import ConsentChannel, ConsentEvent, Member, Purpose, PurposeWording
from members.queries.notices import current_notice, with_use

__all__ = [
    "BOX",
    "ConsentState",
    "Question",
    "Topic",
    "current_notice",
    "may_contact",
    "questions",
    "state_of",
    "topics",
]

BOX = "consent-"
"""How the name of every box starts."""


@dataclass(frozen=True, slots=True)
class Question:
    """One box that a member may tick: a purpose on a channel. wording is what stands beside it, word for word."""

    purpose: Purpose
    channel: str
    name: str
    wording: str
    wording_version: int
    language: str

    @property
    def key(self) -> Key:
        return self.purpose.pk, self.channel

    @property
    def field_name(self) -> str:
        """The name of the box in a form; other words beside it make it another box."""
        return f"{BOX}{self.purpose.pk}-{self.channel}-{self.wording_version}"


def questions(business: Business, language: str, *, unused: bool = False) -> list[Question]:
    """Return every box that is asked, in its order, in a language or else in the business's own. Two queries.

    A purpose is asked while a use of it is named. unused: the others in use as well, for who answered them before.
    """
    rows = [(purpose, words) for purpose, words in purposes(business, language) if purpose.use or unused]
    return [question for purpose, words in rows for question in boxes(purpose, words)]


def boxes(purpose: Purpose, words: PurposeWording) -> list[Question]:
    """Return the boxes of one purpose, in its words; none if it is not asked."""
    return [
        Question(purpose, channel, words.name, words_for(words, channel), words.version, words.language)
        for channel in (purpose.channels if purpose.is_asked else ())
    ]


def purposes(business: Business, language: str, *, retired: bool = False) -> list[tuple[Purpose, PurposeWording]]:
    """Return the purposes in their order with their use, each with its words in a language or else the business's own.

    retired: those that are no longer in use as well. Two queries.
    """
    rows = with_use().filter(business=business).prefetch_related("wordings").order_by("position", "pk")
    if not retired:
        rows = rows.filter(retired_at=None)
    return [(purpose, latest_words(purpose.wordings.all(), language, business.language)) for purpose in rows]


def latest_words(wordings: Iterable[PurposeWording], *languages: str) -> PurposeWording:
    """Return the newest words in the first of the languages that has any, else the newest of all."""
    newest_first = sorted(wordings, key=lambda words: -words.version)
    for language in languages:
        for words in newest_first:
            if words.language == language:
                return words
    return newest_first[0]


def words_for(words: PurposeWording, channel: str) -> str:
    """Return the words beside the box of one channel: {channel} in them is filled in their own language."""
    with translation.override(words.language):
        phrases = {
            ConsentChannel.EMAIL.value: _("by e-mail"),
            ConsentChannel.SMS.value: _("by SMS"),
            ConsentChannel.POST.value: _("by post"),
            ConsentChannel.PHONE.value: _("by phone"),
        }
    return words.wording.replace("{channel}", phrases.get(channel, "")).strip()


@dataclass(frozen=True, slots=True)
class Choice:
    """A box and how it stands with one member; known tells whether the address that the channel needs is known."""

    question: Question
    state: ConsentState | None
    known: bool

    @property
    def is_on(self) -> bool:
        return self.state is not None and self.state.is_on

    @property
    def is_waiting(self) -> bool:
        return self.state is not None and self.state.is_waiting


@dataclass(frozen=True, slots=True)
class Topic:
    """A purpose with its name and words, and, if it is asked, one choice for each channel."""

    purpose: Purpose
    words: PurposeWording
    choices: list[Choice]


def topics(member: Member, language: str) -> list[Topic]:
    """Return every purpose with how it stands with a member. Three queries.

    Of those that are asked, only the ones with a use, and what the member once agreed to and may take back.
    """
    states = state_of(member)
    found = []
    for purpose, words in purposes(member.business, language):
        choices = [_choice(member, question, states) for question in boxes(purpose, words)]
        kept = [choice for choice in choices if purpose.use or choice.is_on]
        if kept or not purpose.is_asked:
            found.append(Topic(purpose, words, kept))
    return found


def _choice(member: Member, question: Question, states: dict[Key, ConsentState]) -> Choice:
    addresses = {
        ConsentChannel.EMAIL.value: member.email,
        ConsentChannel.SMS.value: member.phone,
        ConsentChannel.PHONE.value: member.phone,
    }
    return Choice(question, states.get(question.key), known=bool(addresses.get(question.channel, True)))


def state_of(member: Member) -> dict[Key, ConsentState]:
    """Return where every consent of a member stands, by replaying the events. One query."""
    rows = ConsentEvent.objects.filter(member=member).order_by("pk")
    history = rows.values_list("pk", "purpose_id", "channel", "kind", "at")
    return replay(Answer(pk, purpose, channel, Kind(kind), at) for pk, purpose, channel, kind, at in history)


def may_contact(member: Member, purpose_code: str, channel: str) -> bool:
    """Return whether the business may use a member's data for a purpose on a channel, now.

    Needs a purpose in use that knows the channel, an address proven to be the member's own, and, where the purpose
    rests on consent, a use that is named and a consent that is given and confirmed.
    """
    purpose = with_use().filter(business=member.business_id, code=purpose_code, retired_at=None).first()
    if purpose is None or channel not in purpose.channels or member.erased_at or not reachable(member, channel):
        return False
    if not purpose.is_asked:
        return True
    if not purpose.use:
        return False
    state = state_of(member).get((purpose.pk, channel))
    return state is not None and state.is_confirmed


def reachable(member: Member, channel: str) -> bool:
    """Return whether the address that a channel needs is known and proven to be the member's own."""
    if channel == ConsentChannel.EMAIL:
        return bool(member.email and member.email_confirmed_at)
    if channel in (ConsentChannel.SMS, ConsentChannel.PHONE):
        return bool(member.phone and member.phone_confirmed_at)
    return True

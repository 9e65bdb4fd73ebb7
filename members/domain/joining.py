"""The end of joining online: log-in, membership, answers and card, all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from loyalty.domain.actors import Actor
from loyalty.models import Business, Channel, User
from members.domain import claims, consent, enrolment
from members.domain.claims import ClaimError
from members.domain.consent import AnswerContext
from members.domain.enrolment import Entrance, Joined, Person
from members.domain.logins import login_for
from members.engine.consent import Key
from members.models import Notice
from members.queries.consent import questions


@dataclass(frozen=True, slots=True)
class Application:
    """Who wants to join: addresses are proven, a card may be attached, answers were given under a notice.

    claiming: only a membership that the counter made is wanted, no new one.
    """

    person: Person
    claiming: bool = False
    card: str = ""
    answers: Mapping[Key, bool] = field(default_factory=dict)
    notice: Notice | None = None
    context: AnswerContext | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The log-in, its membership (None: nothing was there to be claimed), and why the card was not attached, if so."""

    user: User
    joined: Joined | None
    card_refused: ClaimError | None = None


@transaction.atomic
def complete(*, business: Business, application: Application, user: User | None, at: datetime) -> Outcome:
    """Make the log-in (where there is none yet) and the membership, note the answers, attach the card.

    Who was a member before keeps the answers given before. Raises ClaimedByAnother, LogInClosed.
    """
    person = application.person
    login = user or login_for(email=person.email, name=person.name, language=person.language)
    by = Actor(Channel.PORTAL, login)
    enter = enrolment.claim_proven if application.claiming else enrolment.join
    joined = enter(business=business, user=login, person=person, by=by, at=at)
    if joined is None:
        return Outcome(login, None)
    if joined.how is not Entrance.RETURNED and application.notice and application.context:
        # An owner may have retired a purpose between the form and the code.
        asked = {question.key for question in questions(business, application.context.language)}
        answers = {key: ticked for key, ticked in application.answers.items() if key in asked}
        consent.record_answers(
            member=joined.member, answers=answers, notice=application.notice, context=application.context,
            by=by, at=at, confirmed=True,
        )  # fmt: skip
    return Outcome(login, joined, _attach(joined, application.card, by, at))


def _attach(joined: Joined, card: str, by: Actor, at: datetime) -> ClaimError | None:
    if not card:
        return None
    try:
        claims.attach_card(member=joined.member, code=card, by=by, at=at)
    except ClaimError as refused:
        return refused
    return None

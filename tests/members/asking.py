"""Asking members of the world about their data, through the domain."""

from datetime import datetime

from loyalty.domain.actors import Actor
from loyalty.models import Channel
from members.domain import consent
from members.domain.consent import AnswerContext
from members.models import CollectionMethod, ConsentEvent, Member
from members.queries.consent import current_notice, questions
from tests.world import NOW, World

NEWS_MAIL, NEWS_SMS, FITTING = ("news", "email"), ("news", "sms"), ("personal-offers", "none")
BOXES = (NEWS_MAIL, NEWS_SMS, FITTING)

type Box = tuple[str, str]


def context(method: CollectionMethod = CollectionMethod.WEB, *, ip: str | None = "203.0.113.7") -> AnswerContext:
    return AnswerContext(ip, "Firefox", method, "portal/join.html@0123456789abcdef", "en", evidence="form-1")


def key(member: Member, box: Box) -> tuple[int, str]:
    """Return the domain's key of a box: the purpose's id and the channel."""
    return next(q.key for q in questions(member.business, "en") if (q.purpose.code, q.channel) == box)


def wording(member: Member, box: Box) -> str:
    """Return the words that stand beside a box now."""
    return next(q.wording for q in questions(member.business, "en") if (q.purpose.code, q.channel) == box)


def herself(member: Member) -> Actor:
    """Return the member on her own pages."""
    return Actor(Channel.PORTAL, member.user)


def answer(
    member: Member, ticks: dict[Box, bool], *, at: datetime = NOW, by: Actor | None = None, confirmed: bool = True
) -> list[ConsentEvent]:
    """Record a filled-in form: by the member under her log-in, or by somebody else."""
    notice = current_notice(member.business, "en")
    assert notice is not None
    return consent.record_answers(
        member=member,
        answers={key(member, box): ticked for box, ticked in ticks.items()},
        notice=notice,
        context=context(CollectionMethod.COUNTER if by else CollectionMethod.WEB),
        by=by or herself(member),
        at=at,
        confirmed=confirmed and by is None,
    )


def at_the_till(world: World, ticks: dict[Box, bool], *, at: datetime = NOW) -> list[ConsentEvent]:
    """Let the cashier note what the member says."""
    return answer(world.member, ticks, at=at, by=world.at_counter())


def told(events: list[ConsentEvent]) -> list[tuple[str, str, str]]:
    """Return events as kind, purpose and channel."""
    return [(event.kind, event.purpose.code, event.channel) for event in events]

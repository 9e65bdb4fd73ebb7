"""Recording what members answer to the questions about their data: events are added, never changed."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.models import Channel
from members.domain.confirmation import ask_to_confirm
from members.engine import records
from members.engine.consent import ConsentState, Key, Kind, confirms, kinds_to_write
from members.models import CollectionMethod, ConsentActor, ConsentChannel, ConsentEvent, Member, Notice, Purpose
from members.queries.consent import questions, reachable, state_of
from members.queries.receipts import facts

ORIGIN_KEPT = timedelta(days=90)
MOST_TURNS, TURNS_WITHIN = 10, timedelta(hours=24)


class ConsentError(Exception):
    """An answer that is refused; nothing was written."""


class NotAsked(ConsentError):
    """The business does not ask this, or shows another business's notice."""


class TooManyTurns(ConsentError):
    """One question was answered with yes ten times within 24 hours, and no in between. A no is never refused."""


class OnlyTheMember(ConsentError):
    """Staff may note an answer and take a consent back, but only the member confirms one."""


@dataclass(frozen=True, slots=True)
class AnswerContext:
    """How and where an answer was given. form_version names the form and what it looked like; evidence is an id of
    what can be shown later: a form's key, a message, a filed paper. Never a name or an address."""

    ip: str | None
    user_agent: str
    collection_method: CollectionMethod
    form_version: str
    language: str
    evidence: str = ""


@transaction.atomic
def record_answers(
    *,
    member: Member,
    answers: Mapping[Key, bool],
    notice: Notice,
    context: AnswerContext,
    by: Actor,
    at: datetime,
    confirmed: bool,
) -> list[ConsentEvent]:
    """Record a filled-in form: one event for each answer that says something new, all under one receipt.

    A first tick is given, a first empty box is refused, a tick taken away is withdrawn. confirmed says that the member
    answers under a proven log-in; then a yes is confirmed at once on every channel whose address is proven, too.
    What staff notes goes to the member by mail, to be confirmed. A yes needs a purpose with a use, a no does not.
    Locks the member. Raises NotAsked, OnlyTheMember, TooManyTurns.
    """
    row = _lock(member)
    asked = {question.key: question for question in questions(row.business, context.language, unused=True)}
    if not answers.keys() <= asked.keys() or notice.business_id != row.business_id:
        raise NotAsked
    if any(ticked and not asked[key].purpose.use for key, ticked in answers.items()):
        raise NotAsked
    if confirmed and _actor(by) is not ConsentActor.MEMBER:
        raise OnlyTheMember
    chain = _Chain(row, context, by, at)
    states = state_of(row)
    turned_on = [key for key, ticked in answers.items() if ticked and key in states and not states[key].is_on]
    _check_turns(row, turned_on, at)
    for key, ticked in answers.items():
        proven = confirmed and reachable(row, key[1])
        for kind in kinds_to_write(states.get(key), ticked=ticked, proven=proven):
            question = asked[key]
            chain.add(
                kind,
                _Shown(question.purpose, key[1], question.wording, question.wording_version, question.language, notice),
            )
    if chain.actor is ConsentActor.STAFF:
        ask_to_confirm(member=row, events=chain.added, at=at)
    return chain.close()


def _check_turns(member: Member, turned_on: Sequence[Key], at: datetime) -> None:
    """Raise TooManyTurns where one of these was turned on too often of late; a first answer costs no query."""
    if turned_on:
        given = ConsentEvent.objects.filter(member=member, kind=Kind.GIVEN, at__gt=at - TURNS_WITHIN)
        turns = Counter(given.values_list("purpose_id", "channel"))
        if any(turns[key] >= MOST_TURNS for key in turned_on):
            raise TooManyTurns


@transaction.atomic
def confirm(
    *, member: Member, channel: str, context: AnswerContext, by: Actor, at: datetime, by_link: bool = False
) -> list[ConsentEvent]:
    """Confirm what was given for a channel whose address is proven (double opt-in).

    by_link: the answer came by a link that was sent to the address, which proves it. Whoever answers there is the
    member: what needs no address is confirmed as well. Confirming twice changes nothing. Locks the member.
    Raises OnlyTheMember.
    """
    if _actor(by) is not ConsentActor.MEMBER:
        raise OnlyTheMember
    row = _lock(member)
    if by_link:
        _prove(row, channel, at)
    waiting = {
        key: state
        for key, state in state_of(row).items()
        if state.is_waiting and confirms(channel, key[1]) and reachable(row, key[1])
    }
    return _answer_again(row, waiting, Kind.CONFIRMED, context, by, at)


def _prove(member: Member, channel: str, at: datetime) -> None:
    field = "email_confirmed_at" if channel == ConsentChannel.EMAIL else "phone_confirmed_at"
    if getattr(member, field) is None:
        setattr(member, field, at)
        member.save(update_fields=[field])


@transaction.atomic
def withdraw(
    *, member: Member, purpose_id: int, channel: str, context: AnswerContext, by: Actor, at: datetime
) -> list[ConsentEvent]:
    """Take one consent back, also of a retired purpose. Withdrawing twice changes nothing. Locks the member."""
    row = _lock(member)
    given = {key: state for key, state in state_of(row).items() if key == (purpose_id, channel) and state.is_on}
    return _answer_again(row, given, Kind.WITHDRAWN, context, by, at)


@transaction.atomic
def withdraw_all(
    *, member: Member, context: AnswerContext, by: Actor, at: datetime, channel: str = ""
) -> list[ConsentEvent]:
    """Take every consent back, or every one for a channel. Locks the member."""
    row = _lock(member)
    given = {key: state for key, state in state_of(row).items() if state.is_on and channel in ("", key[1])}
    return _answer_again(row, given, Kind.WITHDRAWN, context, by, at)


def _answer_again(
    member: Member, states: Mapping[Key, ConsentState], kind: Kind, context: AnswerContext, by: Actor, at: datetime
) -> list[ConsentEvent]:
    """Add an event of a kind to each of these consents, under the words and the notice they were given with."""
    chain = _Chain(member, context, by, at)
    given = ConsentEvent.objects.select_related("purpose", "notice").in_bulk(state.number for state in states.values())
    for state in states.values():
        before = given[state.number]
        chain.add(
            kind,
            _Shown(
                before.purpose, before.channel, before.wording, before.wording_version, before.language, before.notice
            ),
        )
    return chain.close()


def _lock(member: Member) -> Member:
    """Lock the member: two answers at once follow each other in the chain."""
    return Member.objects.select_for_update(of=("self",)).select_related("business").get(pk=member.pk)


def _actor(by: Actor) -> ConsentActor:
    if by.channel is Channel.PORTAL:
        return ConsentActor.MEMBER
    return ConsentActor.SYSTEM if by.channel is Channel.SYSTEM else ConsentActor.STAFF


@transaction.atomic
def forget_origins(*, at: datetime, limit: int = 1000) -> int:
    """Shorten network addresses and drop browsers of answers older than 90 days; return how many were forgotten.

    The chain stays whole: it holds these facts under seal only. Safe to run late, twice, or killed in the middle.
    """
    old = ConsentEvent.objects.exclude(seal_salt="").filter(at__lt=at - ORIGIN_KEPT).order_by("pk")[:limit]
    for event in old:
        ConsentEvent.objects.forget_origin(event, ip=shortened(event.ip))
    return len(old)


def shortened(ip: str | None) -> str | None:
    """Return the network that an address is in: the last byte of IPv4, the last ten of IPv6 are zero."""
    if ip is None:
        return None
    return str(ip_network(f"{ip}/{48 if ':' in ip else 24}", strict=False).network_address)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What an answer was an answer to."""

    purpose: Purpose
    channel: str
    wording: str
    wording_version: int
    language: str
    notice: Notice


class _Chain:
    """Adds events to the chain of a locked member; all of one act carry the same receipt."""

    def __init__(self, member: Member, context: AnswerContext, by: Actor, at: datetime) -> None:
        self.member, self.context, self.by, self.at = member, context, by, at
        self.actor = _actor(by)
        self.receipt_id: UUID = uuid4()
        last = ConsentEvent.objects.filter(member=member).order_by("pk").last()
        self.previous = last.hash if last else ""
        self.added: list[ConsentEvent] = []

    def add(self, kind: Kind, shown: _Shown) -> None:
        """Write one event with its hash."""
        offset = self.at.astimezone(ZoneInfo(self.member.business.time_zone)).utcoffset()
        assert offset is not None
        event = ConsentEvent(
            record_id=uuid4(),
            receipt_id=self.receipt_id,
            schema_version=records.SCHEMA_VERSION,
            business=self.member.business,
            member=self.member,
            purpose=shown.purpose,
            notice=shown.notice,
            channel=shown.channel,
            kind=kind.value,
            wording=shown.wording,
            wording_version=shown.wording_version,
            language=shown.language,
            at=self.at,
            utc_offset_minutes=int(offset.total_seconds() // 60),
            **self._origin(),
        )
        event.previous_hash = self.previous
        event.hash = self.previous = records.chain_hash(self.previous, facts(event))
        event.save(force_insert=True)
        self.added.append(event)

    def _origin(self) -> dict[str, object]:
        ip, user_agent, salt = self.context.ip, self.context.user_agent[:200], secrets.token_hex(16)
        return {
            "collection_method": self.context.collection_method.value,
            "form_version": self.context.form_version,
            "actor": self.actor.value,
            "staff": self.by.staff if self.actor is ConsentActor.STAFF else None,
            "user": self.by.user,
            "evidence": self.context.evidence,
            "ip": ip,
            "user_agent": user_agent,
            "seal": records.seal(salt, ip=ip, user_agent=user_agent),
            "seal_salt": salt,
        }

    def close(self) -> list[ConsentEvent]:
        """Return what was added; what staff did for a member goes to the audit as well."""
        if self.added and self.actor is ConsentActor.STAFF:
            _audit(self.added, self.by, self.at)
        return self.added


def _audit(added: Iterable[ConsentEvent], by: Actor, at: datetime) -> None:
    first, *_ = added
    kinds = [f"{event.kind}:{event.purpose.code}:{event.channel}" for event in added]
    audit.record(verb="consent.recorded", by=by, at=at, business=first.business, obj=first.member, answers=kinds)

"""Becoming a member: at the counter, online, or by claiming what the counter made."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError, transaction

from loyalty.domain import audit
from loyalty.domain.accounts import open_account
from loyalty.domain.actors import Actor
from loyalty.models import Account, Business, User
from members.engine.names import folded
from members.models import Member, MemberSource


class AlreadyMember(Exception):
    """Another member of this business has the e-mail address or phone number; member is that one."""

    def __init__(self, member: Member | None) -> None:
        super().__init__("already a member")
        self.member = member


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a person; email in small letters, phone in E.164, either may be empty."""

    name: str
    email: str = ""
    phone: str = ""
    language: str = ""


@transaction.atomic
def enrol(
    *,
    business: Business,
    person: Person,
    source: MemberSource,
    by: Actor,
    at: datetime,
    account: Account | None = None,
) -> Member:
    """Make a person a member, with a fresh account or with one that an import opened. Raises AlreadyMember."""
    known = find_by_contact(business, person)
    if known:
        raise AlreadyMember(known)
    try:
        with transaction.atomic():
            member = Member.objects.create(
                business=business,
                account=account or open_account(business=business, at=at),
                name=person.name,
                search_name=folded(person.name)[:80],
                email=person.email,
                phone=person.phone,
                phone_tail=person.phone[-4:],
                language=person.language or business.language,
                source=source,
                enrolled_by=by.staff,
                joined_at=at,
            )
    except IntegrityError:
        raise AlreadyMember(find_by_contact(business, person)) from None
    audit.record(verb="member.enrolled", by=by, at=at, business=business, obj=member, source=source.value)
    return member


def find_by_contact(business: Business, person: Person) -> Member | None:
    """Return the member of the business who has this e-mail address or this phone number, if any."""
    members = Member.objects.filter(business=business)
    by_email = members.filter(email=person.email).first() if person.email else None
    return by_email or (members.filter(phone=person.phone).first() if person.phone else None)


class ClaimedByAnother(Exception):
    """The membership belongs to another log-in already."""


@transaction.atomic
def claim(*, member: Member, user: User, at: datetime, by: Actor) -> Member:
    """Give a membership to the log-in that has proven its e-mail address or phone. Claiming twice changes nothing.

    The caller has checked the proof. Raises ClaimedByAnother; also when the log-in has another membership here.
    """
    row = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if row.user_id == user.pk:
        return row
    if row.user_id or Member.objects.filter(business=row.business_id, user=user).exists():
        raise ClaimedByAnother
    row.user, row.claimed_at = user, at
    if row.email == user.email:
        row.email_confirmed_at = row.email_confirmed_at or at
    row.save(update_fields=["user", "claimed_at", "email_confirmed_at"])
    audit.record(verb="member.claimed", by=by, at=at, business=row.business, obj=row)
    return row


class LogInClosed(Exception):
    """The log-in was switched off by the platform's staff."""


class Entrance(StrEnum):
    """How a log-in came to its membership."""

    JOINED = "joined"
    CLAIMED = "claimed"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Joined:
    """A log-in's membership, and whether it is new, was made at the counter, or had been there before."""

    member: Member
    how: Entrance


@transaction.atomic
def join(*, business: Business, user: User, person: Person, by: Actor, at: datetime) -> Joined:
    """Make a log-in a member, or give it the membership that the counter made with its e-mail address or phone.

    The caller has proven person.email and, if it is given, person.phone. A phone of a member with another log-in is
    left with them. Joining twice, also at once, changes nothing. Locks the log-in.
    Raises ClaimedByAnother, LogInClosed.
    """
    login = User.objects.select_for_update().get(pk=user.pk)
    if not login.is_active:
        raise LogInClosed
    own = Member.objects.filter(business=business, user=login, erased_at=None).first()
    if own:
        return Joined(own, Entrance.RETURNED)
    try:
        return _enter(business, login, person, by, at)
    except AlreadyMember:
        # The counter enrolled the same person at the same moment.
        return _enter(business, login, person, by, at)


@transaction.atomic
def claim_proven(*, business: Business, user: User, person: Person, by: Actor, at: datetime) -> Joined | None:
    """Give a log-in the membership that the counter made with its e-mail address or phone, or return None.

    As join(), but makes no new member.
    """
    if Member.objects.filter(business=business, user=user, erased_at=None).exists() or _claimable(business, person):
        return join(business=business, user=user, person=person, by=by, at=at)
    return None


def _enter(business: Business, user: User, person: Person, by: Actor, at: datetime) -> Joined:
    known = _claimable(business, person)
    if known:
        return Joined(_complete(claim(member=known, user=user, at=at, by=by), person, at), Entrance.CLAIMED)
    if person.phone and Member.objects.filter(business=business, phone=person.phone).exists():
        person = replace(person, phone="")
    member = enrol(business=business, person=person, source=MemberSource.PORTAL, by=by, at=at)
    return Joined(_complete(claim(member=member, user=user, at=at, by=by), person, at), Entrance.JOINED)


def _claimable(business: Business, person: Person) -> Member | None:
    """Return the membership that a proven e-mail address or phone gives a right to."""
    known = find_by_contact(business, person)
    taken_phone = known and known.user_id and known.email != person.email
    return None if taken_phone else known


def _complete(member: Member, person: Person, at: datetime) -> Member:
    """Fill in what the counter left empty, and keep what was proven."""
    member.name = member.name or person.name
    member.search_name = folded(member.name)[:80]
    member.email = member.email or person.email
    member.language = person.language or member.language
    if member.email == person.email:
        member.email_confirmed_at = member.email_confirmed_at or at
    if person.phone and member.phone in ("", person.phone):
        member.phone, member.phone_tail = person.phone, person.phone[-4:]
        member.phone_confirmed_at = member.phone_confirmed_at or at
    confirmed = ["email_confirmed_at", "phone_confirmed_at"]
    member.save(update_fields=["name", "search_name", "email", "phone", "phone_tail", "language", *confirmed])
    return member

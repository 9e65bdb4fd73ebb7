"""What is done at the till: sales, refunds, rewards handed out, people enrolled, and all of it undone.

A cashier undoes within the business's undo minutes and refunds on the day itself; a manager at any time. Nobody
touches the own membership. An account without a person is served like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from loyalty.domain import locks, refunds, sales
from loyalty.domain.accounts import open_account
from loyalty.domain.actors import Actor
from loyalty.domain.refunds import Back, Outcome
from loyalty.engine.days import local_day
from loyalty.models import Account, Business, Channel, Refund, Role, Sale, SaleSource
from loyalty.queries.accounts import at_card
from members.domain import consent, enrolment, visits
from members.domain.consent import AnswerContext
from members.domain.enrolment import Person
from members.domain.recording import record
from members.engine.consent import Key
from members.models import Member, MemberSource, Notice
from members.queries.till import owner_of
from rewards.domain import redemptions, vouchers
from rewards.models import Redemption, Reward, Voucher

__all__ = ["record"]


class CounterError(Exception):
    """Something that is not done at the till; nothing was written."""


class RefundTooLate(CounterError):
    """The day of the sale is over: a manager records the refund."""


class NotBookedHere(CounterError):
    """The sale came from an import or another till, and is undone there."""


class CardTaken(CounterError):
    """The card belongs to somebody already."""


def is_manager(by: Actor) -> bool:
    """Return whether who acts may do what a cashier may do only for a while."""
    return by.staff is not None and by.staff.may(Role.MANAGER)


def undo_sale(*, sale: Sale, by: Actor, at: datetime) -> Sale:
    """Undo a sale that was recorded at the till; twice changes nothing.

    Raises OwnMembership, NotBookedHere, sales.UndoTooLate.
    """
    _check_not_own(sale.account, by)
    if sale.source != SaleSource.COUNTER:
        raise NotBookedHere
    return sales.undo(sale=sale, key=f"till:undo:{sale.pk}", by=by, at=at, any_time=is_manager(by))


def refund(
    *,
    sale: Sale,
    key: str,
    by: Actor,
    at: datetime,
    amount: int | None = None,
    lines: Mapping[int, int] | None = None,
) -> Refund:
    """Record that a part or all of a sale was given back: an amount in smallest parts, or thousandths of its lines.

    Raises OwnMembership, RefundTooLate, and what loyalty.domain.refunds.refund raises.
    """
    _check_refund(sale, by, at)
    return refunds.refund(sale=sale, amount=amount, lines=lines, key=key, by=by, at=at, happened_at=at)


def preview_refund(*, sale: Sale, back: Back, by: Actor, at: datetime) -> Outcome:
    """Return what such a refund would do, without booking it. Raises what refund() raises."""
    _check_refund(sale, by, at)
    return refunds.preview(sale=sale, back=back, by=by, at=at)


def _check_refund(sale: Sale, by: Actor, at: datetime) -> None:
    _check_not_own(sale.account, by)
    if not may_refund(sale, by, at):
        raise RefundTooLate


def may_refund(sale: Sale, by: Actor, at: datetime) -> bool:
    """Return whether a sale is of today, in the business's zone, or who acts is a manager."""
    zone = sale.business.time_zone
    return is_manager(by) or local_day(sale.recorded_at, zone) == local_day(at, zone)


def hand_out(*, reward: Reward, account: Account, key: str, by: Actor, at: datetime) -> Redemption:
    """Take a reward for a member and hand it over at once. Raises OwnMembership, and what redemptions.redeem raises."""
    _check_not_own(account, by)
    return redemptions.redeem(reward=reward, account=account, key=key, by=by, at=at, hand_out=True)


def use_voucher(*, voucher: Voucher, key: str, by: Actor, at: datetime) -> Voucher:
    """Hand over what a voucher is for, once for a key. Raises OwnMembership, VoucherNotGood."""
    _check_not_own(voucher.redemption.account, by)
    return vouchers.use(voucher=voucher, key=key, by=by, at=at)


def undo_voucher(*, voucher: Voucher, by: Actor, at: datetime, reason: str = "") -> None:
    """Undo what was handed out: a voucher is good again; what was taken at the till is not taken.

    Once the undo minutes are over only a manager does it, and says why. Twice changes nothing. Raises OwnMembership,
    redemptions.UndoTooLate, PutBackTooLate, undoing.ReasonMissing.
    """
    taken, any_time = voucher.redemption, is_manager(by)
    _check_not_own(taken.account, by)
    if taken.channel == Channel.COUNTER:
        key = f"till:{taken.pk}"
        redemptions.undo(redemption=taken, key=key, by=by, at=at, any_time=any_time, reason=reason)
    else:
        vouchers.put_back(voucher=voucher, by=by, at=at, any_time=any_time, reason=reason)


def redo_voucher(*, voucher: Voucher, by: Actor, at: datetime) -> Redemption:
    """Undo the last undo of a voucher; return the redemption that stands now. Twice changes nothing.

    Raises OwnMembership, and what redemptions.redo raises.
    """
    _check_not_own(voucher.redemption.account, by)
    return redemptions.redo(redemption=voucher.redemption, by=by, at=at, any_time=is_manager(by))


def _check_not_own(account: Account | None, by: Actor) -> None:
    member = owner_of(account) if account else None
    if member:
        visits.check_not_own(member, by)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a customer said yes to at the counter, under which privacy text, and how it was asked."""

    given: Mapping[Key, bool]
    notice: Notice
    context: AnswerContext


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to enrol. card is the valid code of a printed card, or of an account that has no person yet."""

    person: Person
    card: str = ""
    answers: Answers | None = field(default=None)


@transaction.atomic
def enrol(*, business: Business, newcomer: Newcomer, by: Actor, at: datetime) -> Member:
    """Enrol somebody; what they said yes to is noted and waits for their own confirmation, asked for by mail.

    Raises AlreadyMember, CardTaken. Locks the account of the card.
    """
    account = _account_at(business, newcomer.card, at) if newcomer.card else None
    member = enrolment.enrol(
        business=business, person=newcomer.person, source=MemberSource.COUNTER, by=by, at=at, account=account
    )
    answers = newcomer.answers
    if answers and answers.given:
        consent.record_answers(
            member=member, answers=answers.given, notice=answers.notice, context=answers.context, by=by, at=at,
            confirmed=False,
        )  # fmt: skip
    return member


def _account_at(business: Business, card: str, at: datetime) -> Account:
    """Return the account that waits under a card code, or open one there."""
    found = at_card(business, card)
    if found is None:
        try:
            return open_account(business=business, at=at, card_code=card)
        except IntegrityError:
            raise CardTaken from None
    account = locks.lock_account(found)
    if account.closed_at or Member.objects.filter(account=account).exists():
        raise CardTaken
    return account

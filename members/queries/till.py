"""What the till shows of a customer: what is there, what can be had, what a purchase would earn."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, UUIDField
from django.utils.translation import gettext as _

from loyalty.domain import sales
from loyalty.domain.sale_input import SaleInput
from loyalty.engine import codes
from loyalty.engine.days import local_day
from loyalty.engine.earn import earn
from loyalty.engine.facts import CustomerFacts, SaleFacts
from loyalty.engine.rules import Conditions, Method, ProgramRules, Trigger
from loyalty.models import Account, Business, Sale, StaffRole, Unit
from loyalty.queries.accounts import current
from loyalty.queries.explain import quantity_in_words, rules_in_words
from loyalty.queries.ledger import UnitBalance, balances_of
from loyalty.queries.prepared import Given, Prepared
from loyalty.queries.program import LiveProgram, live_program, program_that_is_live, which_is_live
from loyalty.queries.reasons import locale, signed_in_words
from members.engine import names
from members.models import Member
from members.queries.coming import Coming, coming_losses
from members.queries.dashboard import Expires, Panel, by_day, panel
from rewards.models import Reward, Voucher
from rewards.queries.catalogue import RewardRow, catalogue_for, open_vouchers_of

SOON = timedelta(days=30)
LAST = 3


@dataclass(frozen=True, slots=True)
class Customer:
    """Who stands at the till: an account, and the person it belongs to, if it is known."""

    account: Account
    member: Member | None

    @property
    def name(self) -> str:
        return self.member.name if self.member else ""

    @property
    def initials(self) -> str:
        return names.initials(self.name)

    @property
    def card(self) -> str:
        return codes.grouped(self.account.card_code)

    def is_own(self, staff: StaffRole | None) -> bool:
        """Return whether it is the membership of who serves."""
        return bool(staff and self.member and self.member.belongs_to(staff.user))


def customer_at(business: Business, public_id: UUID) -> Customer | None:
    """Return whom an open account of the business, or the one that it leads to, belongs to. One query."""
    found = at_till(business, public_id)
    return found[0] if found else None


def at_till(business: Business, public_id: UUID) -> "tuple[Customer, Terms | None] | None":
    """Return the same, and what the till asks for by the program that is live, or None. One query for both."""
    account = _ACCOUNT.one(business=business.pk, public_id=public_id)
    if account is None:
        return None
    live: UUID | None = getattr(account, LIVE)
    terms = Terms(program_that_is_live(business, live)) if live else None
    return customer_of(current(account), business), terms


LIVE = "live_version"
_ACCOUNT = Prepared(
    lambda: Account.objects.filter(
        business=Given("business", BigIntegerField()), public_id=Given("public_id", UUIDField()), closed_at=None
    ).annotate(**{LIVE: which_is_live()}),
    *("member", "merged_into", "merged_into__member"),
)


def customer_of(account: Account, business: Business) -> Customer:
    """Return the customer of an account that was read together with its member."""
    member = owner_of(account)
    account.business = business
    if member:
        member.business, member.account = business, account
    return Customer(account, member)


def owner_of(account: Account) -> Member | None:
    """Return whose account it is, if anybody's."""
    member: Member | None = getattr(account, "member", None)
    return member


def facts_of(account: Account | None) -> CustomerFacts:
    """Return what earning rules may know of whom an account belongs to; of a walk-in nothing."""
    member = owner_of(account) if account else None
    if member:
        return customer_facts(member)
    return CustomerFacts(joined_on=local_day(account.opened_at, account.business.time_zone) if account else None)


def customer_facts(member: Member) -> CustomerFacts:
    """Return what earning rules may know of a member."""
    return CustomerFacts(joined_on=local_day(member.joined_at, member.business.time_zone))


@dataclass(frozen=True, slots=True)
class Terms:
    """What the till asks for, by the live program: purchases or only visits, tax, what was bought."""

    program: LiveProgram

    @property
    def purchases(self) -> bool:
        """Whether money or a purchase earns anything."""
        return any(
            rule.trigger is Trigger.PURCHASE or rule.method is not Method.FLAT for rule in self.program.rules.rules
        )

    @property
    def visits(self) -> bool:
        """Whether a visit without a purchase earns anything."""
        return any(rule.trigger is Trigger.VISIT for rule in self.program.rules.rules)

    @property
    def before_tax(self) -> bool:
        return any(rule.before_tax for rule in self.program.rules.rules)

    @property
    def lines(self) -> bool:
        """Whether it matters what was bought."""
        return bool(self.items or self.categories) or any(
            rule.method is Method.PER_ITEM for rule in self.program.rules.rules
        )

    @property
    def items(self) -> list[str]:
        return sorted(frozenset().union(*(c.included_items | c.excluded_items for c in self._conditions)))

    @property
    def categories(self) -> list[str]:
        return sorted(frozenset().union(*(c.included_categories | c.excluded_categories for c in self._conditions)))

    @property
    def _conditions(self) -> list[Conditions]:
        return [*self.program.rules.rules, *self.program.rules.bonuses]

    def in_words(self) -> list[str]:
        """Return the earning rules in words."""
        return rules_in_words(self.program, locale())


def terms_of(business: Business) -> Terms | None:
    """Return what the till asks for, or None while the business is not live. Four queries at most."""
    program = live_program(business)
    return Terms(program) if program else None


@dataclass(frozen=True, slots=True)
class Gain:
    """What a purchase would earn of a unit, what could be spent then, in words, and from when it is good if later."""

    unit: Unit
    words: str
    then: str
    first_good_day: date | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a purchase or visit would earn; limits says why it is less than usual."""

    gains: list[Gain]
    limits: list[str]


def forecast(account: Account, sale: SaleInput, program: LiveProgram, held: list[UnitBalance]) -> Forecast:
    """Return what a sale would earn, without booking it. One query where rules have a daily limit, else none."""
    business, facts = account.business, facts_of(account)
    awards = {award.unit: award.amount for award in sales.preview(business, account, sale, program, facts)}
    usual = unlimited(program, sale.facts(ZoneInfo(business.time_zone)), facts)
    balances = {balance.unit.pk: balance.amount - balance.owed for balance in held}
    day = local_day(sale.at, business.time_zone)
    gains = []
    for code, amount in awards.items():
        unit = program.units[code]
        then = quantity_in_words(max(balances.get(unit.pk, 0) + amount, 0), unit, locale())
        gains.append(Gain(unit, signed_in_words(amount, unit), then, program.good_from(unit, day)))
    return Forecast(gains, limits_reached(program, awards, usual))


def unlimited(program: LiveProgram, sale: SaleFacts, facts: CustomerFacts) -> dict[str, int]:
    """Return what a sale would earn by unit if no rule had a limit; nothing where none has."""
    if not program.limited:
        return {}
    free = tuple(rule.without_limits() for rule in program.rules.rules)
    rules: ProgramRules = replace(program.rules, rules=free)
    return {award.unit: award.amount for award in earn(rules, sale, facts)}


def limits_reached(program: LiveProgram, awarded: Mapping[str, int], usual: Mapping[str, int]) -> list[str]:
    """Return a sentence for each unit of which less was awarded than its rules give without their limits."""
    short = [program.units[code] for code, amount in usual.items() if awarded.get(code, 0) < amount]
    return [_("Today's limit of %(unit)s is reached.") % {"unit": unit.name} for unit in short]


class MemberPage:
    """Everything the till shows of a customer at a moment. Twelve queries at most, however much there is."""

    def __init__(self, customer: Customer, terms: Terms | None, at: datetime) -> None:
        account = customer.account
        self.customer, self.account, self.member = customer, account, customer.member
        self.today: date = local_day(at, account.business.time_zone)
        self.held = balances_of(account, at)
        self.terms = terms
        self.rewards: list[RewardRow] = catalogue_for(account, account.business, self.today)
        self.vouchers: list[Voucher] = open_vouchers_of(account, self.today)
        self.last = last_sales(account)

    @cached_property
    def panels(self) -> list[Panel]:
        """Each unit with its balance, its stamps and the way to the next reward."""
        return [panel(balance, self.rewards, self.today) for balance in self.held]

    @property
    def standing(self) -> list[tuple[Panel, int]]:
        """The panels, none of them with anything fresh."""
        return [(each, 0) for each in self.panels]

    @property
    def ready(self) -> list[RewardRow]:
        """What can be handed out now, the dearest first."""
        return sorted((row for row in self.rewards if row.reachable), key=lambda row: -row.cost)

    @property
    def coming(self) -> list[Coming]:
        """What a change of expiry ends, and when: the customer is told here, too."""
        return coming_losses(self.held)

    @property
    def soon(self) -> list[Expires]:
        """What runs out within a month."""
        return [part for part in by_day(self.held) if part.last_good_day <= self.today + SOON]


def last_sales(account: Account) -> list[Sale]:
    """Return the last purchases and visits of an account that were not undone."""
    return list(Sale.objects.filter(account=account, undone_at=None).order_by("-at", "-pk")[:LAST])


def reward_at(business: Business, public_id: UUID) -> Reward | None:
    """Return a reward of the business, in whatever state."""
    return Reward.objects.filter(business=business, public_id=public_id).select_related("unit").first()


def serving(business: Business, staff_id: int | None) -> StaffRole | None:
    """Return who serves at a shared till of the business (None: nobody, it is locked), if they still work there."""
    if staff_id is None:
        return None
    team = StaffRole.objects.filter(business=business, ended_at=None, user__is_active=True)
    return team.filter(pk=staff_id).select_related("user", "location").first()

"""The shop that is measured: one program, some members, purchases through the product's own front door."""

import random
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import uuid4

from django.utils import timezone

from loyalty.domain import businesses, program
from loyalty.domain.actors import Actor
from loyalty.domain.businesses import BusinessDetails
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.domain.sale_input import Recorded, SaleInput
from loyalty.models import Account, Balance, Business, Channel, StaffRole, Unit, UnitKind, User
from loyalty.queries.verify import verify
from members.domain import enrolment, visits
from members.domain.enrolment import Person
from members.models import Member, MemberSource

MEMBERS = 200


class NotSound(AssertionError):
    """The books do not add up after a run: its figures are worth nothing."""


@dataclass
class Shop:
    """A business with members who have bought before, and who serves there."""

    role: StaffRole
    members: list[Member]
    unit: Unit
    rng: random.Random = field(default_factory=partial(random.Random, 2026))

    @property
    def business(self) -> Business:
        return self.role.business

    @property
    def by(self) -> Actor:
        return Actor(Channel.COUNTER, self.role.user, self.role)

    def anybody(self) -> Member:
        return self.rng.choice(self.members)

    def book(self, member: Member | None = None) -> Recorded:
        """Book a purchase as the till does: keyed, checked, by the live program, with its audit event."""
        total = self.rng.randrange(100, 20000)
        now = timezone.now()
        sale = SaleInput(key=str(uuid4()), at=now, total=total, total_before_tax=total)
        return visits.record_visit(member=member or self.anybody(), sale=sale, by=self.by, at=now)


def open_shop(*, members: int = MEMBERS, name: str = "bench") -> Shop:
    """Open a shop that gives a point per 1.00, good for twelve months; each member has bought once."""
    now = timezone.now()
    owner = User.objects.create_user(f"owner@{name}.example", name="Owner")
    details = BusinessDetails(
        name=name, slug=name, currency="EUR", time_zone="Europe/Berlin", language="en", contact_email="a@b.example"
    )
    role = businesses.open_business(details=details, by=Actor(Channel.CONSOLE, owner), at=now)
    unit = _go_live(role, now)
    shop = Shop(role, [], unit)
    shop.members += [_member(shop, number, now) for number in range(members)]
    for member in shop.members:
        shop.book(member)
    return shop


def found_shop(*, name: str = "bench") -> Shop:
    """Return a shop that another process has opened."""
    business = Business.objects.get(slug=name)
    role = StaffRole.objects.select_related("business", "user", "location").get(business=business)
    members = list(Member.objects.filter(business=business).select_related("account").order_by("pk"))
    for member in members:
        member.business = member.account.business = business
    return Shop(role, members, Unit.objects.get(business=business), random.Random())


def _go_live(role: StaffRole, at: datetime) -> Unit:
    by = Actor(Channel.CONSOLE, role.user, role)
    units = [UnitDraft("points", UnitKind.POINTS, "points", "point", expiry="months", expiry_count=12)]
    rules = [RuleDraft("points", "1 point per 1.00", "purchase", "per_amount", 1, per_amount=100)]
    program.draft(business=role.business, name="Club", units=units, rules=rules, by=by, at=at)
    program.go_live(business=role.business, by=by, at=at)
    return Unit.objects.get(business=role.business)


def _member(shop: Shop, number: int, at: datetime) -> Member:
    person = Person(name=f"Member {number}", email=f"m{number}@{shop.business.slug}.example")
    return enrolment.enrol(business=shop.business, person=person, source=MemberSource.COUNTER, by=shop.by, at=at)


def check_books() -> int:
    """Prove every invariant of the ledger from its rows; return how much is outstanding. Raises NotSound."""
    faults = [f"{finding.invariant}: {fault}" for finding in verify() for fault in finding.faults]
    if faults:
        raise NotSound("; ".join(faults[:5]))
    return sum(Balance.objects.values_list("amount", flat=True))


def hot_account(shop: Shop) -> Account:
    """Return the account on which everybody books at once."""
    return shop.members[0].account


def claimed_member(shop: Shop, name: str) -> Member:
    """Return a new member who has a log-in."""
    now = timezone.now()
    user = User.objects.create_user(f"{name}@{shop.business.slug}.example", name=name)
    person = Person(name=name, email=user.email)
    member = enrolment.enrol(business=shop.business, person=person, source=MemberSource.COUNTER, by=shop.by, at=now)
    return enrolment.claim(member=member, user=user, at=now, by=Actor(Channel.PORTAL, user))

"""The people and businesses that tests are about, made through the product's own domain functions.

Luna is a café with points, a stamp card and a reward; Sol is somebody else's salon. Times are passed in.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from loyalty.domain import businesses, program, staff
from loyalty.domain.actors import Actor
from loyalty.domain.businesses import BusinessDetails
from loyalty.domain.program import RuleDraft, UnitDraft
from loyalty.domain.sale_input import Recorded, SaleInput
from loyalty.models import Business, Channel, Role, StaffRole, Unit, UnitKind, User
from members.domain import enrolment, notices, visits
from members.domain.enrolment import Person
from members.models import LawfulBasis, Member, MemberSource, Purpose
from rewards.domain import catalogue
from rewards.domain.catalogue import RewardDetails
from rewards.models import Reward

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


@dataclass
class World:
    """Everybody a permission test needs, and the things they share."""

    business: Business
    owner: User
    manager: User
    cashier: User
    member_user: User
    stranger: User
    other_business: Business
    other_owner: User
    other_member_user: User
    platform: User
    owner_role: StaffRole
    manager_role: StaffRole
    cashier_role: StaffRole
    points: Unit
    stamps: Unit
    reward: Reward
    stamp_reward: Reward
    member: Member
    other_member: Member
    other_reward: Reward

    def at_counter(self) -> Actor:
        """Return the cashier at the till."""
        return Actor(Channel.COUNTER, self.cashier, self.cashier_role)

    def at_console(self) -> Actor:
        """Return the owner in the console."""
        return Actor(Channel.CONSOLE, self.owner, self.owner_role)

    def purchase(
        self, total: int = 1000, *, member: Member | None = None, at: datetime = NOW, receipt: str = ""
    ) -> Recorded:
        """Record a purchase of a member at the counter; total in cents, tax included."""
        sale = SaleInput(key=str(uuid4()), at=at, total=total, total_before_tax=total, receipt=receipt)
        return visits.record_visit(member=member or self.member, sale=sale, by=self.at_counter(), at=at)


def make_user(name: str, **fields: object) -> User:
    """Return a log-in with a confirmed address, as allauth leaves it after the first code."""
    from allauth.account.models import EmailAddress

    user = User.objects.create_user(f"{name}@example.com", name=name.title(), **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def open_shop(owner: User, name: str, slug: str, *, currency: str = "EUR", zone: str = "Europe/Berlin") -> StaffRole:
    """Open a business without a program; it asks what every business may ask, for a letter of its own."""
    details = BusinessDetails(
        name=name, slug=slug, currency=currency, time_zone=zone, language="en",
        contact_email=f"hello@{slug}.example", address="1 High Street",
    )  # fmt: skip
    role = businesses.open_business(details=details, by=Actor(Channel.CONSOLE, owner), at=NOW)
    for purpose in Purpose.objects.filter(business=role.business, lawful_basis=LawfulBasis.CONSENT):
        by = Actor(Channel.CONSOLE, owner, role)
        notices.name_use(purpose=purpose, words="Our letter once a month", by=by, at=NOW)
    return role


def run_program(role: StaffRole) -> tuple[Unit, Unit]:
    """Take a program live: 1 point per 1.00 and a stamp per visit on a card of ten."""
    by = Actor(Channel.CONSOLE, role.user, role)
    program.draft(
        business=role.business,
        name="Regulars club",
        units=[
            UnitDraft("points", UnitKind.POINTS, "points", "point"),
            UnitDraft("stamps", UnitKind.STAMPS, "stamps", "stamp", card_size=10),
        ],
        rules=[
            RuleDraft("points", "1 point per 1.00", "purchase", "per_amount", 1, per_amount=100),
            RuleDraft("stamps", "A stamp per visit", "visit", "flat", 1),
        ],
        by=by,
        at=NOW,
    )
    program.go_live(business=role.business, by=by, at=NOW)
    units = {unit.code: unit for unit in role.business.units.all()}
    return units["points"], units["stamps"]


def open_newcomer() -> StaffRole:
    """Open a shop without a program; return its owner's role."""
    return open_shop(make_user("olga"), "Bean", "bean")


def make_world() -> World:
    """Make both businesses with their people."""
    owner, manager, cashier = make_user("olga"), make_user("max"), make_user("cleo")
    member_user, stranger, other_owner, other_member_user = (
        make_user("mia"), make_user("sven"), make_user("ray"), make_user("nora"),
    )  # fmt: skip
    platform = make_user("petra", is_staff=True, is_superuser=True)
    owner_role = open_shop(owner, "Café Luna", "luna")
    other_role = open_shop(other_owner, "Salon Sol", "sol", currency="HUF", zone="Europe/Budapest")
    by, other_by = Actor(Channel.CONSOLE, owner, owner_role), Actor(Channel.CONSOLE, other_owner, other_role)
    manager_role = staff.add(business=owner_role.business, user=manager, role=Role.MANAGER, by=by, at=NOW)
    cashier_role = staff.add(business=owner_role.business, user=cashier, role=Role.CASHIER, by=by, at=NOW)
    points, stamps = run_program(owner_role)
    other_points, _ = run_program(other_role)
    reward = catalogue.create(
        business=owner_role.business, details=RewardDetails(name="Free coffee", unit=points, cost=50), by=by, at=NOW
    )
    stamp_reward = catalogue.create(
        business=owner_role.business, details=RewardDetails(name="Free cake", unit=stamps, cost=10), by=by, at=NOW
    )
    other_reward = catalogue.create(
        business=other_role.business,
        details=RewardDetails(name="Free cut", unit=other_points, cost=50),
        by=other_by,
        at=NOW,
    )
    return World(
        business=owner_role.business, owner=owner, manager=manager, cashier=cashier, member_user=member_user,
        stranger=stranger, other_business=other_role.business, other_owner=other_owner,
        other_member_user=other_member_user, platform=platform, owner_role=owner_role, manager_role=manager_role,
        cashier_role=cashier_role, points=points, stamps=stamps, reward=reward, stamp_reward=stamp_reward,
        member=_member(owner_role.business, "Mia Moon", member_user, Actor(Channel.COUNTER, cashier, cashier_role)),
        other_member=_member(other_role.business, "Nora Noon", other_member_user, other_by), other_reward=other_reward,
    )  # fmt: skip


def _member(business: Business, name: str, user: User, by: Actor) -> Member:
    member = enrolment.enrol(
        business=business, person=Person(name=name, email=user.email), source=MemberSource.COUNTER, by=by, at=NOW
    )
    return enrolment.claim(member=member, user=user, at=NOW, by=Actor(Channel.PORTAL, user))

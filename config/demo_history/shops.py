"""The two shops: a café with beans and a coffee card, and a hairdresser with a stamp card."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from loyalty.domain import businesses, program, rules, staff
from loyalty.domain.actors import Actor
from loyalty.domain.businesses import BusinessDetails
from loyalty.domain.program import BonusDraft, RuleDraft, UnitDraft
from loyalty.engine.days import local_day
from loyalty.models import Channel, Role, StaffRole, UnitKind, User
from loyalty.queries.program import live_version
from members.domain import notices
from rewards.domain import catalogue
from rewards.domain.catalogue import RewardDetails
from rewards.models import Reward, RewardKind

CAFE = BusinessDetails(
    name="Bean & Leaf", slug="bean-and-leaf", currency="EUR", time_zone="Europe/Tallinn", language="en",
    colour="#7a3e1d", tagline="Coffee, tea and something sweet on the corner", country="EE",
    address="12 Harbour Lane, Tallinn", contact_email="hello@bean-and-leaf.example",
)  # fmt: skip
SALON = BusinessDetails(
    name="Shear Joy", slug="shear-joy", currency="EUR", time_zone="Europe/Tallinn", language="en",
    colour="#0f766e", tagline="Hair, without the hurry", country="EE",
    address="3 Mill Street, Tallinn", contact_email="hello@shear-joy.example",
)  # fmt: skip
CAFE_PIN = "2591"
LETTERS = {
    "news": "Our letter with new beans and dates, on the first Friday of the month.",
    "personal-offers": "To send some of you a card about beans like those you bought.",
}
"""What the café does with a yes, with tools of its own."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop that is open, with the people behind its till and what members can have."""

    owner: StaffRole
    tills: list[StaffRole]
    rewards: list[Reward]

    def at_console(self) -> Actor:
        """Return the owner in the console."""
        return Actor(Channel.CONSOLE, self.owner.user, self.owner)


def open_cafe(people: dict[str, User], at: datetime) -> Shop:
    """Open the café: beans for money, a stamp for each visit, double beans on Tuesdays."""
    owner = businesses.open_business(details=CAFE, by=Actor(Channel.CONSOLE, people["owner"]), at=at)
    by = Actor(Channel.CONSOLE, owner.user, owner)
    add: dict[str, Any] = {"business": owner.business, "by": by, "at": at}
    for purpose in owner.business.purposes.filter(code__in=LETTERS):
        notices.name_use(purpose=purpose, words=LETTERS[purpose.code], by=by, at=at)
    manager = staff.add(user=people["manager"], role=Role.MANAGER, **add)
    cashier = staff.add(user=people["cashier"], role=Role.CASHIER, **add)
    staff.set_pin(staff=cashier, pin=CAFE_PIN, by=Actor(Channel.CONSOLE, cashier.user, cashier), at=at)
    program.draft(
        name="Bean & Leaf Regulars",
        units=[
            UnitDraft("beans", UnitKind.POINTS, "beans", "bean", expiry="months_end_of_month", expiry_count=6),
            UnitDraft("stamps", UnitKind.STAMPS, "stamps", "stamp", card_size=10),
        ],
        rules=[
            RuleDraft("beans", "1 bean per euro", "purchase", "per_amount", 1, per_amount=100),
            RuleDraft("stamps", "A stamp for each visit", "visit", "flat", 1, fields={"limit_per_day": 2}),
        ],
        bonuses=[BonusDraft("beans", "Double-bean Tuesday", 2000, fields={"weekdays": [1]})],
        **add,
    )
    program.go_live(**add)
    return Shop(owner, [owner, manager, cashier], _cafe_rewards(owner, by, at))


def _cafe_rewards(owner: StaffRole, by: Actor, at: datetime) -> list[Reward]:
    units = {unit.code: unit for unit in owner.business.units.all()}
    wanted = [
        RewardDetails(name="Coffee of your choice", unit=units["stamps"], cost=10, icon="coffee",
                      description="Ten stamps, one coffee. Any size, any milk."),
        RewardDetails(name="Cookie", unit=units["beans"], cost=25, icon="croissant", description="Baked this morning."),
        RewardDetails(name="Slice of cake", unit=units["beans"], cost=50, icon="gift",
                      description="Whatever is under the glass dome today."),
        RewardDetails(name="5 euros off", unit=units["beans"], cost=80, kind=RewardKind.MONEY_OFF, money_off=500,
                      icon="badge-percent", description="On any bill of 10 euros or more."),
        RewardDetails(name="Bag of house beans", unit=units["beans"], cost=150, icon="shopping-bag", stock=24,
                      per_member=2, description="250 g of our own roast, whole or ground for you."),
    ]  # fmt: skip
    return [catalogue.create(business=owner.business, details=details, by=by, at=at) for details in wanted]


def open_salon(people: dict[str, User], at: datetime) -> Shop:
    """Open the hairdresser, run by the café's manager: six cuts, the seventh at half price."""
    owner = businesses.open_business(details=SALON, by=Actor(Channel.CONSOLE, people["manager"]), at=at)
    by = Actor(Channel.CONSOLE, owner.user, owner)
    add: dict[str, Any] = {"business": owner.business, "by": by, "at": at}
    program.draft(
        name="Shear Joy card",
        units=[UnitDraft("stamps", UnitKind.STAMPS, "stamps", "stamp", card_size=6)],
        rules=[RuleDraft("stamps", "A stamp for each cut", "visit", "flat", 1, fields={"limit_per_day": 1})],
        **add,
    )
    program.go_live(**add)
    unit = owner.business.units.get()
    details = RewardDetails(
        name="Half-price cut", unit=unit, cost=6, kind=RewardKind.PERCENT_OFF, percent_off=50, icon="scissors"
    )
    return Shop(owner, [owner], [catalogue.create(details=details, **add)])


def announce_a_change(salon: Shop, at: datetime) -> None:
    """Let the hairdresser's stamps expire after a year without a visit, a month ahead: a change that is to come."""
    business, by = salon.owner.business, salon.at_console()
    live = live_version(business)
    if live is None:
        return
    program.draft_from(version=live, by=by, at=at)
    unit = UnitDraft(
        "stamps", UnitKind.STAMPS, "stamps", "stamp", card_size=6, expiry="inactivity_months", expiry_count=12
    )
    rules.set_unit(business=business, unit=unit, by=by, at=at)
    holds_from = local_day(at, business.time_zone) + timedelta(days=30)
    program.go_live(business=business, by=by, at=at, holds_from=holds_from)

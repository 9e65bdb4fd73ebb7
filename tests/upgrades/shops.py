"""What there is before the first customer comes: log-ins, two businesses and one that is not live, teams, programs."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO

from loyalty import letters
from loyalty.domain import (
    announcements,
    businesses,
    invitations,
    locations,
    pictures,
    program,
    rules,
    shared_tills,
    staff,
)
from loyalty.domain.actors import Actor
from loyalty.domain.businesses import BusinessDetails
from loyalty.domain.outbox import Letter
from loyalty.domain.program import BonusDraft, RuleDraft, UnitDraft
from loyalty.engine.pictures import LOGO, PHOTO
from loyalty.models import Business, Channel, Invitation, Location, Role, StaffRole, Unit, UnitKind, User
from loyalty.queries.program import live_version
from members.domain import notices, till
from members.domain.logins import login_for
from members.domain.till import WrongPin
from members.models import LawfulBasis, Purpose
from rewards.domain import catalogue, setup
from rewards.domain.catalogue import RewardDetails
from rewards.domain.setup import Card, Earning, FirstReward, Points
from rewards.models import Reward, RewardKind, RewardState
from tests.moments import moment
from tests.pictures import picture

OPENED = moment("2025-09-01 06:00")
PIN = "4831"
"""By which the cashier takes over the till of the café."""

CAFE = BusinessDetails(
    name="Kohvik Kuu", slug="kuu", currency="EUR", time_zone="Europe/Helsinki", language="en", colour="#1d4e7a",
    tagline="Coffee under the moon", country="EE", address="1 Example Street", contact_email="hello@kuu.example",
)  # fmt: skip
SALON = BusinessDetails(
    name="Szalon Nap", slug="nap", currency="HUF", time_zone="Europe/Budapest", language="hu", colour="#8a4b2a",
    country="HU", address="Példa utca 2.", contact_email="hello@nap.example",
)  # fmt: skip
KIOSK = replace(CAFE, name="Kiosk Kuu", slug="kiosk", time_zone="Europe/Tallinn", tagline="", contact_email="")


@dataclass(frozen=True)
class Shop:
    """A business with who works there, what it counts and what it gives."""

    owner: StaffRole
    manager: StaffRole
    cashier: StaffRole
    location: Location

    @property
    def business(self) -> Business:
        return self.owner.business

    def console(self, staff: StaffRole | None = None) -> Actor:
        """Return somebody of the staff in the console, the owner unless another is given."""
        found = staff or self.owner
        return Actor(Channel.CONSOLE, found.user, found)

    def till(self, staff: StaffRole | None = None) -> Actor:
        """Return somebody at the till, the cashier unless another is given."""
        found = staff or self.cashier
        return Actor(Channel.COUNTER, found.user, found, self.location, "Till 1")

    def unit(self, code: str) -> Unit:
        return self.business.units.get(code=code)

    def reward(self, name: str) -> Reward:
        return Reward.objects.get(business=self.business, name=name)


def log_in(name: str) -> User:
    """Return the log-in of somebody with a proven address."""
    return login_for(email=f"{name.lower()}@example.com", name=name, language="en")


def open_shop(details: BusinessDetails, owner: str, at: datetime = OPENED) -> StaffRole:
    """Open a business with a logo, if it has customers to show it to."""
    drawn = BytesIO(picture(size=(32, 32)))
    logo = pictures.redraw(drawn, size=drawn.getbuffer().nbytes, shape=LOGO) if details is CAFE else None
    by = Actor(Channel.CONSOLE, log_in(owner))
    role = businesses.open_business(details=replace(details, logo=logo), by=by, at=at, called=owner)
    for purpose in Purpose.objects.filter(business=role.business, lawful_basis=LawfulBasis.CONSENT):
        by = Actor(Channel.CONSOLE, role.user, role)
        notices.name_use(purpose=purpose, words="Our letter once a month", by=by, at=at)
    return role


def invite(shop: StaffRole, name: str, role: Role, at: datetime) -> Invitation:
    """Invite somebody by mail."""
    return _invite(shop, name, role, at)[0]


def _invite(shop: StaffRole, name: str, role: Role, at: datetime) -> tuple[Invitation, str]:
    tokens: list[str] = []

    def write(row: Invitation, token: str) -> Letter:
        tokens.append(token)
        return letters.invitation(row, token)

    by, address = Actor(Channel.CONSOLE, shop.user, shop), f"{name.lower()}@example.com"
    row = invitations.invite(business=shop.business, email=address, role=role, write=write, by=by, at=at)
    return row, tokens[0]


def hire(shop: StaffRole, name: str, role: Role, at: datetime) -> StaffRole:
    """Invite somebody who takes the invitation up at once."""
    by = Actor(Channel.CONSOLE, log_in(name))
    return invitations.accept(invitation=invite(shop, name, role, at), called=name, by=by, at=at)


def open_cafe() -> Shop:
    """Open the café in Tallinn with three branches, a team, a shared till, and its first program."""
    owner = open_shop(CAFE, "Olga")
    by, at = Actor(Channel.CONSOLE, owner.user, owner), moment("2025-09-01 07:00")
    changes = {"time_zone": "Europe/Tallinn", "undo_minutes": 20, "reinstate_days": 45}
    businesses.change_details(business=owner.business, changes=changes, by=by, at=at)
    owner.business.refresh_from_db()
    main = owner.business.locations.get()
    locations.change(location=main, name="Old town", address="1 Example Street", by=by, at=at)
    locations.add(business=owner.business, name="Harbour", address="", by=by, at=at)
    market = locations.add(business=owner.business, name="Market", address="", by=by, at=at)
    locations.close(location=market, by=by, at=moment("2025-10-31 15:00"))
    shop = Shop(owner, hire(owner, "Max", Role.MANAGER, at), hire(owner, "Cleo", Role.CASHIER, at), main)
    _staff_the_till(shop)
    _first_program(shop)
    fill_catalogue(shop)
    return shop


def _staff_the_till(shop: Shop) -> None:
    """Let the cashier set a PIN and take over, somebody mistype one, somebody leave, and somebody not come."""
    at, business = moment("2025-09-01 08:00"), shop.business
    staff.set_pin(staff=shop.cashier, pin=PIN, by=shop.console(shop.cashier), at=at)
    staff.set_pin(staff=shop.manager, pin="7304", by=shop.console(shop.manager), at=at)
    staff.reset_pin(staff=shop.manager, by=shop.console(), at=at)
    till.take_over(business=business, pin=PIN, by=shop.till(shop.owner), at=at)
    try:
        till.take_over(business=business, pin="9173", by=shop.till(shop.owner), at=at)
    except WrongPin:
        till.lock(business=business, by=shop.till(shop.owner), at=at)
    shared_tills.pair(business=business, name="Bar tablet", location=shop.location, by=shop.console(), at=at)
    staff.change_details(staff=shop.cashier, display_name="Cleo", location=shop.location, by=shop.console(), at=at)
    left = hire(shop.owner, "Carl", Role.CASHIER, at)
    staff.change_role(staff=left, role=Role.MANAGER, by=shop.console(), at=at)
    staff.remove(staff=left, by=shop.console(), at=moment("2025-10-03 15:00"))
    invitations.withdraw(invitation=invite(shop.owner, "Vera", Role.CASHIER, at), by=shop.console(), at=at)


BEANS = UnitDraft(
    "beans", UnitKind.POINTS, "beans", "bean", decimals=1, rounding="half_up", expiry="months_end_of_month",
    expiry_count=3,
)  # fmt: skip
STAMPS = UnitDraft("stamps", UnitKind.STAMPS, "stamps", "stamp", card_size=6)
CREDIT = UnitDraft("credit", UnitKind.CREDIT, "credit", "credit", decimals=2, expiry="end_of_year", expiry_count=1)
RULES = [
    RuleDraft("beans", "1 bean per euro", "purchase", "per_amount", 10, 100, {"excluded_categories": ["tobacco"]}),
    RuleDraft("beans", "2 beans for each bag", "purchase", "per_item", 20, fields={"included_items": ["BAG"]}),
    RuleDraft("stamps", "A stamp for each visit", "visit", "flat", 1, fields={"limit_per_day": 2}),
]
BONUSES = [
    BonusDraft("beans", "Double Tuesday", 2000, fields={"weekdays": [1]}),
    BonusDraft("beans", "Half a bean for bread", addition=5,
               fields={"included_categories": ["bakery"], "minimum": 500}),
]  # fmt: skip


def _first_program(shop: Shop) -> None:
    given = {"business": shop.business, "by": shop.console(), "at": moment("2025-09-01 09:00")}
    program.draft(name="Moon club", units=[BEANS, STAMPS], rules=RULES, bonuses=BONUSES, **given)
    program.go_live(**given)


def second_program(shop: Shop) -> None:
    """Change what beans are good for and when, add store credit; before that, drop a draft."""
    given = {"business": shop.business, "by": shop.console(), "at": moment("2025-12-01 04:00")}
    program.draft(name="Moon club, too dear", units=[BEANS], rules=RULES[:1], **given)
    program.discard_draft(**given)
    units = [replace(BEANS, expiry="days", expiry_count=80, hold_days=1), STAMPS, CREDIT]
    rules = [
        *RULES,
        RuleDraft("credit", "2 cents for each full euro", "purchase", "per_amount", 2, 100,
                  {"whole_steps": True, "before_tax": True}),
        RuleDraft("beans", "Advent", "purchase", "per_amount", 30, 100,
                  {"exclusive": True, "priority": 5, "starts_at": moment("2025-12-08"),
                   "ends_at": moment("2025-12-15"), "minimum": 600}),
    ]  # fmt: skip
    program.draft(name="Moon club", units=units, rules=rules, bonuses=BONUSES, **given)
    program.go_live(**given)


def fill_catalogue(shop: Shop) -> None:
    """Put rewards of every kind and state into the café's catalogue."""
    beans, stamps = shop.unit("beans"), shop.unit("stamps")
    drawn = BytesIO(picture(size=(40, 30)))
    photo = pictures.redraw(drawn, size=drawn.getbuffer().nbytes, shape=PHOTO)
    kept = [
        RewardDetails("Coffee", stamps, 6, icon="coffee", description="Any size.", terms="Not on holidays."),
        RewardDetails("Cookie", beans, 50, icon="croissant"),
        RewardDetails("1 euro off", beans, 100, kind=RewardKind.MONEY_OFF, money_off=100, voucher_days=None),
        RewardDetails("10 % off", beans, 150, kind=RewardKind.PERCENT_OFF, percent_off=10, at_most=500),
        RewardDetails("Mug", beans, 120, picture=photo, stock=5, per_member=2, online=False),
        RewardDetails("Advent calendar", beans, 90, available_from=moment("2025-11-20").date(),
                      available_to=moment("2025-12-24").date(), kind=RewardKind.OTHER),
        RewardDetails("Poster", beans, 30),
    ]  # fmt: skip
    given = {"by": shop.console(), "at": moment("2025-09-01 09:30")}
    made = [catalogue.create(business=shop.business, details=details, **given) for details in kept]
    catalogue.set_state(reward=made[-1], state=RewardState.ARCHIVED, **given)
    catalogue.change(reward=made[1], details=replace(kept[1], description="Baked today."), **given)
    catalogue.move(reward=made[3], up=True, **given)
    catalogue.duplicate(reward=made[4], name="Large mug", **given)


def open_salon() -> Shop:
    """Open the salon in Budapest: set up by three answers, later with stamps that run out when nobody comes."""
    owner = open_shop(SALON, "Ray")
    at, business = moment("2025-09-02 08:00"), owner.business
    manager, cashier = hire(owner, "Mona", Role.MANAGER, at), hire(owner, "Rita", Role.CASHIER, at)
    shop = Shop(owner, manager, cashier, business.locations.get())
    changes = {"debt_policy": "forgive"}
    businesses.change_details(business=business, changes=changes, by=shop.console(), at=at)
    earning = Earning(Points("pont", "pont", 1, 10_000), None, expiry="days", expiry_count=60)
    first = FirstReward("points", "Hajmosás", RewardKind.PRODUCT, 40, icon="scissors")
    setup.create_draft(business=business, earning=earning, reward=first, by=shop.console(), at=at)
    setup.go_live(business=business, by=shop.console(), at=at)
    business.refresh_from_db()
    return shop


def add_salon_stamps(shop: Shop) -> None:
    """Take a second version of the salon's program live."""
    given = {"business": shop.business, "by": shop.console(), "at": moment("2025-11-03 07:00")}
    units = [
        UnitDraft("points", UnitKind.POINTS, "pont", "pont", expiry="days", expiry_count=60),
        UnitDraft("stamps", UnitKind.STAMPS, "pecsét", "pecsét", card_size=5, expiry="inactivity_days",
                  expiry_count=40),
    ]  # fmt: skip
    rules = [
        RuleDraft("points", "1 pont / 100 Ft", "purchase", "per_amount", 1, 10_000),
        RuleDraft("stamps", "Pecsét", "visit", "flat", 1),
    ]
    program.draft(name="Nap klub", units=units, rules=rules, **given)
    program.go_live(**given)
    details = RewardDetails("Hajvágás", shop.unit("stamps"), 5, kind=RewardKind.PERCENT_OFF, percent_off=50)
    catalogue.create(details=details, **given)


def shorten_salon_stamps(shop: Shop) -> None:
    """Let the salon's stamps end after five days without a visit, from a day on."""
    given = {"business": shop.business, "by": shop.console(), "at": moment("2025-12-08 07:00")}
    live = live_version(shop.business)
    assert live
    program.draft_from(version=live, by=shop.console(), at=given["at"])
    stamps = UnitDraft(
        "stamps", UnitKind.STAMPS, "pecsét", "pecsét", card_size=6, expiry="inactivity_days", expiry_count=5
    )
    rules.set_unit(unit=stamps, **given)
    program.go_live(holds_from=date(2025, 12, 22), **given)


def give_back_salon_stamps(shop: Shop) -> None:
    """Give back what that took so far."""
    at = moment("2026-01-04 09:00")
    returned = announcements.give_back(
        change=shop.unit("stamps").announcements.latest("pk"), last_good_day=date(2026, 6, 30), reason="Bocsánat",
        key="return", by=shop.console(), at=at,
    )  # fmt: skip
    announcements.carry_out(returned, at=at)


def open_kiosk() -> None:
    """Let the café's owner open a second business and answer the three questions, without going live."""
    owner = open_shop(KIOSK, "Olga", moment("2026-02-20 09:00"))
    given = {"by": Actor(Channel.CONSOLE, owner.user, owner), "at": moment("2026-02-20 09:10")}
    earning = Earning(Points("points", "point", 5), Card(8, per_visit=True, a_day=1))
    first = FirstReward("stamps", "Tea", RewardKind.PRODUCT, 8)
    setup.create_draft(business=owner.business, earning=earning, reward=first, **given)


def still_open(shop: Shop) -> None:
    """Leave something unfinished: a draft of the program, an invitation that was sent twice."""
    at = moment("2026-03-05 09:00")
    live = shop.business.program_versions.get(state="live")
    program.draft_from(version=live, by=shop.console(), at=at)
    row = invite(shop.owner, "Ivy", Role.CASHIER, at)
    again = moment("2026-03-06 09:00")
    invitations.resend(invitation=row, write=letters.invitation, by=shop.console(), at=again)

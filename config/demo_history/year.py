"""A year of mornings: who comes, what they buy, what they redeem, and what goes wrong."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from config.demo_history.people import regulars
from config.demo_history.shops import Shop
from loyalty.domain import adjustments, expiry, refunds, sales
from loyalty.domain.actors import Actor
from loyalty.domain.sale_input import LineInput, Recorded, SaleInput
from loyalty.engine.facts import CustomerFacts
from loyalty.models import Channel
from members.domain import consent, enrolment, visits
from members.domain.consent import AnswerContext
from members.domain.enrolment import Person
from members.models import CollectionMethod, Member, MemberSource
from members.queries.consent import current_notice, questions
from rewards.domain import redemptions, vouchers
from rewards.domain.redemptions import NotEnough, RedemptionError
from rewards.models import Redemption, Reward

DAYS = 365
UNTIL_NOW = timedelta(minutes=30)  # so that what follows a purchase lies in the past, too
MENU = [
    ("ESP", "Espresso", "drinks", 260), ("CAP", "Cappuccino", "drinks", 390), ("LAT", "Oat latte", "drinks", 450),
    ("TEA", "Pot of tea", "drinks", 420), ("CRO", "Croissant", "bakery", 290), ("CAK", "Slice of cake", "bakery", 540),
    ("SAN", "Sandwich", "food", 690), ("BAG", "House beans 250 g", "shop", 1190),
]  # fmt: skip
REGRETS = [("Waited too long for a latte", 5), ("The oven was off: no croissant", 3), ("Forgotten on Tuesday", 8)]
TILLS = ("Chrome, Android #7c1e", "Safari, iPad #b04d")
WEIGHTS = [10, 14, 12, 7, 9, 6, 5, 1]


@dataclass
class Guest:
    """A member and a habit: the average days between two visits, and when it ended, if it did."""

    member: Member
    every: float
    until: datetime
    next_at: datetime = field(init=False)


@dataclass
class Year:
    """Tells the year of a café from now - 365 days to now. All chance comes from rng."""

    shop: Shop
    rng: Random
    now: datetime
    guests: list[Guest] = field(default_factory=list)
    number: int = 0

    def tell(self, *, joining: int, walk_ins: int) -> None:
        """Let so many people join over the year, and so many others walk in without a card, in order of time."""
        start = self.now - timedelta(days=DAYS)
        newcomers = self._newcomers(joining, start)
        strangers = sorted(self._morning(start + timedelta(days=self.rng.random() * DAYS)) for _ in range(walk_ins))
        for day in range(DAYS + 1):
            end = min(start + timedelta(days=day + 1), self.now - UNTIL_NOW)
            while newcomers and newcomers[0][0] < end:
                self._join(*newcomers.pop(0))
            while strangers and strangers[0] < end:
                self._sell(None, strangers.pop(0))
            for guest in self.guests:
                self._visit(guest, end)
            if day % 30 == 29:
                expiry.expire_due(business=self.shop.owner.business, at=end)
                vouchers.expire(business=self.shop.owner.business, today=end.date(), at=end)

    def welcome(self, member: Member, *, every: float) -> None:
        """Add somebody who has joined already as a guest with a habit."""
        guest = Guest(member, every, self.now)
        guest.next_at = self._morning(member.joined_at + timedelta(days=1))
        self.guests.append(guest)

    def treat(self, member: Member, reward: Reward, at: datetime) -> Redemption:
        """Let a member take a voucher online; what chance left them too little for, they first buy enough for."""
        by = Actor(Channel.PORTAL, member.user)
        while True:
            with suppress(NotEnough):
                return redemptions.redeem(reward=reward, account=member.account, key=self._key(), by=by, at=at)
            self._sell(member, at - timedelta(hours=1))

    def _newcomers(self, number: int, start: datetime) -> list[tuple[datetime, Person]]:
        """Most join in the first months, some ever after."""
        moments = sorted(self._morning(start + timedelta(days=DAYS * self.rng.random() ** 1.7)) for _ in range(number))
        people = [Person(name=name, email=email, phone=phone) for name, email, phone in regulars(self.rng, number)]
        return list(zip(moments, people, strict=True))

    def _morning(self, day: datetime) -> datetime:
        """Return a moment of the shop's opening hours on the day, in UTC."""
        minutes = int(self.rng.triangular(6 * 60, 16 * 60, 7 * 60))
        moment = day.replace(hour=0, minute=0, second=self.rng.randrange(60), microsecond=0)
        return moment + timedelta(minutes=minutes)

    def _join(self, at: datetime, person: Person) -> None:
        online = bool(person.email) and self.rng.random() < 0.4
        by = Actor(Channel.PORTAL) if online else self._till(at)
        source = MemberSource.PORTAL if online else MemberSource.COUNTER
        member = enrolment.enrol(business=self.shop.owner.business, person=person, source=source, by=by, at=at)
        if online:
            self.answer(member, at, yes=0.55)
        guest = Guest(member, self.rng.choice([3, 4, 7, 7, 10, 14, 21, 30]), self._end_of_habit(at))
        guest.next_at = at + timedelta(minutes=2)
        self.guests.append(guest)

    def _end_of_habit(self, joined: datetime) -> datetime:
        lost = self.rng.random() < 0.35
        return joined + timedelta(days=self.rng.randrange(1, 120)) if lost else self.now

    def answer(self, member: Member, at: datetime, *, yes: float) -> None:
        """Let a member answer the business's questions about data, each yes with this chance."""
        business, language = member.business, member.business.language
        notice = current_notice(business, language)
        assert notice is not None
        consent.record_answers(
            member=member,
            answers={question.key: self.rng.random() < yes for question in questions(business, language)},
            notice=notice,
            context=AnswerContext(None, "", CollectionMethod.WEB, "join-1", language),
            by=Actor(Channel.PORTAL, member.user),
            at=at,
            confirmed=member.user is not None,
        )

    def _visit(self, guest: Guest, end: datetime) -> None:
        while guest.next_at < end:
            if guest.next_at <= guest.until:
                self._come(guest.member, guest.next_at)
            wait = max(0.8, self.rng.gauss(guest.every, guest.every / 3))
            guest.next_at = self._morning(guest.next_at + timedelta(days=wait))

    def _come(self, member: Member, at: datetime) -> None:
        recorded = self._sell(member, at)
        chance = self.rng.random()
        if chance < 0.006:
            sales.undo(sale=recorded.sale, key=self._key(), by=self._till(at), at=at + timedelta(minutes=3))
        elif chance < 0.016:
            amount = recorded.sale.total // self.rng.choice([1, 2])
            back = at + timedelta(minutes=20)
            refunds.refund(
                sale=recorded.sale, amount=amount, key=self._key(), by=self._till(back), at=back, happened_at=back
            )
        elif chance < 0.45:
            self._redeem(member, at + timedelta(minutes=1))
        elif chance < 0.46:
            self._make_good(member, at + timedelta(minutes=5))

    def _make_good(self, member: Member, at: datetime) -> None:
        """Let the owner add a little to an account after something went wrong."""
        reason, amount = self.rng.choice(REGRETS)
        adjustments.ask(
            account=member.account, unit=self.shop.rewards[-1].unit, amount=amount, reason=reason,
            last_good_day=(at + timedelta(days=90)).date(), key=self._key(), by=self.shop.at_console(), at=at,
        )  # fmt: skip

    def _sell(self, member: Member | None, at: datetime) -> Recorded:
        picked = self.rng.choices(MENU, WEIGHTS, k=self.rng.choice([1, 1, 1, 2, 2, 3]))
        lines = [
            LineInput(amount=price, amount_before_tax=round(price / 1.22), item=code, name=name, category=category,
                      quantity=Decimal(1))
            for code, name, category, price in picked
        ]  # fmt: skip
        sale = SaleInput(
            key=self._key(),
            at=at,
            total=sum(line.amount for line in lines),
            total_before_tax=sum(line.amount_before_tax for line in lines),
            receipt=f"BL-{self.number:05d}",
            lines=lines,
        )
        if member:
            return visits.record_visit(member=member, sale=sale, by=self._till(at), at=at)
        return sales.record(
            business=self.shop.owner.business, account=None, sale=sale, by=self._till(at), at=at,
            customer=CustomerFacts(),
        )  # fmt: skip

    def _redeem(self, member: Member, at: datetime) -> Redemption | None:
        """Take a full card's reward if there is one, else try something for points."""
        full_card, *others = self.shop.rewards
        for reward in (full_card, self.rng.choice(others or [full_card])):
            with suppress(RedemptionError):
                return redemptions.redeem(
                    reward=reward, account=member.account, key=self._key(), by=self._till(at), at=at, hand_out=True
                )
        return None

    def _till(self, at: datetime) -> Actor:
        staff = self.shop.tills[at.day % len(self.shop.tills)]
        return Actor(Channel.COUNTER, staff.user, staff, device=TILLS[at.day % 3 > 1])

    def _key(self) -> str:
        self.number += 1
        return f"demo:{self.number}"

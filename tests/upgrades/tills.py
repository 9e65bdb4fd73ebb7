"""What happens at the tills: purchases, rewards taken, money given back, slips put right."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from loyalty.domain import accounts, ledger, refunds
from loyalty.domain.actors import Actor
from loyalty.domain.ledger import AwardLine, Booking
from loyalty.domain.sale_input import LineInput, Recorded, SaleInput
from loyalty.models import Account, Channel, PostingKind, Sale
from members.domain import counter, moving
from members.models import Member
from members.queries.moving import last_move
from members.queries.till import customer_of
from rewards.domain import redemptions, vouchers
from rewards.models import Redemption
from tests.moments import moment
from tests.upgrades.shops import Shop

MENU = [
    ("ESP", "Espresso", "drinks", 260), ("TEA", "Tea", "drinks", 420), ("CRO", "Croissant", "bakery", 290),
    ("CAK", "Cake", "bakery", 540), ("BAG", "Beans 250 g", "shop", 1190), ("CIG", "Cigarillos", "tobacco", 700),
]  # fmt: skip


@dataclass
class Till:
    """The till of a shop. All chance comes from rng; keys are counted."""

    shop: Shop
    rng: Random
    made: int = field(default=0)

    def key(self) -> str:
        self.made += 1
        return f"{self.shop.business.slug}:{self.made}"

    def member(self, name: str) -> Member:
        found = Member.objects.select_related("account__business", "user")
        return found.get(business=self.shop.business, name=name)

    def account(self, name: str) -> Account:
        return self.member(name).account

    def sell(self, to: Account | None, at: datetime, total: int = 0, *, late: timedelta = timedelta(0)) -> Recorded:
        """Record a purchase: of a total, or of some things from the menu; late is how much later it is typed in."""
        lines = [] if total else self._bought()
        amount = total or sum(line.amount for line in lines)
        key = self.key()
        sale = SaleInput(
            key=key, at=at, total=amount, total_before_tax=round(amount / 1.22), receipt=f"R-{key}", lines=lines
        )
        return counter.record(business=self.shop.business, account=to, sale=sale, by=self.shop.till(), at=at + late)

    def _bought(self) -> list[LineInput]:
        picked = self.rng.choices(MENU, [5, 4, 4, 3, 1, 1], k=self.rng.choice([1, 2, 3]))
        return [
            LineInput(amount * count, round(amount * count / 1.22), code, name, category, Decimal(count))
            for (code, name, category, amount), count in ((each, self.rng.choice([1, 1, 2])) for each in picked)
        ]

    def visit(self, to: Account, at: datetime) -> Recorded:
        """Record a visit without a purchase."""
        sale = SaleInput(key=self.key(), at=at, total=0, total_before_tax=0, is_visit=True)
        return counter.record(business=self.shop.business, account=to, sale=sale, by=self.shop.till(), at=at)

    def give_back(self, sale: Sale, at: datetime, amount: int | None = None, **lines: object) -> None:
        """Give money back, by a manager: for an amount, or for lines."""
        by = self.shop.till(self.shop.manager)
        counter.refund(sale=sale, amount=amount, key=self.key(), by=by, at=at, **lines)

    def take(self, name: str, reward: str, at: datetime, *, online: bool = False) -> Redemption:
        """Let a member take a reward: at the till at once, or online as a voucher."""
        member, found = self.member(name), self.shop.reward(reward)
        if online:
            by = Actor(Channel.PORTAL, member.user)
            return redemptions.redeem(reward=found, account=member.account, key=self.key(), by=by, at=at)
        return counter.hand_out(reward=found, account=member.account, key=self.key(), by=self.shop.till(), at=at)

    def trade(self, names: list[str], days: list[str]) -> None:
        """Let members come on some days, one after the other, each a few minutes later, and a walk-in with them."""
        for day in days:
            at = moment(f"{day} 07:00")
            for name in names:
                at += timedelta(minutes=self.rng.randrange(3, 40))
                if self.rng.random() < 0.75:
                    self.sell(self.account(name), at)
            self.sell(None, at + timedelta(minutes=5))


def autumn(till: Till) -> None:
    """The café in September and October: slips, refunds of every kind, a debt, vouchers in every state."""
    till.trade(["Mia", "Ben", "Eva", "Nora"], ["2025-09-08", "2025-09-09", "2025-09-16", "2025-09-22"])
    slips(till)
    money_back(till)
    till.trade(["Mia", "Ben", "Eva", "Tom", "Una"], ["2025-10-02", "2025-10-07", "2025-10-13"])
    for name, total in (("Mia", 3000), ("Eva", 1500), ("Nora", 1500), ("Ben", 1500)):
        till.sell(till.account(name), moment("2025-10-14 10:00"), total)
    rewards_taken(till)
    owed(till)


def slips(till: Till) -> None:
    """Purchases undone by the cashier in time and by the manager later, and one that was typed in late."""
    shop, eva = till.shop, till.account("Eva")
    slip = till.sell(eva, moment("2025-09-23 08:00"), 1290).sale
    counter.undo_sale(sale=slip, by=shop.till(), at=moment("2025-09-23 08:10"))
    slip = till.sell(eva, moment("2025-09-23 09:00"), 990).sale
    counter.undo_sale(sale=slip, by=shop.till(shop.manager), at=moment("2025-09-24 09:00"))
    till.sell(eva, moment("2025-09-24 20:30"), 800, late=timedelta(hours=11))
    till.visit(eva, moment("2025-09-25 08:00"))


def money_back(till: Till) -> None:
    """Refunds: in two parts by amount, by line, whole, of a walk-in, and booked elsewhere before under one key."""
    ben, mia, nora = till.account("Ben"), till.account("Mia"), till.account("Nora")
    bought = till.sell(ben, moment("2025-09-26 08:00"), 2050).sale
    till.give_back(bought, moment("2025-09-26 09:00"), 333)
    till.give_back(bought, moment("2025-09-27 09:00"), 1000)
    bought = till.sell(mia, moment("2025-09-26 08:30")).sale
    line = bought.lines.order_by("pk")[0]
    till.give_back(bought, moment("2025-09-27 10:00"), lines={line.pk: 500})
    bought = till.sell(nora, moment("2025-09-26 08:40"), 1500).sale
    till.give_back(bought, moment("2025-09-27 10:10"), 1500)
    bought = till.sell(None, moment("2025-09-26 08:50"), 700).sale
    till.give_back(bought, moment("2025-09-27 10:20"), 200)


def rewards_taken(till: Till) -> None:
    """Vouchers: used, put back, cancelled, run out, undone; those that stay open are taken in spring."""
    shop = till.shop
    used = till.take("Mia", "Cookie", moment("2025-10-20 08:00"), online=True).voucher
    vouchers.use(voucher=used, by=shop.till(), at=moment("2025-10-20 08:05"), key="used:1")
    vouchers.put_back(voucher=used, by=shop.till(), at=moment("2025-10-20 08:10"))
    vouchers.use(voucher=used, by=shop.till(), at=moment("2025-10-20 12:00"), key="used:2")
    till.take("Mia", "10 % off", moment("2025-10-20 08:20"), online=True)
    given = till.take("Nora", "Cookie", moment("2025-10-20 18:00"), online=True).voucher
    by = Actor(Channel.PORTAL, till.member("Nora").user)
    redemptions.cancel(voucher=given, key=till.key(), by=by, at=moment("2025-10-21 18:00"))
    handed = till.take("Eva", "Mug", moment("2025-10-21 08:00"))
    counter.undo_voucher(voucher=handed.voucher, by=shop.till(), at=moment("2025-10-21 08:05"))
    till.take("Eva", "Mug", moment("2025-10-21 08:06"))
    till.take("Mia", "Coffee", moment("2025-10-22 08:00"))


def owed(till: Till) -> None:
    """Somebody spends what is taken back afterwards: a part is paid by the next award, the rest forgiven later."""
    una = till.account("Una")
    bought = till.sell(una, moment("2025-10-23 08:00"), 4000).sale
    balance = una.balances.get(unit=till.shop.unit("beans"))
    for minute in range(balance.amount // 100):
        till.take("Una", "1 euro off", moment("2025-10-23 09:00") + timedelta(minutes=minute))
    till.give_back(bought, moment("2025-10-24 08:00"), 4000)
    till.sell(una, moment("2025-10-27 08:00"), 700)


def moves(till: Till) -> None:
    """Purchases on the wrong card: moved, moved and moved back, a walk-in's given to a member, and to nobody."""
    shop, at = till.shop, moment("2025-11-10 08:00")
    for number, (source, target) in enumerate([("Ben", "Nora"), ("Eva", "Mia"), ("", "Eva")]):
        bought = till.sell(till.account(source) if source else None, at + timedelta(minutes=number)).sale
        by, then = shop.till(), at + timedelta(minutes=number, seconds=40)
        moving.move(
            sale=bought, target=customer_of(till.account(target), shop.business), key=till.key(), by=by, at=then
        )
        if source == "Eva":
            last = last_move(bought)
            assert last is not None
            moving.move_back(sale=bought, last=last, by=by, at=then + timedelta(minutes=1))
    bought = till.sell(till.account("Ben"), at + timedelta(minutes=9), 900).sale
    till.give_back(bought, at + timedelta(minutes=10), 300)
    target = customer_of(till.account("Nora"), shop.business)
    moving.move(sale=bought, target=target, key=till.key(), by=shop.till(shop.manager), at=at + timedelta(days=1))


def presents(till: Till) -> None:
    """Something given unasked, to a card without a person."""
    shop, at = till.shop, moment("2025-11-12 09:00")
    card = accounts.open_account(business=shop.business, at=at)
    booking = Booking(account=card, key=till.key(), kind=PostingKind.GIFT, at=at, booked_at=at, by=shop.console())
    line = AwardLine(shop.unit("beans"), 75, moment("2026-06-30").date(), {"reason": "Opening day"})
    ledger.award(booking, [line])


def winter(till: Till) -> None:
    """The café from November to February, on its second program from December on."""
    till.trade(["Mia", "Ben", "Eva", "Thomas"], ["2025-12-04", "2025-12-09", "2025-12-17"])
    till.trade(["Mia", "Nora", "Tom"], ["2026-01-08", "2026-01-20", "2026-02-03"])
    bought = till.sell(till.account("Mia"), moment("2026-02-05 08:00")).sale
    line = bought.lines.order_by("pk")[0]
    till.give_back(bought, moment("2026-02-06 08:00"), lines={line.pk: line.quantity_thousandths})


def spring(till: Till) -> None:
    """The last days: what is still held, vouchers that are open, a purchase of today that nothing happened to yet."""
    for name in ("Mia", "Eva", "Nora N."):
        till.sell(till.account(name), moment("2026-02-24 08:00"), 2500)
    till.take("Mia", "Cookie", moment("2026-03-06 08:00"), online=True)
    till.take("Nora N.", "1 euro off", moment("2026-03-06 18:00"), online=True)
    till.take("Eva", "Cookie", moment("2026-03-07 08:00"))
    till.trade(["Mia", "Eva", "Ben"], ["2026-03-07", "2026-03-09"])


def salon(till: Till) -> None:
    """The salon's first program: plain purchases by total, spent and given back where debts are forgiven."""
    for day in ("2025-09-10", "2025-09-24", "2025-10-08", "2025-10-22"):
        for name, total in (("Dora", 1_250_000), ("Mia", 890_000), ("Gabi", 455_050)):
            till.sell(till.account(name), moment(f"{day} 09:00") + timedelta(minutes=till.rng.randrange(300)), total)
    till.take("Dora", "Hajmosás", moment("2025-10-22 16:00"))
    bought = till.sell(till.account("Gabi"), moment("2025-10-23 09:00"), 1_450_000).sale
    balance = till.account("Gabi").balances.get(unit=till.shop.unit("points"))
    for minute in range(balance.amount // 40):
        till.take("Gabi", "Hajmosás", moment("2025-10-23 09:30") + timedelta(minutes=minute))
    till.give_back(bought, moment("2025-10-23 10:00"), 1_450_000)


def salon_with_stamps(till: Till) -> None:
    """The salon's second program: stamps that lapse when nobody comes; the job finds those of November."""
    for day in ("2025-11-05", "2025-11-19"):
        till.sell(till.account("Dora"), moment(f"{day} 09:00"), 1_250_000)
        till.visit(till.account("Mia"), moment(f"{day} 10:00"))
        till.visit(till.account("Gabi"), moment(f"{day} 11:00"))


def salon_in_winter(till: Till) -> None:
    """A purchase of a member, and one of a walk-in."""
    till.sell(till.account("Dora"), moment("2026-01-14 09:00"), 990_000)
    till.sell(None, moment("2026-01-14 10:00"), 500_000)


def salon_in_spring(till: Till) -> None:
    """A visit that comes too late for the stamps of January: it lets them lapse before the job does."""
    till.visit(till.account("Dora"), moment("2026-03-03 10:00"))


def same_refund_again(till: Till) -> None:
    """A refund that was sent twice is booked once."""
    bought = till.sell(till.account("Ben"), moment("2025-12-18 08:00"), 600).sale
    for _ in range(2):
        at = moment("2025-12-18 09:00")
        refunds.refund(sale=bought, amount=150, key="nap:twice", by=till.shop.till(), at=at, happened_at=at)

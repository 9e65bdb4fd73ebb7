"""A café's catalogue that the tests of rewards tell their stories with."""

from dataclasses import dataclass, replace
from datetime import datetime

from loyalty.domain.actors import Actor
from loyalty.models import Account, Channel, Entry, Lot, Posting
from loyalty.queries.verify import verify
from members.domain import enrolment
from members.domain.enrolment import Person
from members.models import Member, MemberSource
from rewards.domain import catalogue, redemptions
from rewards.domain.catalogue import RewardDetails
from rewards.models import Redemption, Reward, RewardState, Voucher
from tests.world import NOW, World, make_world


@dataclass
class Shop(World):
    """The world, with verbs; amounts in points."""

    made: int = 0

    def key(self) -> str:
        self.made += 1
        return f"k{self.made}"

    def give(self, points: int, *, member: Member | None = None, at: datetime = NOW) -> None:
        """Let a member buy for so many euros."""
        self.purchase(points * 100, member=member, at=at)

    def add(self, name: str = "Mug", state: RewardState = RewardState.ACTIVE, **fields: object) -> Reward:
        details = replace(RewardDetails(name=name, unit=self.points, cost=10), **fields)
        return catalogue.create(business=self.business, details=details, state=state, by=self.at_console(), at=NOW)

    def enrol(self, name: str) -> Member:
        return enrolment.enrol(
            business=self.business, person=Person(name=name, email=f"{name.lower()}@example.com"),
            source=MemberSource.COUNTER, by=self.at_counter(), at=NOW,
        )  # fmt: skip

    def redeem(
        self, reward: Reward, *, account: Account | None = None, key: str = "", at: datetime = NOW,
        by: Actor | None = None, hand_out: bool = False,
    ) -> Redemption:  # fmt: skip
        return redemptions.redeem(
            reward=reward, account=account or self.member.account, key=key or self.key(), by=by or self.at_counter(),
            at=at, hand_out=hand_out,
        )  # fmt: skip

    def at_portal(self) -> Actor:
        return Actor(Channel.PORTAL, self.member_user)

    def balance(self, account: Account | None = None) -> int:
        lots = Lot.objects.filter(account=account or self.member.account, unit=self.points)
        return sum(lot.remaining for lot in lots)


def open_shop() -> Shop:
    """Return the world as a shop."""
    world = make_world()
    return Shop(**{name: getattr(world, name) for name in world.__dataclass_fields__})


def rows() -> tuple[int, ...]:
    """Return how many rows there are of all that a redemption writes, and the stock: the same when nothing happened."""
    tables = (Posting, Entry, Redemption, Voucher)
    stock = sum(reward.stock or 0 for reward in Reward.objects.all())
    return (*(table.objects.count() for table in tables), stock)


def assert_sound() -> None:
    """Ask verify_ledger."""
    assert [finding for finding in verify() if finding.faults] == []

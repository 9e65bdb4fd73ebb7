"""Putting rewards into the catalogue, changing, ordering and archiving them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from django.core.files.base import File
from django.db import transaction

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.models import Business, Unit
from rewards.domain.locks import lock_reward
from rewards.models import Redemption, Reward, RewardIcon, RewardKind, RewardState


class CatalogueError(Exception):
    """A change of the catalogue that is refused; nothing was written."""


class UnitFixed(CatalogueError):
    """Members have taken the reward for another unit; what they paid must keep its meaning."""


class UnknownIcon(CatalogueError):
    """There is no such icon."""


class WasTaken(CatalogueError):
    """Members have taken the reward: it can be archived, not removed."""


class Keep(Enum):
    """Stands for "leave it as it is" where None has a meaning of its own."""

    AS_IT_IS = "keep"


KEEP = Keep.AS_IT_IS

VERBS = {
    RewardState.DRAFT: "reward.withdrawn",
    RewardState.ACTIVE: "reward.activated",
    RewardState.ARCHIVED: "reward.archived",
}


@dataclass(frozen=True, slots=True)
class RewardDetails:
    """What an owner says of a reward; cost in smallest parts of its unit, days in the business's zone.

    stock None: as many as members like. KEEP leaves stock or picture as they are; a picture of None is taken away.
    """

    name: str
    unit: Unit
    cost: int
    kind: RewardKind = RewardKind.PRODUCT
    description: str = ""
    terms: str = ""
    icon: str = "gift"
    picture: File[bytes] | Keep | None = KEEP
    money_off: int = 0
    percent_off: int = 0
    at_most: int | None = None
    stock: int | Keep | None = None
    per_member: int | None = None
    available_from: date | None = None
    available_to: date | None = None
    voucher_days: int | None = 30
    online: bool = True

    def values(self) -> dict[str, Any]:
        """Return the columns of a Reward that these details set. Raises UnknownIcon."""
        if self.icon not in RewardIcon:
            raise UnknownIcon
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        kept = {name: value for name, value in given.items() if value is not KEEP}
        return kept | ({"picture": ""} if self.picture is None else {})


@transaction.atomic
def create(
    *, business: Business, details: RewardDetails, by: Actor, at: datetime, state: RewardState = RewardState.ACTIVE
) -> Reward:
    """Add a reward at the end of the catalogue. Locks the business. Raises UnknownIcon."""
    Business.objects.select_for_update().get(pk=business.pk)
    return _add(business, details.values(), state, by=by, at=at)


def _add(business: Business, values: dict[str, Any], state: RewardState, *, by: Actor, at: datetime) -> Reward:
    last = Reward.objects.filter(business=business).order_by("-position").first()
    position = last.position + 1 if last else 0
    reward = Reward.objects.create(business=business, created_at=at, position=position, state=state, **values)
    data = {"cost": reward.cost, "stock": reward.stock}
    audit.record(verb="reward.created", by=by, at=at, business=business, obj=reward, **data)
    return reward


@transaction.atomic
def change(*, reward: Reward, details: RewardDetails, by: Actor, at: datetime) -> Reward:
    """Change a reward; redemptions keep the price of their own moment. Locks the reward.

    Raises UnitFixed, UnknownIcon.
    """
    row = lock_reward(reward.pk)
    values = details.values()
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if "unit" in changed and was_taken(row):
        raise UnitFixed
    former = row.picture.name
    told = audit.changes(row, {name: values[name] for name in changed})
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
        data = {"fields": changed, "changes": told, "decimals": row.unit.decimals}
        data |= {"stock": row.stock} if "stock" in changed else {}
        audit.record(verb="reward.changed", by=by, at=at, business=row.business, obj=row, **data)
    if "picture" in changed:
        _forget_picture(former)
    return row


def was_taken(reward: Reward) -> bool:
    """Return whether anybody ever took the reward, undone or not."""
    return Redemption.objects.filter(reward=reward).exists()


def _forget_picture(name: str | None) -> None:
    """Delete a picture's file once the change is sure, unless a copy of the reward shows it too."""
    if name and not Reward.objects.filter(picture=name).exists():
        storage = Reward._meta.get_field("picture").storage
        transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def set_state(*, reward: Reward, state: RewardState, by: Actor, at: datetime) -> Reward:
    """Show a reward in the catalogue, or take it out; vouchers that were issued stay good. Locks the reward."""
    row = lock_reward(reward.pk)
    if row.state != state:
        row.state = state
        row.save(update_fields=["state"])
        audit.record(verb=VERBS[state], by=by, at=at, business=row.business, obj=row)
    return row


@transaction.atomic
def duplicate(*, reward: Reward, name: str, by: Actor, at: datetime) -> Reward:
    """Add a copy under another name, as a draft with the same picture and stock. Locks the business."""
    Business.objects.select_for_update().get(pk=reward.business_id)
    row = Reward.objects.select_related("business").get(pk=reward.pk)
    values = {field: getattr(row, field) for field in RewardDetails.__dataclass_fields__}
    return _add(row.business, values | {"name": name}, RewardState.DRAFT, by=by, at=at)


@transaction.atomic
def remove(*, reward: Reward, by: Actor, at: datetime) -> None:
    """Remove a draft that nobody ever took. Locks the reward. Raises WasTaken."""
    row = lock_reward(reward.pk)
    if row.state != RewardState.DRAFT or was_taken(row):
        raise WasTaken
    audit.record(verb="reward.removed", by=by, at=at, business=row.business, obj=row, name=row.name)
    former = row.picture.name
    row.delete()
    _forget_picture(former)


@transaction.atomic
def move(*, reward: Reward, up: bool, by: Actor, at: datetime) -> None:
    """Let a reward change places with the one before it (or after it) in its state. Locks the business."""
    Business.objects.select_for_update().get(pk=reward.business_id)
    row = Reward.objects.select_related("business").get(pk=reward.pk)
    shown = list(Reward.objects.filter(business=row.business, state=row.state).order_by("position", "cost", "pk"))
    place = shown.index(row)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(shown):
        return
    places = sorted(each.position for each in shown)
    if len(set(places)) < len(places):
        places = list(range(len(shown)))
    shown[place], shown[other] = shown[other], shown[place]
    for each, position in zip(shown, places, strict=True):
        each.position = position
    Reward.objects.bulk_update(shown, ["position"])
    audit.record(verb="reward.moved", by=by, at=at, business=row.business, obj=row)

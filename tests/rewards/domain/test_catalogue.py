"""Putting rewards into the catalogue, changing, ordering, copying and removing them."""

from dataclasses import replace
from io import BytesIO

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from loyalty.models import AuditEvent
from rewards.domain import catalogue
from rewards.domain.catalogue import RewardDetails, UnitFixed, UnknownIcon, WasTaken
from rewards.models import Reward, RewardIcon, RewardState
from tests.rewards.shop import Shop
from tests.world import NOW


@pytest.fixture
def shop(shop: Shop, settings, tmp_path) -> Shop:
    settings.MEDIA_ROOT = tmp_path
    return shop


def change(shop: Shop, reward: Reward, **fields: object) -> Reward:
    details = replace(RewardDetails(reward.name, reward.unit, reward.cost), **fields)
    return catalogue.change(reward=reward, details=details, by=shop.at_console(), at=NOW)


def picture() -> ContentFile:
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (4, 4), "#123456").save(out, "WEBP")
    return ContentFile(out.getvalue(), name="mug.webp")


def names(shop: Shop, state: RewardState = RewardState.ACTIVE) -> list[str]:
    shown = Reward.objects.filter(business=shop.business, state=state).order_by("position", "cost", "pk")
    return [reward.name for reward in shown]


def test_a_change_names_its_fields(shop: Shop) -> None:
    change(shop, shop.reward, name="Big coffee", cost=60)
    shop.reward.refresh_from_db()
    assert (shop.reward.name, shop.reward.cost) == ("Big coffee", 60)
    assert AuditEvent.objects.get(verb="reward.changed").data == {
        "fields": ["cost", "name"],
        "changes": {"cost": [50, 60], "name": ["Free coffee", "Big coffee"]},
        "decimals": 0,
    }
    change(shop, shop.reward)
    assert AuditEvent.objects.filter(verb="reward.changed").count() == 1


def test_an_icon_that_the_set_does_not_have_is_refused(shop: Shop) -> None:
    before = Reward.objects.values().get(pk=shop.reward.pk)
    with pytest.raises(UnknownIcon):
        change(shop, shop.reward, name="Big coffee", icon="no-such-icon")
    with pytest.raises(UnknownIcon):
        catalogue.create(
            business=shop.business, details=RewardDetails("Tea", shop.reward.unit, 5, icon="../gift"),
            by=shop.at_console(), at=NOW,
        )  # fmt: skip
    assert Reward.objects.values().get(pk=shop.reward.pk) == before
    assert not Reward.objects.filter(name="Tea").exists()


def test_every_icon_that_is_offered_is_there() -> None:
    folder = settings.BASE_DIR / "static" / "vendor" / "lucide"
    assert [icon for icon in RewardIcon.values if not (folder / f"{icon}.svg").is_file()] == []


def test_what_is_to_be_kept_is_kept(shop: Shop) -> None:
    mug = shop.add(stock=5)
    assert change(shop, mug, stock=catalogue.KEEP).stock == 5
    assert change(shop, mug, stock=None).stock is None


def test_the_unit_is_fixed_once_somebody_paid_with_it(shop: Shop) -> None:
    mug = shop.add()
    assert change(shop, mug, unit=shop.stamps).unit == shop.stamps
    mug = change(shop, mug, unit=shop.points)
    shop.give(20)
    shop.redeem(mug)
    with pytest.raises(UnitFixed):
        change(shop, mug, unit=shop.stamps, cost=1)
    mug.refresh_from_db()
    assert (mug.unit, mug.cost) == (shop.points, 10)


def test_every_state_has_its_verb(shop: Shop) -> None:
    for state in (RewardState.ARCHIVED, RewardState.ACTIVE, RewardState.ACTIVE, RewardState.DRAFT):
        catalogue.set_state(reward=shop.reward, state=state, by=shop.at_console(), at=NOW)
    events = AuditEvent.objects.filter(object_id=str(shop.reward.pk), object_type="reward").order_by("pk")
    assert [event.verb for event in events][1:] == ["reward.archived", "reward.activated", "reward.withdrawn"]


def test_rewards_change_places(shop: Shop) -> None:
    mug = shop.add("Mug")
    assert names(shop) == ["Free coffee", "Free cake", "Mug"]
    catalogue.move(reward=mug, up=True, by=shop.at_console(), at=NOW)
    assert names(shop) == ["Free coffee", "Mug", "Free cake"]
    catalogue.move(reward=shop.reward, up=False, by=shop.at_console(), at=NOW)
    assert names(shop) == ["Mug", "Free coffee", "Free cake"]
    catalogue.move(reward=mug, up=True, by=shop.at_console(), at=NOW)
    assert names(shop) == ["Mug", "Free coffee", "Free cake"]


def test_equal_positions_do_not_stop_a_move(shop: Shop) -> None:
    Reward.objects.filter(business=shop.business).update(position=0)
    before = names(shop)
    last = Reward.objects.get(business=shop.business, name=before[-1])
    catalogue.move(reward=last, up=True, by=shop.at_console(), at=NOW)
    assert names(shop) == before[::-1]


def test_a_copy_is_a_draft_at_the_end(shop: Shop) -> None:
    mug = shop.add(stock=3, description="Handmade", picture=picture())
    copy = catalogue.duplicate(reward=mug, name="Copy of Mug", by=shop.at_console(), at=NOW)
    assert (copy.state, copy.name, copy.stock, copy.description) == (RewardState.DRAFT, "Copy of Mug", 3, "Handmade")
    assert (copy.picture.name, copy.position > mug.position) == (mug.picture.name, True)
    assert names(shop) == ["Free coffee", "Free cake", "Mug"]


def test_only_a_draft_that_nobody_took_is_removed(shop: Shop) -> None:
    with pytest.raises(WasTaken):
        catalogue.remove(reward=shop.reward, by=shop.at_console(), at=NOW)
    mug = shop.add()
    shop.give(20)
    shop.redeem(mug)
    catalogue.set_state(reward=mug, state=RewardState.DRAFT, by=shop.at_console(), at=NOW)
    with pytest.raises(WasTaken):
        catalogue.remove(reward=mug, by=shop.at_console(), at=NOW)
    copy = catalogue.duplicate(reward=mug, name="Copy", by=shop.at_console(), at=NOW)
    catalogue.remove(reward=copy, by=shop.at_console(), at=NOW)
    assert names(shop, RewardState.DRAFT) == ["Mug"]
    assert AuditEvent.objects.get(verb="reward.removed").object_id == str(copy.pk)


def test_a_picture_that_nobody_shows_is_deleted(shop: Shop, django_capture_on_commit_callbacks) -> None:
    mug = shop.add(picture=picture())
    storage, first = mug.picture.storage, mug.picture.name
    copy = catalogue.duplicate(reward=mug, name="Copy", by=shop.at_console(), at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        mug = change(shop, mug, picture=picture())
    assert mug.picture.name != first
    assert storage.exists(first)
    with django_capture_on_commit_callbacks(execute=True):
        catalogue.remove(reward=copy, by=shop.at_console(), at=NOW)
        mug = change(shop, mug, picture=None)
    assert not mug.picture
    assert storage.listdir("rewards")[1] == []

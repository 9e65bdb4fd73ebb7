"""Two cards of one person, merged and parted through the console."""

from uuid import uuid4

import pytest

from loyalty.domain.accounts import open_account
from loyalty.models import Account, AccountMerge, Posting
from members.domain import enrolment
from members.domain.enrolment import Person
from members.models import Member, MemberSource, ViewLog
from rewards.domain import redemptions
from tests.members.counter import Till, words
from tests.world import NOW, World


@pytest.fixture
def world(world: World) -> World:
    """Mia has 62 points."""
    world.purchase(6200)
    return world


@pytest.fixture
def office(world: World) -> Till:
    return Till(world, world.manager)


@pytest.fixture
def second(world: World) -> Member:
    """Mia once more, as the counter enrolled her a second time; 15 points."""
    twin = enrol(world, "Mia M.", "mia.second@example.com")
    world.purchase(1500, member=twin)
    return twin


def enrol(world: World, name: str, email: str) -> Member:
    return enrolment.enrol(
        business=world.business, person=Person(name=name, email=email), source=MemberSource.COUNTER,
        by=world.at_counter(), at=NOW,
    )  # fmt: skip


def url(world: World, *parts: object) -> str:
    return f"/console/{world.business.slug}/accounts/{'/'.join(str(part) for part in parts)}/"


def pair(world: World, source: Account) -> str:
    return url(world, world.member.account.public_id, "merge", source.public_id)


def merge(office: Till, source: Account):
    return office.client.post(pair(office.world, source), {"key": uuid4()}, follow=True)


def points(account: Account) -> int:
    return sum(account.balances.filter(unit__code="points").values_list("amount", flat=True))


def test_the_other_card_is_found_from_the_account(world, office, second):
    door = url(world, world.member.account.public_id, "merge")
    assert door in office.client.get(url(world, world.member.account.public_id)).text
    assert "Find the second card of Mia Moon." in words(office.client.get(door))
    found = office.client.post(door, {"q": "mia"})
    assert pair(world, second.account) in found.text
    assert pair(world, world.member.account) not in found.text
    assert "Nobody else here has this name" in words(office.client.post(door, {"q": "zoe"}))


def test_both_sides_are_shown_before_anything_is_merged(world, office, second):
    said = words(office.client.get(pair(world, second.account)))
    assert "Points 62 15 77" in said
    assert AccountMerge.objects.count() == 0
    looked = ViewLog.objects.filter(page="members:console-merge").values_list("member", flat=True)
    assert set(looked) == {world.member.pk, second.pk}


def test_merged_and_parted_again(world, office, second):
    said = words(merge(office, second.account))
    assert "Both now lead to the one that was kept." in said
    assert (points(world.member.account), points(second.account)) == (77, 0)
    done = AccountMerge.objects.get()
    undo = f"/console/{world.business.slug}/merges/{done.public_id}/undo/"
    assert "Merged on" in words(office.client.get(url(world, world.member.account.public_id)))
    for _ in range(2):
        said = words(office.client.post(undo, follow=True))
    assert "Parted. What was left of the second card is there again." in said
    assert (points(world.member.account), points(second.account)) == (62, 15)


def test_sent_twice_it_is_merged_once(world, office, second):
    key = {"key": uuid4()}
    for _ in range(2):
        office.client.post(pair(world, second.account), key)
    assert (AccountMerge.objects.count(), points(world.member.account)) == (1, 77)


def test_the_card_without_a_name_goes_into_the_one_with_a_name(world, office):
    bare = open_account(business=world.business, at=NOW)
    asked = url(world, bare.public_id, "merge", world.member.account.public_id)
    for answer in (office.client.get(asked), office.client.post(asked, {"key": uuid4()})):
        assert (answer.status_code, answer.url) == (302, pair(world, bare))
    assert AccountMerge.objects.count() == 0


def test_the_old_card_and_number_lead_to_the_kept_one(world, office):
    bare = open_account(business=world.business, at=NOW, customer_number="C-7")
    merge(office, bare)
    kept = office.url("member", account=world.member.account.public_id)
    for text in (bare.card_code, "C-7", "mia moon"):
        assert office.find(text).url == kept
    assert "Mia Moon" in words(office.get("member", account=bare.public_id))
    office.book("10", account=bare)
    assert (points(world.member.account), points(bare)) == (72, 0)


def test_vouchers_of_the_old_card_are_there_on_the_kept_one(world, office, second):
    world.purchase(5000, member=second)
    taken = redemptions.redeem(reward=world.reward, account=second.account, key="v", by=world.at_console(), at=NOW)
    merge(office, second.account)
    assert "Free coffee" in words(office.get("member", account=world.member.account.public_id))
    mia = Till(world, world.member_user)
    assert mia.client.get(f"/{world.business.slug}/my/vouchers/{taken.voucher.public_id}/").status_code == 200


def test_nobody_merges_the_own_membership(world, office):
    own = enrol(world, "Max", world.manager.email)
    before = Posting.objects.count()
    page = merge(office, own.account)
    assert (page.status_code, "One of these is your own membership." in words(page)) == (403, True)
    assert (AccountMerge.objects.count(), Posting.objects.count()) == (0, before)


def test_nor_parts_it(world, office, second):
    merge(Till(world, world.owner), second.account)
    Member.objects.filter(pk=second.pk).update(email=world.manager.email)
    done = AccountMerge.objects.get()
    undo = f"/console/{world.business.slug}/merges/{done.public_id}/undo/"
    assert "One of these is your own membership." in words(office.client.post(undo, follow=True))
    done.refresh_from_db()
    assert done.undone_at is None


def test_what_cannot_be_merged_is_said(world, office, second):
    same = words(office.client.post(pair(world, world.member.account), {"key": uuid4()}))
    assert "Both are the same card: there is nothing to merge." in same
    old = words(office.client.post(pair(world, second.account), {"key": "x"}))
    assert "This page is too old." in old
    assert AccountMerge.objects.count() == 0


def test_the_later_merge_is_parted_first(world, office, second):
    bare = open_account(business=world.business, at=NOW)
    merge(office, second.account)
    third = enrol(world, "Mia Third", "third@example.com")
    office.client.post(url(world, third.account.public_id, "merge", world.member.account.public_id), {"key": uuid4()})
    first = AccountMerge.objects.get(source=second.account)
    page = office.client.post(f"/console/{world.business.slug}/merges/{first.public_id}/undo/", follow=True)
    assert "Part those first." in words(page)
    assert (points(third.account), bare.merged_into) == (77, None)

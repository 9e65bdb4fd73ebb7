"""Two cards of one person, merged and parted through the console."""

from uuid import uuid4

import pytest
import time_machine

from loyalty.domain.accounts import open_account
from loyalty.models import Account, AccountMerge, Posting
from members.domain import enrolment
from members.domain.enrolment import Person
from members.models import Member, MemberSource, ViewLog
from rewards.domain import redemptions
from tests.members.counter import Till, words
from tests.pages import alerts, links, refused, texts
from tests.world import NOW, World


@pytest.fixture
def world(world: World) -> World:
    """Mia has 62 points."""
    world.purchase(6200)
    return world


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


def merge(manager: Till, source: Account):
    return manager.client.post(pair(manager.world, source), {"key": uuid4()}, follow=True)


def points(account: Account) -> int:
    return sum(account.balances.filter(unit__code="points").values_list("amount", flat=True))


def undo(done: AccountMerge) -> str:
    return f"/console/{done.business.slug}/merges/{done.public_id}/undo/"


class TestFinding:
    def door(self, world: World) -> str:
        return url(world, world.member.account.public_id, "merge")

    def test_the_account_leads_to_it(self, world, manager):
        assert self.door(world) in links(manager.client.get(url(world, world.member.account.public_id)))

    def test_it_says_whose_second_card_is_looked_for(self, world, manager):
        assert "Find the second card of Mia Moon." in words(manager.client.get(self.door(world)))

    def test_the_others_of_that_name_are_found(self, world, manager, second):
        found = links(manager.client.post(self.door(world), {"q": "mia"}))
        assert pair(world, second.account) in found
        assert pair(world, world.member.account) not in found

    def test_nobody_is_found_where_nobody_is(self, world, manager):
        said = words(manager.client.post(self.door(world), {"q": "zoe"}))
        assert "Nobody else here has this name, number or address." in said


class TestBefore:
    def test_both_sides_and_what_comes_of_it_are_shown(self, world, manager, second):
        page = manager.client.get(pair(world, second.account))
        assert texts(page, ".merge-table tbody tr")[0] == "Points 62 15 77"
        assert texts(page, ".merge-who strong") == ["Mia Moon", "Mia M."]

    def test_looking_merges_nothing(self, world, manager, second):
        manager.client.get(pair(world, second.account))
        assert AccountMerge.objects.count() == 0

    def test_looking_is_noted_to_both(self, world, manager, second):
        manager.client.get(pair(world, second.account))
        looked = ViewLog.objects.filter(page="members:console-merge").values_list("member", flat=True)
        assert set(looked) == {world.member.pk, second.pk}


class TestMergedAndParted:
    def test_all_is_on_the_kept_card(self, world, manager, second):
        page = merge(manager, second.account)
        assert (points(world.member.account), points(second.account)) == (77, 0)
        assert "Both now lead to the one that was kept." in words(page)

    def test_the_account_leads_to_the_merge(self, world, manager, second):
        merge(manager, second.account)
        merged = f"/console/{world.business.slug}/merges/{AccountMerge.objects.get().public_id}/"
        assert merged in links(manager.client.get(url(world, world.member.account.public_id)))

    def test_parted_each_has_its_own(self, world, manager, second):
        merge(manager, second.account)
        page = manager.client.post(undo(AccountMerge.objects.get()), follow=True)
        assert "Parted. What was left of the second card is there again." in words(page)
        assert (points(world.member.account), points(second.account)) == (62, 15)

    def test_parted_twice_nothing_more_happens(self, world, manager, second):
        merge(manager, second.account)
        for _ in range(2):
            manager.client.post(undo(AccountMerge.objects.get()))
        assert (points(world.member.account), points(second.account)) == (62, 15)


def test_sent_twice_it_is_merged_once(world, manager, second):
    key = {"key": uuid4()}
    for _ in range(2):
        manager.client.post(pair(world, second.account), key)
    assert (AccountMerge.objects.count(), points(world.member.account)) == (1, 77)


def test_the_card_without_a_name_goes_into_the_one_with_a_name(world, manager):
    bare = open_account(business=world.business, at=NOW)
    asked = url(world, bare.public_id, "merge", world.member.account.public_id)
    for answer in (manager.client.get(asked), manager.client.post(asked, {"key": uuid4()})):
        assert (answer.status_code, answer.url) == (302, pair(world, bare))
    assert AccountMerge.objects.count() == 0


class TestTheOldCard:
    @pytest.fixture
    def bare(self, world, manager) -> Account:
        """A card without a name that went into Mia's."""
        bare = open_account(business=world.business, at=NOW, customer_number="C-7")
        merge(manager, bare)
        return bare

    def test_its_numbers_lead_to_the_kept_one(self, world, manager, bare):
        kept = manager.url("member", account=world.member.account.public_id)
        assert [manager.find(text).url for text in (bare.card_code, "C-7", "mia moon")] == [kept] * 3

    def test_its_address_shows_the_kept_one(self, world, manager, bare):
        assert texts(manager.customer(bare), ".till-identity h1") == ["Mia Moon"]

    def test_what_is_booked_with_it_goes_to_the_kept_one(self, world, manager, bare):
        manager.book("10", account=bare)
        assert (points(world.member.account), points(bare)) == (72, 0)

    def test_its_vouchers_are_there_on_the_kept_one(self, world, manager, second):
        world.purchase(5000, member=second)
        taken = redemptions.redeem(reward=world.reward, account=second.account, key="v", by=world.at_console(), at=NOW)
        merge(manager, second.account)
        with time_machine.travel(NOW, tick=False):
            at_the_till = Till(world, world.cashier).customer()
        assert manager.url("voucher", voucher=taken.voucher.public_id) in links(at_the_till)
        mia = Till(world, world.member_user)
        assert mia.client.get(f"/{world.business.slug}/my/vouchers/{taken.voucher.public_id}/").status_code == 200


def test_nobody_merges_the_own_membership(world, manager):
    own = enrol(world, "Max", world.manager.email)
    before = Posting.objects.count()
    page = merge(manager, own.account)
    assert page.status_code == 403
    assert "One of these is your own membership." in words(page)
    assert (AccountMerge.objects.count(), Posting.objects.count()) == (0, before)


def test_nor_parts_it(world, manager, second):
    merge(Till(world, world.owner), second.account)
    Member.objects.filter(pk=second.pk).update(email=world.manager.email)
    done = AccountMerge.objects.get()
    assert alerts(manager.client.post(undo(done))) == ["error"]
    done.refresh_from_db()
    assert done.undone_at is None


def test_a_card_is_not_merged_with_itself(world, manager):
    page = manager.client.post(pair(world, world.member.account), {"key": uuid4()})
    assert "Both are the same card: there is nothing to merge." in words(page)
    assert AccountMerge.objects.count() == 0


def test_without_its_key_nothing_is_merged(world, manager, second):
    page = manager.client.post(pair(world, second.account), {"key": "x"})
    assert (page.status_code, refused(page), AccountMerge.objects.count()) == (422, {"key": ["invalid"]}, 0)


def test_the_later_merge_is_parted_first(world, manager, second):
    bare = open_account(business=world.business, at=NOW)
    merge(manager, second.account)
    third = enrol(world, "Mia Third", "third@example.com")
    manager.client.post(url(world, third.account.public_id, "merge", world.member.account.public_id), {"key": uuid4()})
    first = AccountMerge.objects.get(source=second.account)
    page = manager.client.post(undo(first), follow=True)
    assert "Part those first." in words(page)
    assert (points(third.account), bare.merged_into) == (77, None)

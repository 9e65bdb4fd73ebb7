"""What a member is told whose card was merged into another one."""

import pytest

from loyalty.models import AccountMerge
from members.domain import enrolment, merging
from members.domain.enrolment import Person
from members.models import Member, MemberSource
from members.queries.till import customer_of
from tests.members.counter import words
from tests.pages import select, texts
from tests.world import NOW, World, make_user


@pytest.fixture
def kept(world: World) -> Member:
    """The card that Mia's own was merged into, with 10 points; nobody has logged in with it."""
    twin = enrolment.enrol(
        business=world.business, person=Person(name="Mia Twice", email="twice@example.com"),
        source=MemberSource.COUNTER, by=world.at_counter(), at=NOW,
    )  # fmt: skip
    world.purchase(1000, member=twin)
    merge(world, twin)
    return twin


def merge(world: World, kept: Member) -> AccountMerge:
    source, target = (customer_of(each.account, world.business) for each in (world.member, kept))
    return merging.merge(source=source, target=target, key="m", by=world.at_console(), at=NOW)


@pytest.mark.parametrize("page", ["", "activity/", "statement/", "card/", "rewards/", "vouchers/"])
def test_every_page_of_what_she_has_says_that_the_card_was_merged(world, kept, mia, page):
    answer = mia.client.get(f"/luna/my/{page}", follow=True)
    assert answer.redirect_chain == [("/luna/my/merged/", 302)]


def test_it_says_that_the_card_was_merged(kept, mia):
    assert texts(mia.client.get("/luna/my/merged/"), "h1") == ["Your card was merged"]


@pytest.mark.parametrize("page", ["profile/", "privacy/"])
def test_what_she_agreed_to_stays_in_her_own_hands(world, kept, mia, page):
    assert mia.client.get(f"/luna/my/{page}").status_code == 200


def test_with_the_number_of_another_card_she_does_not_open_it(world, kept, mia):
    wrong = mia.client.post("/luna/my/merged/", {"card": world.member.account.card_code})
    assert wrong.status_code == 422
    assert "Your card was not merged into this one." in words(wrong)
    kept.refresh_from_db()
    assert kept.user is None


def test_with_the_number_of_the_other_card_she_opens_it(world, kept, mia):
    page = mia.client.post("/luna/my/merged/", {"card": kept.account.card_code.lower()}, follow=True)
    assert "Here is all that was collected with both cards." in words(page)
    assert texts(page, ".panel .balance") == ["10 points"]
    kept.refresh_from_db()
    world.member.refresh_from_db()
    assert (kept.user, world.member.user) == (world.member_user, None)


def test_she_does_not_open_a_card_that_has_a_log_in(world, kept, mia):
    enrolment.claim(member=kept, user=make_user("twice"), at=NOW, by=world.at_counter())
    page = mia.client.get("/luna/my/merged/")
    assert "The other card has its own log-in" in words(page)
    assert not select(page, "[name=card]")
    assert mia.client.post("/luna/my/merged/", {"card": kept.account.card_code}).status_code == 422
    world.member.refresh_from_db()
    assert world.member.user == world.member_user


def test_consents_do_not_pass_over(world, kept):
    assert world.member.consent_events.count() == kept.consent_events.count() == 0


def test_parted_again_her_own_page_is_back(world, kept, mia):
    merging.undo(merge=AccountMerge.objects.get(), by=world.at_console(), at=NOW)
    assert mia.client.get("/luna/my/").status_code == 200
    assert mia.client.get("/luna/my/merged/").status_code == 404

"""The one field of the till: what a typed or scanned text stands for, and who is never found."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.domain.accounts import open_account
from loyalty.engine import codes
from loyalty.models import Account, Business
from members.domain import claims, enrolment
from members.domain.enrolment import Person
from members.models import Member, MemberSource
from members.queries.find import Found, card_code, find
from rewards.domain import redemptions
from tests.fields.test_every_value import raised
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(world: World) -> World:
    Business.objects.filter(pk=world.business.pk).update(country="EE")
    world.business.refresh_from_db()
    return world


def enrol(world: World, name: str, *, email: str = "", phone: str = "", business: Business | None = None) -> Member:
    return enrolment.enrol(
        business=business or world.business, person=Person(name=name, email=email, phone=phone),
        source=MemberSource.COUNTER, by=world.at_counter(), at=NOW,
    )  # fmt: skip


def named(found: Found) -> list[str]:
    return [hit.name for hit in found.hits]


def wrong(code: str) -> str:
    """The code with its second character changed."""
    other = codes.ALPHABET[(codes.ALPHABET.index(code[1]) + 1) % len(codes.ALPHABET)]
    return code[0] + other + code[2:]


class TestCards:
    @pytest.mark.parametrize(
        "shape",
        [
            "{}",
            "{grouped}",
            "{lower}",
            " {spaced} ",
            "https://x.example/luna/card/{}/",
            "https://x.example/card/{}?a=/b#/c",
        ],
    )
    def test_a_card_is_read_in_every_shape(self, world, shape):
        code = world.member.account.card_code
        text = shape.format(
            code, grouped=codes.grouped(code), lower=code.lower(), spaced=codes.grouped(code).replace("-", " ")
        )
        found = find(world.business, text)
        assert (found.only.account, found.only.member, found.voucher) == (world.member.account, world.member, None)

    def test_look_alikes_are_what_they_stand_for(self, world):
        account = open_account(business=world.business, at=NOW)
        typed = account.card_code.replace("D", "0").replace("L", "1").replace("B", "8").replace("S", "5")
        assert find(world.business, typed).only.account == account

    def test_one_wrong_letter_finds_nobody_and_says_so(self, world):
        found = find(world.business, codes.grouped(wrong(world.member.account.card_code)))
        assert (found.hits, found.voucher, found.misread) == ([], None, True)

    def test_a_card_without_a_person_is_found(self, world):
        account = open_account(business=world.business, at=NOW, customer_number="C-17")
        for text in (account.card_code, "C-17", "c-17"):
            assert [(hit.account, hit.member, hit.contact) for hit in find(world.business, text).hits] == [
                (account, None, "C-17")
            ]

    def test_a_voucher_is_found_by_its_code(self, world):
        world.purchase(5000)
        redemption = redemptions.redeem(
            reward=world.reward, account=world.member.account, key="k", by=world.at_counter(), at=NOW
        )
        found = find(world.business, codes.grouped(redemption.voucher.code))
        assert (found.voucher, found.hits) == (redemption.voucher, [])


class TestPeople:
    @pytest.mark.parametrize("text", ["mia", "Mia M", "moon", "moon mia", "MIA  MOON", "Mía"])
    def test_any_word_of_a_name_from_its_start(self, world, text):
        enrol(world, "Leo Sunn", email="leo@example.com")
        assert named(find(world.business, text)) == ["Mia Moon"]

    @pytest.mark.parametrize("text", ["ia", "oon", "mia leo", "x"])
    def test_nothing_from_the_middle_of_a_word(self, world, text):
        enrol(world, "Leo Sunn", email="leo@example.com")
        assert named(find(world.business, text)) == []

    @pytest.mark.parametrize("text", ["+372 5551 2367", "5551 2367", "55512367", "2367", "367", "1 23-67"])
    def test_a_phone_in_every_shape_and_its_last_digits(self, world, text):
        enrol(world, "Leo Sunn", phone="+37255512367")
        enrol(world, "Ana Starr", phone="+37255512368")
        assert named(find(world.business, text)) == ["Leo Sunn"]

    @pytest.mark.parametrize("text", ["67", "999", "+372 5551 2366"])
    def test_two_digits_are_too_few_and_others_nobody(self, world, text):
        enrol(world, "Leo Sunn", phone="+37255512367")
        assert named(find(world.business, text)) == []

    @pytest.mark.parametrize("text", ["leo@example.com", "LEO@example.com", "leo@"])
    def test_an_email_from_its_start(self, world, text):
        enrol(world, "Leo Sunn", email="leo@example.com")
        assert named(find(world.business, text)) == ["Leo Sunn"]

    def test_digits_may_be_a_phone_and_a_customer_number(self, world):
        numbered = open_account(business=world.business, at=NOW, customer_number="2367")
        leo = enrol(world, "Leo Sunn", phone="+37255512367")
        assert [hit.account for hit in find(world.business, "2367").hits] == [numbered, leo.account]

    def test_eight_are_listed_and_more_are_told_of(self, world):
        for number in range(9):
            enrol(world, f"Zoe {number}", email=f"zoe{number}@example.com")
        found = find(world.business, "zoe")
        assert (named(found), found.more, found.only) == ([f"Zoe {number}" for number in range(8)], True, None)

    def test_only_so_much_of_an_address_is_shown_as_tells_two_apart(self, world):
        enrol(world, "Zoe One", phone="+37255512367", email="zoe@example.com")
        enrol(world, "Zoe Two", email="two@example.com")
        assert [hit.contact for hit in find(world.business, "zoe").hits] == ["••• 67", "t•••@example.com"]


class TestNobody:
    @pytest.mark.parametrize("text", ["http://[::1", "http://[", "://", "https://x]y/[?#", "http://%zz/%"])
    def test_no_address_at_all_finds_nobody(self, world, text):
        assert find(world.business, text) == Found(text)

    @pytest.mark.parametrize("text", ["", "   ", "́", "%", "_", "...", "@", "'; --", "\\"])
    def test_a_text_without_letters_finds_nobody(self, world, text):
        assert find(world.business, text) == Found(" ".join(text.split()))

    def test_people_of_another_business_are_never_found(self, world):
        other = world.other_member
        enrol(world, "Nora Noon", phone="+37255512367", business=world.other_business)
        for text in ("nora", other.email, other.account.card_code, "2367", codes.grouped(other.account.card_code)):
            assert find(world.business, text).hits == []
        assert named(find(world.other_business, "nora")) == ["Nora Noon", "Nora Noon"]

    def test_nor_their_vouchers(self, world):
        voucher = redeemed_elsewhere(world)
        assert find(world.business, voucher.code).voucher is None
        assert find(world.other_business, voucher.code).voucher == voucher

    def test_a_closed_account_and_an_erased_member_are_gone(self, world):
        card = open_account(business=world.business, at=NOW)
        old = world.member.account.card_code
        claims.attach_card(member=world.member, code=card.card_code, by=world.at_counter(), at=NOW)
        assert find(world.business, old).hits == []
        assert find(world.business, "mia").only.account == card
        Member.objects.filter(pk=world.member.pk).update(erased_at=NOW)
        assert find(world.business, "mia").hits == []


def redeemed_elsewhere(world: World):
    from loyalty.domain.actors import Actor
    from loyalty.domain.sale_input import SaleInput
    from loyalty.models import Channel
    from members.domain import visits

    owner = world.other_business.staff.get()
    by = Actor(Channel.COUNTER, owner.user, owner)
    sale = SaleInput(key="s", at=NOW, total=10_000, total_before_tax=10_000)
    visits.record_visit(member=world.other_member, sale=sale, by=by, at=NOW)
    account = Account.objects.get(pk=world.other_member.account_id)
    return redemptions.redeem(reward=world.other_reward, account=account, key="k", by=by, at=NOW).voucher


@pytest.mark.parametrize("people", [1, 3])
def test_it_takes_three_queries_at_most(world, people):
    for number in range(people):
        enrol(world, f"Zoe {number}", phone=f"+3725551236{number}")
    for text, most in (("zoe", 2), ("360", 2), (world.member.account.card_code, 1)):
        with CaptureQueriesContext(connection) as queries:
            found = find(world.business, text)
            assert [hit.contact for hit in found.hits]
        assert len(queries) == most


@pytest.mark.parametrize("written", [str, codes.grouped])
def test_a_valid_code_that_nobody_has_is_a_new_card_and_no_slip(world, written):
    code = codes.new_code()
    assert card_code(written(code)) == code
    assert find(world.business, written(code)) == Found(written(code))


def test_whatever_is_scanned_finds_somebody_or_nobody(world: World) -> None:
    assert raised(lambda text: find(world.business, text), ()) == []

"""The till's first page: finding somebody by posts alone, as without JavaScript."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.domain.accounts import open_account
from loyalty.engine import codes
from loyalty.models import Sale
from rewards.domain import redemptions
from tests.members.counter import Till, rows, words
from tests.pages import actions, links, select, texts
from tests.world import NOW


def test_one_who_is_found_is_opened_at_once(till: Till):
    response = till.find("mia")
    assert (response.status_code, response.url) == (
        302,
        till.url("member", account=till.world.member.account.public_id),
    )


def test_a_scanned_voucher_is_opened_at_once(till: Till):
    till.world.purchase(6000)
    redemption = redemptions.redeem(
        reward=till.world.reward, account=till.world.member.account, key="k", by=till.world.at_counter(), at=NOW
    )
    response = till.find(f"https://x.example/v/{redemption.voucher.code}")
    assert response.url == till.url("voucher", voucher=redemption.voucher.public_id)


def test_of_several_one_chooses(till: Till):
    till.post("enrol", {"name": "Mia Mars", "contact": "+372 5551 2367"})
    response = till.find("mia")
    assert response.status_code == 200
    assert set(texts(response, ".till-hits .till-hit")) == {"Mia Mars ••• 67", "Mia Moon m•••@example.com"}


def test_a_phone_number_is_not_told(till: Till):
    till.post("enrol", {"name": "Mia Mars", "contact": "+372 5551 2367"})
    assert not re.search(r"5551\s?2367", till.find("mia").content.decode())


def test_live_results_are_a_part_of_the_page_and_open_nothing(till: Till):
    response = till.find("mia", live=True)
    assert response.status_code == 200
    assert response.content.decode().strip().startswith('<div id="found"')
    assert texts(response, ".till-hits .till-hit") == ["Mia Moon m•••@example.com"]


def test_who_is_not_found_live_can_be_enrolled(till: Till):
    [button] = select(till.find("zoe", live=True), "button[type=submit]")
    assert (button["form"], "“zoe”" in button.text) == ("till-search", True)


def test_nothing_typed_finds_nothing_live(till: Till):
    assert words(till.find("", live=True)) == ""


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("zoe quill", "name", "Zoe Quill"),
        ("Zoe McQuill", "name", "Zoe McQuill"),
        ("zoe@example.com", "contact", "zoe@example.com"),
        ("+372 5551 2367", "contact", "+372 5551 2367"),
        ("367", "", ""),
    ],
)
def test_nobody_found_can_be_enrolled_with_what_was_typed(till: Till, text, field, value):
    form = till.find(text).context["enrol_form"]
    assert form.initial == ({field: value} if field else {})


def test_a_new_card_can_be_given_to_somebody(till: Till):
    code = codes.new_code()
    assert till.find(code).context["enrol_form"].initial == {"card": codes.grouped(code)}


def test_a_mistyped_card_is_told(till: Till):
    code = till.world.member.account.card_code
    last = "A" if code[-1] != "A" else "B"
    assert "No card has this number." in words(till.find(f"{code[:-1]}{last}-"))


@pytest.mark.parametrize("text", ["x" * 201, "mia\0"])
@pytest.mark.parametrize("live", [False, True])
def test_what_cannot_be_looked_for_is_said_so(till: Till, text, live):
    response = till.find(text, live=live)
    assert response.status_code == 422
    assert "That is too much to look for." in words(response)


def test_nothing_typed_is_the_first_page(till: Till):
    assert till.find("  ").url == till.url()


def test_nobody_of_another_business_is_shown(till: Till):
    other = till.world.other_member
    for text in ("nora", other.email, other.account.card_code):
        assert "Nora" not in words(till.find(text)).replace("“Nora”", "")


def test_a_name_never_stands_in_an_address(till: Till):
    assert select(till.get(), "form#till-search[method=post]")
    assert "Mia" not in till.client.get(till.url() + "?q=mia").content.decode()


class TestLately:
    def test_what_was_done_is_listed_the_newest_first(self, till: Till):
        till.book("12.50")
        till.post("walk-in", {"key": "0b2f0d4e-7d64-4f0c-a8c0-5d9f0f3b1c11", "amount": "3"})
        page = till.get()
        assert texts(page, ".till-what strong") == ["Walk-in", "Mia M."]
        assert texts(page, ".till-what time") == ["12:30 PM", "12:30 PM"]
        assert texts(page, ".till-aside") == ["· Cleo", "· Cleo"]
        assert texts(page, ".till-sums") == ["€3.00", "€12.50 +12 points, +1 stamp"]

    def test_each_leads_to_its_sale_and_back(self, till: Till):
        till.book("12.50")
        sale = Sale.objects.get().public_id
        page = till.get()
        assert till.url("sale", sale=sale) in links(page)
        assert till.url("sale-undo", sale=sale) in actions(page)

    def test_a_manager_undoes_later_too_a_cashier_does_not(self, till: Till, manager: Till, clock):
        till.book("12.50")
        undo = till.url("sale-undo", sale=Sale.objects.get().public_id)
        till.client.get(till.url("sale", sale=Sale.objects.get().public_id))
        assert undo in actions(till.get())
        clock.shift(16 * 60)
        assert [undo in actions(each.get()) for each in (till, manager)] == [False, True]

    def test_a_person_is_named_shortly(self, till: Till):
        till.book("1")
        page = till.get()
        assert texts(page, ".till-what strong") == ["Mia M."]
        assert "Mia Moon" not in words(page)

    def test_a_card_is_not_named_at_all(self, till: Till):
        account = open_account(business=till.world.business, at=NOW)
        till.book("1", account=account)
        page = till.get()
        [who] = texts(page, ".till-what strong")
        assert who
        assert "Mia" not in words(page)
        assert codes.grouped(account.card_code) not in words(page)

    def test_pages_of_twenty(self, till: Till):
        for number in range(21):
            till.book(str(number + 1))
        first = till.get()
        assert len(first.context["recent"].rows) == 20
        older = till.client.get(till.url() + first.context["recent"].older)
        assert [row.amount for row in older.context["recent"].rows] == [100]

    def test_an_empty_till_says_what_will_be_here(self, till: Till):
        assert "What is done at the till will be listed here" in words(till.get())

    @pytest.mark.parametrize("acts", [1, 3])
    def test_its_queries_do_not_grow(self, till: Till, acts):
        till.world.purchase(100_000)
        for _ in range(acts):
            till.book("5")
            till.post("hand-out", {"key": "0b2f0d4e-7d64-4f0c-a8c0-5d9f0f3b1c11"}, **hand_out(till))
            refund(till)
        with CaptureQueriesContext(connection) as queries:
            till.get()
        assert len(queries) == 9


def hand_out(till: Till) -> dict[str, object]:
    return {"account": till.world.member.account.public_id, "reward": till.world.reward.public_id}


def refund(till: Till) -> None:
    sale = Sale.objects.order_by("-pk").first()
    till.post("refund", {"key": "0b2f0d4e-7d64-4f0c-a8c0-5d9f0f3b1c12", "amount": "1"}, sale=sale.public_id)


def test_a_find_writes_nothing(till: Till):
    before = rows()
    for text in ("mia", "zoe", "367", till.world.member.account.card_code):
        till.find(text)
        till.find(text, live=True)
    assert rows() == before

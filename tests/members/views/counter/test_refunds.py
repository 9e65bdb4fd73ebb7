"""Goods that come back at the till: chosen by line or by amount, looked at before, said after; without JavaScript."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.http import HttpResponse

from loyalty.domain.sale_input import LineInput, SaleInput
from loyalty.models import Refund, Sale, SaleLine
from members.domain import counter
from members.models import Member
from rewards.domain import redemptions
from tests.members.counter import HTMX, Till, rows, words
from tests.pages import alerts, links, refused, select, texts, value_of
from tests.world import NOW

DAY = 86_400


@pytest.fixture
def sale(till: Till) -> Sale:
    """Three cups for 30.00 and a pot for 20.00: 50 points and a stamp."""
    lines = [
        LineInput(3000, 3000, name="Cup", quantity=Decimal(3)),
        LineInput(2000, 2000, item="POT-1"),
    ]
    bought = SaleInput(key="k", at=NOW, total=5000, total_before_tax=5000, lines=lines)
    by = till.world.at_counter()
    account = till.world.member.account
    return counter.record(business=till.world.business, account=account, sale=bought, by=by, at=NOW).sale


@pytest.fixture
def bare(till: Till) -> Sale:
    """12.50 of which nobody wrote down what was bought."""
    till.book("12.50")
    return Sale.objects.get()


def line(sale: Sale, name: str) -> str:
    """Return the name of the field that asks how many of a line come back."""
    return next(f"line{each.pk}" for each in sale.lines.all() if name in (each.name, each.item))


def form(sale: Sale, amount: str = "", **pieces: str) -> dict[str, object]:
    typed = {line(sale, name.replace("_", "-")): count for name, count in pieces.items()}
    return {"key": uuid4(), "amount": amount, **typed}


def page(till: Till, sale: Sale) -> HttpResponse:
    return till.get("refund", sale=sale.public_id)


def send(till: Till, sale: Sale, data: dict[str, object], name: str = "refund") -> HttpResponse:
    return till.post(name, data, sale=sale.public_id)


def refund(till: Till, sale: Sale, amount: str, key: object = None) -> HttpResponse:
    return send(till, sale, {"key": key or uuid4(), "amount": amount})


def points(till: Till) -> int:
    return till.world.member.account.balances.get(unit=till.world.points).amount


def returned(sale: Sale) -> list[int]:
    return list(sale.lines.order_by("pk").values_list("returned_thousandths", flat=True))


class TestByLine:
    def test_the_lines_of_the_sale_are_asked_for(self, till: Till, sale: Sale):
        shown = page(till, sale)
        labels = texts(shown, ".till-back label")
        assert [label.split(" (")[0] for label in labels] == ["Cup, €30.00", "POT-1, €20.00"]
        assert texts(shown, ".till-back .hint") == ["3 of 3 left", "1 of 1 left"]

    def test_what_can_be_given_back_in_all_is_said(self, till: Till, sale: Sale):
        assert "€50.00 can be given back." in words(page(till, sale))

    def test_what_comes_back_is_booked(self, till: Till, sale: Sale):
        response = send(till, sale, form(sale, Cup="2"))
        assert (response.url, alerts(response)) == (till.url("sale", sale=sale.public_id), ["success"])
        assert (points(till), returned(sale)) == (30, [2000, 0])

    def test_what_came_back_is_said_on_the_receipt(self, till: Till, sale: Sale):
        said = words(till.client.get(send(till, sale, form(sale, Cup="2")).url))
        assert "€20.00 given back on Mar 10, 2026, 12:30:00 PM · \u221220 points" in said

    def test_what_is_left_of_a_line_is_asked_for_next(self, till: Till, sale: Sale):
        send(till, sale, form(sale, Cup="2"))
        assert texts(page(till, sale), ".till-back .hint") == ["1 of 3 left", "1 of 1 left"]

    def test_when_all_is_back_nothing_is_asked_for(self, till: Till, sale: Sale):
        send(till, sale, form(sale, Cup="2"))
        send(till, sale, form(sale, Cup="1", POT_1="1"))
        assert (points(till), returned(sale)) == (0, [3000, 1000])
        shown = page(till, sale)
        assert "Nothing is left to give back of this sale." in words(shown)
        assert not select(shown, "[name=amount]")

    def test_an_amount_for_a_line_counts_instead_of_its_price(self, till: Till, sale: Sale):
        send(till, sale, form(sale, "5.00", POT_1="1"))
        assert (points(till), returned(sale)) == (45, [0, 1000])

    def test_an_amount_alone_is_of_no_line(self, till: Till, sale: Sale):
        send(till, sale, form(sale, "15.00"))
        assert (points(till), returned(sale)) == (35, [0, 0])


class TestByAmount:
    def test_all_of_it_is_proposed(self, till: Till, bare: Sale):
        assert value_of(page(till, bare), "amount") == "12.50"

    def test_a_part_then_the_rest(self, till: Till, bare: Sale):
        refund(till, bare, "2.50")
        assert (rows()["held"], page(till, bare).context["left"]) == (11, 1000)
        refund(till, bare, "10")
        assert (rows()["held"], page(till, bare).context["left"]) == (0, 0)

    def test_of_an_undone_sale_nothing(self, till: Till, bare: Sale):
        till.post("sale-undo", sale=bare.public_id)
        before = rows()
        assert refund(till, bare, "1").status_code == 422
        assert rows() == before

    def test_tomorrow_a_cashier_asks_a_manager(self, till: Till, bare: Sale, clock):
        clock.shift(DAY)
        before = rows()
        response = refund(till, bare, "1")
        assert (response.status_code, rows()) == (422, before)
        assert "A cashier refunds on the day of the sale. Ask a manager." in words(response)

    def test_tomorrow_only_a_manager_is_offered_it(self, till: Till, manager: Till, bare: Sale, clock):
        clock.shift(DAY)
        door = till.url("refund", sale=bare.public_id)
        assert [door in links(each.get("sale", sale=bare.public_id)) for each in (till, manager)] == [False, True]
        assert refund(manager, bare, "1").status_code == 302


class TestTheSameForm:
    def test_it_books_once(self, till: Till, sale: Sale):
        data = form(sale, Cup="1")
        for _ in range(2):
            send(till, sale, data)
        assert (points(till), returned(sale), Refund.objects.count()) == (40, [1000, 0], 1)

    def test_with_other_content_it_is_refused(self, till: Till, sale: Sale):
        data = form(sale, Cup="1")
        send(till, sale, data)
        response = send(till, sale, form(sale, Cup="2") | {"key": data["key"]})
        assert (response.status_code, refused(response), points(till)) == (422, {"__all__": [""]}, 40)
        assert value_of(response, "key") != str(data["key"])

    @pytest.mark.parametrize("amount", ["2.50", "12.50"])
    def test_a_lost_answer_is_given_again(self, till: Till, bare: Sale, amount: str):
        key = uuid4()
        first, again = refund(till, bare, amount, key), refund(till, bare, amount, key)
        assert (first.status_code, first["Location"]) == (302, till.url("sale", sale=bare.public_id))
        assert (again.status_code, again["Location"], again.content) == (302, first["Location"], first.content)

    def test_after_all_is_back_it_answers_as_the_first(self, till: Till, sale: Sale):
        data = form(sale, Cup="3", POT_1="1")
        answers = [send(till, sale, data) for _ in range(2)]
        assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, answers[0]["Location"])] * 2
        assert (points(till), returned(sale)) == (0, [3000, 1000])


class TestBefore:
    @pytest.fixture
    def spent(self, till: Till, sale: Sale) -> Sale:
        """The sale, with all its points spent."""
        world = till.world
        redemptions.redeem(reward=world.reward, account=world.member.account, key="r", by=world.at_counter(), at=NOW)
        return sale

    @pytest.mark.parametrize("live", [True, False])
    def test_it_says_what_goes_back_and_what_is_owed(self, till: Till, spent: Sale, live: bool):
        before = rows(), returned(spent)
        address = till.url("refund-preview", sale=spent.public_id)
        response = till.client.post(address, form(spent, Cup="1", POT_1="1"), headers=HTMX if live else {})
        assert response.status_code == 200
        would = response.context["would"]
        assert (would.amount, texts(response, ".till-preview span" if not live else "span")) == (3000, would.changes)
        assert any("30 points owed" in change for change in would.changes)
        assert (rows(), returned(spent)) == before

    def test_while_it_is_typed_only_that_is_told(self, till: Till, spent: Sale):
        address = till.url("refund-preview", sale=spent.public_id)
        response = till.client.post(address, form(spent, Cup="1"), headers=HTMX)
        assert not select(response, "form")

    def test_at_the_button_what_was_typed_is_kept(self, till: Till, spent: Sale):
        response = send(till, spent, form(spent, Cup="1"), "refund-preview")
        assert value_of(response, line(spent, "Cup")) == "1"
        assert select(response, f"form[action={till.url('refund', sale=spent.public_id)}]")


@pytest.mark.parametrize("name", ["refund", "refund-preview"])
class TestRefused:
    def test_nothing_at_all_asks_for_lines_or_an_amount(self, till: Till, sale: Sale, name: str):
        response = send(till, sale, form(sale), name)
        assert response.status_code == 422
        assert "Enter how many of what came back, or an amount." in words(response)

    @pytest.mark.parametrize(("typed", "code"), [("3.001", "most"), ("-1", "negative"), ("two", "not_a_number")])
    def test_a_wrong_count_is_refused_beside_its_line(self, till: Till, sale: Sale, name: str, typed: str, code: str):
        before = rows(), returned(sale)
        response = send(till, sale, form(sale, Cup=typed), name)
        assert (response.status_code, refused(response)) == (422, {line(sale, "Cup"): [code]})
        assert (rows(), returned(sale)) == before

    @pytest.mark.parametrize(
        ("amount", "code"),
        [("", "required"), ("0", "least"), ("12.51", "most"), ("x", "not_a_number")],
    )
    def test_a_wrong_amount_is_refused_beside_it(self, till: Till, bare: Sale, name: str, amount: str, code: str):
        before = rows()
        response = send(till, bare, {"key": uuid4(), "amount": amount}, name)
        assert (response.status_code, refused(response), rows()) == (422, {"amount": [code]}, before)

    def test_more_pieces_than_are_left_are_refused_with_what_is_left(self, till: Till, sale: Sale, name: str):
        send(till, sale, form(sale, Cup="2"))
        before = rows(), returned(sale)
        response = send(till, sale, form(sale, Cup="2"), name)
        assert (response.status_code, list(refused(response))) == (422, [line(sale, "Cup")])
        assert has_most(response, "1")
        assert (rows(), returned(sale)) == before

    def test_more_money_than_is_left_is_refused_with_what_is_left(self, till: Till, sale: Sale, name: str):
        send(till, sale, form(sale, Cup="2"))
        before = rows(), returned(sale)
        response = send(till, sale, form(sale, "30.01"), name)
        assert (response.status_code, list(refused(response))) == (422, ["amount"])
        assert has_most(response, "30.00")
        assert (rows(), returned(sale)) == before

    def test_ones_own_is_left_to_a_colleague(self, till: Till, sale: Sale, name: str):
        Member.objects.filter(pk=till.world.member.pk).update(user=till.world.cashier)
        before = rows()
        response = send(till, sale, form(sale, Cup="1"), name)
        assert (response.status_code, refused(response), rows()) == (403, {"__all__": [""]}, before)
        assert SaleLine.objects.filter(returned_thousandths__gt=0).count() == 0


def has_most(response: HttpResponse, most: str) -> bool:
    """Return whether the one error of the page's form names the most that can come back."""
    [[message]] = response.context["form"].errors.values()
    return message.split()[-1] == f"{most}."

"""What the till asks before it records: in the same form, answered by one press, with what was typed; no JavaScript."""

from uuid import uuid4

import pytest

from loyalty.domain import businesses, staff
from loyalty.domain.actors import Actor
from loyalty.models import AuditEvent, Channel, Sale, StaffRole
from tests.members.counter import HTMX, Till, rows, words
from tests.pages import links, refused, select, texts, value_of

ANSWER = ".till-answers button"


def sell(till: Till, amount: str, **more: object):
    return till.post("walk-in", {"key": uuid4(), "amount": amount, **more})


def totals() -> list[int]:
    return list(Sale.objects.order_by("pk").values_list("total", flat=True))


def cap(till: Till, **caps: int) -> None:
    world = till.world
    businesses.change_details(business=world.business, changes=caps, by=world.at_console(), at=world.business.opened_at)


def set_pin(role: StaffRole, pin: str) -> None:
    by = Actor(Channel.CONSOLE, role.user, role)
    staff.set_pin(staff=role, pin=pin, by=by, at=role.business.opened_at)


class TestUnusual:
    @pytest.mark.parametrize("where", ["book", "sell"])
    def test_it_is_asked_with_what_was_typed(self, till: Till, where):
        before = rows()
        key = uuid4()
        response = till.book("12345", key=key) if where == "book" else sell(till, "12345", key=key)
        assert (response.status_code, rows()) == (422, before)
        assert (value_of(response, "amount"), value_of(response, "key")) == ("12345", str(key))

    def test_the_cursor_stands_on_the_answer(self, till: Till):
        response = till.book("12345")
        [answer] = select(response, ANSWER)
        assert (answer["name"], answer["value"], "autofocus" in answer.attributes) == ("confirmed", "1234500", True)
        assert "autofocus" not in select(response, "[name=amount]")[0].attributes

    def test_enter_in_a_field_is_no_answer(self, till: Till):
        first, second, *_others = select(till.book("12345"), ".till-purchase button")
        assert ("name" in first.attributes, second["name"]) == (False, "confirmed")

    def test_one_press_records_it(self, till: Till):
        key = uuid4()
        till.book("12345", key=key)
        assert till.book("12345", key=key, confirmed="1234500").status_code == 302
        assert totals() == [1_234_500]

    @pytest.mark.parametrize("confirmed", ["450", "", "nonsense", "9" * 40])
    def test_an_answer_to_another_amount_is_none(self, till: Till, confirmed):
        before = rows()
        assert (till.book("12345", confirmed=confirmed).status_code, rows()) == (422, before)

    def test_the_amount_may_be_corrected_instead(self, till: Till):
        key = uuid4()
        till.book("12345", key=key)
        assert till.book("123.45", key=key, confirmed="12345").status_code == 302

    def test_it_is_said_why(self, till: Till):
        said = words(till.book("12345"))
        assert "Is €12,345.00 right?" in said
        assert "Purchases here are rarely above €100.00." in said


class TestMissingMark:
    def test_one_press_records_what_was_meant(self, till: Till):
        key = uuid4()
        answers = select(till.book("450", key=key, receipt="R-1"), ANSWER)
        assert [(each["name"], each["value"]) for each in answers] == [("instead", "450"), ("confirmed", "45000")]
        assert ["autofocus" in each.attributes for each in answers] == [True, False]
        assert till.book("450", key=key, receipt="R-1", instead="450").status_code == 302
        assert (totals(), Sale.objects.get().receipt) == ([450], "R-1")

    def test_as_a_walk_in_as_well(self, till: Till):
        sell(till, "450", instead="450")
        assert totals() == [450]

    @pytest.mark.parametrize(("typed", "instead"), [("450", "451"), ("4.50", "450"), ("12.50", "1"), ("45000", "450")])
    def test_only_what_the_digits_say_is_meant(self, till: Till, typed, instead):
        till.book(typed, instead=instead)
        assert 451 not in totals()
        assert totals() in ([], [450], [1250])

    def test_a_form_that_is_refused_shows_what_was_meant(self, till: Till):
        response = till.book("450", instead="450", receipt="x" * 61)
        assert (refused(response), value_of(response, "amount")) == ({"receipt": ["max_length"]}, "4.50")


class TestTwin:
    def test_it_leads_to_the_first(self, till: Till):
        till.book("12.50")
        response = till.book("12.50")
        assert response.status_code == 422
        assert till.url("sale", sale=Sale.objects.get().public_id) in links(response)

    def test_one_press_records_it(self, till: Till):
        till.book("12.50")
        till.book("12.50", confirmed="1250")
        assert totals() == [1250, 1250]

    def test_a_walk_in_after_a_member(self, till: Till):
        till.book("12.50")
        before = rows()
        assert (sell(till, "12.50").status_code, rows()) == (422, before)

    def test_a_minute_later_nobody_asks(self, till: Till, clock):
        till.book("12.50")
        clock.shift(60)
        assert till.book("12.50").status_code == 302

    def test_a_visit_is_asked_in_its_own_form(self, till: Till):
        till.visit()
        response = till.visit()
        [answer] = select(response, "form.till-visit .till-answers button")
        assert (response.status_code, answer["name"], answer["value"]) == (422, "confirmed", "0")
        assert select(response, "form.till-visit input[name=visit]")
        account = till.world.member.account.public_id
        key = value_of(response, "key")
        assert till.post("member", {"key": key, "visit": "1", "confirmed": "0"}, account=account).status_code == 302


class TestCaps:
    @pytest.fixture
    def till(self, till: Till) -> Till:
        cap(till, sale_cap=5000)
        set_pin(till.world.manager_role, "4831")
        set_pin(till.world.cashier_role, "5942")
        return till

    def test_a_cashier_is_asked_for_the_pin_of_a_manager(self, till: Till):
        before = rows()
        response = till.book("60", confirmed="6000")
        assert (response.status_code, rows()) == (422, before)
        assert "autofocus" in select(response, "[name=pin]")[0].attributes

    def test_with_it_the_purchase_is_recorded_and_the_manager_named(self, till: Till):
        key = uuid4()
        till.book("60", key=key)
        assert till.book("60", key=key, pin="4831").status_code == 302
        assert AuditEvent.objects.get(verb="sale.allowed").data["allowed_by"] == till.world.manager_role.pk

    @pytest.mark.parametrize("pin", ["5942", "0000"])
    def test_another_one_is_refused_and_counted(self, till: Till, pin):
        response = till.book("60", pin=pin)
        assert (response.status_code, totals()) == (422, [])
        assert AuditEvent.objects.filter(verb="till.pin_refused").count() == 1
        assert "No manager has this PIN." in words(response)
        assert value_of(response, "pin") is None

    def test_after_five_wrong_ones_none_is_looked_at(self, till: Till):
        for _ in range(5):
            till.book("60", pin="0000")
        assert till.book("60", pin="4831").status_code == 422
        assert totals() == []

    def test_the_one_who_serves_stays(self, till: Till):
        till.book("60", pin="4831")
        assert Sale.objects.get().staff == till.world.cashier_role

    def test_a_manager_answers_by_one_press(self, till: Till, manager: Till):
        response = manager.book("60")
        assert (response.status_code, select(response, "[name=pin]")) == (422, [])
        assert manager.book("60", confirmed="6000").status_code == 302

    def test_the_missing_mark_is_offered_here_too(self, till: Till):
        till.book("450", instead="450")
        assert totals() == [450]

    def test_the_owner_is_told_by_name_who_allowed_it(self, till: Till):
        till.book("60", pin="4831")
        till.client.force_login(till.world.owner)
        page = till.client.get("/console/luna/activity/", {"kind": "sale"}).context["page"]
        [row] = [row for row in page.rows if row.event.verb == "sale.allowed"]
        assert row.details == ["€60.00", "allowed by Max"]


class TestBarcodes:
    @pytest.mark.parametrize("scanned", ["4006381333931", "036000291452", "96385074", "04252614"])
    @pytest.mark.parametrize("where", ["book", "sell"])
    def test_scanned_as_an_amount_it_is_known(self, till: Till, scanned, where):
        before = rows()
        response = till.book(scanned) if where == "book" else sell(till, scanned)
        assert (response.status_code, refused(response), rows()) == (422, {"amount": ["barcode"]}, before)

    def test_the_refusal_says_so(self, till: Till):
        assert "This is the barcode of a product. Type what was paid." in words(till.book("4006381333931"))

    def test_eight_digits_are_an_amount_where_a_bill_has_as_many(self, till: Till):
        type(till.world.business).objects.filter(pk=till.world.business.pk).update(currency="VND")
        till.book("12345670", confirmed="12345670")
        assert totals() == [12_345_670]

    def test_scanned_to_find_somebody_it_is_no_card(self, till: Till):
        response = till.find("4006381333931")
        assert response.context["found"].is_product
        assert select(response, ".notice.warn")

    def test_while_it_is_typed_as_well(self, till: Till):
        assert texts(till.find("4006381333931", live=True), ".till-nobody p") == [
            "This is the barcode of a product, not a card."
        ]


class TestBeforehand:
    """With htmx the question stands below the amount before anybody presses Enter."""

    def preview(self, till: Till, amount: str, *, walk_in: bool = False):
        account = {} if walk_in else {"account": till.world.member.account.public_id}
        url = till.url("walk-in-preview" if walk_in else "preview", **account)
        return till.client.post(url, {"key": uuid4(), "amount": amount}, headers=HTMX)

    @pytest.mark.parametrize("walk_in", [False, True])
    def test_the_answers_are_there(self, till: Till, walk_in):
        before = rows()
        response = self.preview(till, "450", walk_in=walk_in)
        assert [each["name"] for each in select(response, ANSWER)] == ["instead", "confirmed"]
        assert not [each for each in select(response, "button") if "autofocus" in each.attributes]
        assert rows() == before

    @pytest.mark.parametrize("walk_in", [False, True])
    def test_a_usual_amount_is_not_asked(self, till: Till, walk_in):
        assert select(self.preview(till, "4.50", walk_in=walk_in), ".till-question") == []

    @pytest.mark.parametrize("walk_in", [False, True])
    def test_a_barcode_is_known(self, till: Till, walk_in):
        assert select(self.preview(till, "4006381333931", walk_in=walk_in), ".till-problem")

    def test_that_a_manager_has_to_allow_it(self, till: Till):
        cap(till, sale_cap=5000)
        response = self.preview(till, "60")
        assert (len(select(response, ".till-question")), select(response, "[name=pin]")) == (1, [])

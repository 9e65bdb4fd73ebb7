"""Sales without a member, as without JavaScript."""

from uuid import uuid4

import pytest

from loyalty.models import Sale
from tests.members.counter import Till, rows
from tests.pages import links, refused


def sell(till: Till, **fields: object):
    return till.post("walk-in", {"key": uuid4(), "amount": "3,20", **fields})


def test_it_is_written_down_and_earns_nobody_anything(till: Till):
    response = sell(till, receipt="R-1")
    sale = Sale.objects.get()
    assert (sale.total, sale.account, sale.staff, sale.receipt) == (320, None, till.world.cashier_role, "R-1")
    assert response.url == till.url("sale", sale=sale.public_id)
    assert rows()["Posting"] == 0


def test_the_same_form_books_once(till: Till):
    key = uuid4()
    assert sell(till, key=key).url == sell(till, key=key).url
    assert Sale.objects.count() == 1


def test_a_receipt_of_a_member_is_not_sold_again(till: Till):
    till.book("12.50", receipt="R-1")
    before = rows()
    response = sell(till, receipt="R-1")
    assert (response.status_code, refused(response), rows()) == (422, {"receipt": [""]}, before)
    assert till.url("sale", sale=Sale.objects.get().public_id) in links(response)


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [("amount", "", ""), ("amount", "x", "not_a_number"), ("key", "", "required"), ("receipt", "x" * 61, "max_length")],
)
def test_what_does_not_fit_is_refused(till: Till, field: str, typed: str, code: str):
    before = rows()
    response = sell(till, **{field: typed})
    assert (response.status_code, refused(response), rows()) == (422, {field: [code]}, before)


def test_the_camera_may_be_used_here_and_by_nobody_else(till: Till):
    assert till.get("walk-in").headers["Permissions-Policy"] == "camera=(self)"

"""What stands before every view."""

from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from loyalty.models import Sale
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def counter(world: World) -> Client:
    """The cashier at the till, with one purchase recorded."""
    client = Client()
    client.force_login(world.cashier)
    at = {"business": "luna", "account": world.member.account.public_id}
    client.post(reverse("members:counter-member", kwargs=at), {"key": uuid4(), "amount": "12.50", "receipt": ""})
    return client


def undo_with_half_a_form(counter: Client) -> tuple[int, bool]:
    """Send a form that ends in the middle to undo the purchase; return the status, and whether it was undone."""
    sale = Sale.objects.latest("pk")
    address = reverse("members:counter-sale-undo", kwargs={"business": "luna", "sale": sale.public_id})
    status = counter.generic("POST", address, b"no boundary", "multipart/form-data").status_code
    sale.refresh_from_db()
    return status, sale.undone_at is not None


class TestFormsAreReadFirst:
    def test_what_cannot_be_read_is_refused_before_anything_is_done(self, counter: Client):
        assert undo_with_half_a_form(counter) == (400, False)

    def test_without_it_a_refusal_has_done_what_it_refuses(self, counter: Client, settings: LazySettings):
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "FormsAreReadFirst" not in name]
        counter.handler._middleware_chain = None
        assert undo_with_half_a_form(counter) == (400, True)

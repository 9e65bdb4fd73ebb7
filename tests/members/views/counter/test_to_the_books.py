"""The way from a customer at the till to the account in the console."""

from django.urls import reverse

from loyalty.domain import staff
from loyalty.domain.actors import Actor
from loyalty.models import Channel
from tests.members.counter import Till
from tests.world import NOW


class TestTheWayToTheBooks:
    def way(self, till: Till) -> bool:
        account = till.world.member.account.public_id
        way = reverse("members:console-account", kwargs={"business": till.world.business.slug, "account": account})
        return f'href="{way}"' in till.get("member", account=account).content.decode()

    def test_it_is_for_those_who_may_go_it(self, till: Till, manager: Till):
        assert (self.way(manager), self.way(till)) == (True, False)

    def test_it_is_closed_on_a_shared_till(self, manager: Till):
        for role, pin in ((manager.world.owner_role, "4831"), (manager.world.cashier_role, "7264")):
            by = Actor(Channel.CONSOLE, role.user, role)
            staff.set_pin(staff=role, pin=pin, by=by, at=NOW)
            manager.take_over(pin)
            assert not self.way(manager)

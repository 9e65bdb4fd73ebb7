"""Settings of a business, and what was done in it."""

from typing import Any

from django.utils import timezone

from loyalty.domain import shared_tills
from loyalty.domain import staff as team
from loyalty.domain.actors import Actor
from loyalty.models import Channel, Location
from tests.permissions import Row, business, staff
from tests.world import NOW

DETAILS = {
    "name": "Luna", "country": "DE", "time_zone": "Europe/Berlin", "language": "en", "undo_minutes": "10",
    "contact_email": "hi@luna.example",
}  # fmt: skip
LENIENCY = {"debt_policy": "forgive", "warn_days": "7", "reinstate_days": "0"}
CAPS = {"sale_cap": "100", "day_cap": "200"}
MANAGERS = staff(cashier=403)
OWNERS = staff(owner=302, manager=403, cashier=403)


def managers(answer: int) -> dict[str, Any]:
    """A page of owner and manager."""
    return staff(owner=answer, manager=answer, cashier=403)


def location(world: Any) -> dict[str, Any]:
    """The business's only branch."""
    return {**business(world), "location": Location.objects.get(business=world.business).public_id}


def other_location(world: Any) -> dict[str, Any]:
    """A branch of another business, asked for in this one."""
    return {**business(world), "location": Location.objects.get(business=world.other_business).public_id}


def paired(world: Any) -> dict[str, Any]:
    """A device that the owner has paired."""
    return {**business(world), "till": _pair(world.owner_role).public_id}


def other_paired(world: Any) -> dict[str, Any]:
    """A device of another business, asked for in this one."""
    return {**business(world), "till": _pair(world.other_business.staff.get()).public_id}


def with_a_pin(world: Any) -> dict[str, Any]:
    """The business, where somebody has a PIN."""
    team.set_pin(staff=world.owner_role, pin="7264", by=world.at_console(), at=NOW)
    return business(world)


def _pair(role: Any) -> Any:
    by, at = Actor(Channel.CONSOLE, role.user, role), timezone.now()
    team.set_pin(staff=role, pin="7264", by=by, at=at)
    return shared_tills.pair(business=role.business, name="Bar tablet", location=None, by=by, at=at)


ROWS = [
    Row("loyalty:settings", business, expect=MANAGERS),
    Row("loyalty:settings", business, method="post", data=DETAILS, expect=managers(302)),
    Row("loyalty:settings", business, method="post", data={}, expect=managers(422)),
    Row("loyalty:settings-look", business, expect=MANAGERS),
    Row("loyalty:settings-look", business, method="post", data={"colour": "#123456"}, expect=managers(302)),
    Row("loyalty:settings-look", business, method="post", data={"colour": "red"}, expect=managers(422)),
    Row("loyalty:settings-leniency", business, expect=MANAGERS),
    Row("loyalty:settings-leniency", business, method="post", data=LENIENCY, expect=managers(302)),
    Row("loyalty:settings-leniency", business, method="post", data={}, expect=managers(422)),
    Row("loyalty:settings-caps", business, expect=staff(manager=403, cashier=403)),
    Row("loyalty:settings-caps", business, method="post", data=CAPS, expect=OWNERS),
    Row("loyalty:settings-locations", business, expect=MANAGERS),
    Row("loyalty:settings-locations", business, method="post", data={"name": "Harbour"}, expect=managers(302)),
    Row("loyalty:settings-locations", business, method="post", data={"name": "Main shop"}, expect=managers(422)),
    Row("loyalty:settings-location", location, expect=MANAGERS),
    Row("loyalty:settings-location", location, method="post", data={"name": "Harbour"}, expect=managers(302)),
    Row("loyalty:settings-location", other_location, expect=managers(404)),
    Row("loyalty:settings-location-close", location, method="post", expect=managers(422)),
    Row("loyalty:settings-location-close", other_location, method="post", expect=managers(404)),
    Row("loyalty:settings-location-reopen", location, method="post", expect=managers(302)),
    Row("loyalty:settings-location-reopen", other_location, method="post", expect=managers(404)),
    Row("loyalty:shared-tills", business, expect=MANAGERS),
    Row("loyalty:shared-tills", business, method="post", data={"till_lock_minutes": "5"}, expect=managers(302)),
    Row("loyalty:shared-tills", business, method="post", data={}, expect=managers(422)),
    Row("loyalty:shared-till-pair", with_a_pin, method="post", data={"name": "Bar tablet"}, expect=managers(302)),
    Row("loyalty:shared-till-pair", business, method="post", data={"name": "Bar tablet"}, expect=managers(422)),
    Row("loyalty:shared-till", paired, expect=MANAGERS),
    Row("loyalty:shared-till", paired, method="post", data={"name": "Garden"}, expect=managers(302)),
    Row("loyalty:shared-till", other_paired, expect=managers(404)),
    Row("loyalty:shared-till", other_paired, method="post", data={"name": "Garden"}, expect=managers(404)),
    Row("loyalty:shared-till-end", paired, method="post", expect=managers(302)),
    Row("loyalty:shared-till-end", other_paired, method="post", expect=managers(404)),
    Row("loyalty:checklist-hide", business, method="post", expect=managers(302)),
    Row("loyalty:checklist-show", business, method="post", expect=managers(302)),
    Row("members:console-home", business, expect=MANAGERS),
    Row("loyalty:seals", business, expect=MANAGERS),
    Row("loyalty:seals-csv", business, expect=MANAGERS),
    Row("loyalty:activity", business, expect=staff(manager=403, cashier=403)),
]

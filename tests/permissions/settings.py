"""Settings of a business, and what was done in it."""

from typing import Any

from loyalty.models import Location
from tests.permissions import Row, business, staff

DETAILS = {"name": "Luna", "country": "DE", "time_zone": "Europe/Berlin", "language": "en", "undo_minutes": "10"}
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
    Row("loyalty:checklist-hide", business, method="post", expect=managers(302)),
    Row("loyalty:checklist-show", business, method="post", expect=managers(302)),
    Row("members:console-home", business, expect=MANAGERS),
    Row("loyalty:seals", business, expect=MANAGERS),
    Row("loyalty:seals-csv", business, expect=MANAGERS),
    Row("loyalty:activity", business, expect=staff(manager=403, cashier=403)),
]

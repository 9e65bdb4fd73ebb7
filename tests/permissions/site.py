"""The site's own pages, pictures and style sheets."""

from datetime import UTC, datetime

from loyalty.domain import address_changes
from loyalty.domain.actors import Actor
from loyalty.domain.outbox import Letter
from loyalty.models import Channel
from loyalty.queries.address_changes import token
from tests.permissions import Row, business, everybody, signed_in
from tests.world import World

OPEN = {
    "name": "Bar", "slug": "bar", "called": "Bo", "country": "VN", "currency": "VND", "time_zone": "Asia/Ho_Chi_Minh",
    "language": "vi", "colour": "#123456", "contact_email": "bar@example.com",
}  # fmt: skip


def address_change(world: World) -> dict[str, str]:
    """The link to a change of the member's address; whoever has it may undo the change, signed in or not."""
    by, user = Actor(Channel.PORTAL, world.member_user), world.member_user
    change = address_changes.ask(
        user=user, address="mia@new.example", write=lambda row: Letter("x"), by=by, at=datetime.now(UTC)
    )
    return {"token": token(change)}


NAME = "0" * 32 + ".png"

ROWS = [
    Row("loyalty:welcome", expect=everybody()),
    Row("loyalty:start", expect=signed_in()),
    Row("set_language", method="post", data={"language": "et"}, expect=everybody(302)),
    Row("loyalty:code-progress", expect=everybody()),
    Row("loyalty:code-progress", method="post", expect=everybody(405)),
    Row("loyalty:fresh-code", expect=signed_in()),
    Row("loyalty:fresh-code", method="post", data={"send": "1"}, expect=signed_in(302)),
    Row("loyalty:fresh-code", method="post", data={"code": "AAAA-AAAA"}, expect=signed_in(422)),
    Row("loyalty:address-undo", {"token": "nonsense"}, expect=everybody(404)),
    Row("loyalty:address-undo", address_change, expect=everybody()),
    Row("loyalty:address-undo", address_change, method="post", expect=everybody(302)),
    Row("loyalty:second-factor-later", method="post", expect=signed_in(302)),
    Row("loyalty:second-factor-later", expect=everybody(405)),
    Row("loyalty:business-new", expect=signed_in()),
    Row("loyalty:business-new", method="post", data={"name": ""}, expect=signed_in(422)),
    Row("loyalty:business-new", method="post", data=OPEN, expect=signed_in(302)),
    Row("loyalty:colour", {"colour": "7a3e1d"}, expect=everybody()),
    Row("loyalty:media", {"folder": "logos", "name": NAME}, expect=everybody(404)),
    Row("loyalty:theme", business, expect=everybody()),
    Row("loyalty:theme", {"business": "nobody"}, expect=everybody(404)),
    Row("loyalty:invitation", {"token": "nonsense"}, expect=everybody(404)),
    Row("loyalty:invitation", {"token": "nonsense"}, method="post", expect=everybody(404)),
]

"""Privacy: the notice for everybody, a member's own choices, and what owners write."""

from members.queries.links import CONFIRMATION, token
from tests.permissions import Row, business, everybody, members, staff


def version(number):
    return lambda world: business(world) | {"version": number}


def receipt(world):
    """A receipt that does not exist: nobody but a member learns even that."""
    return business(world) | {"receipt": world.member.public_id}


def link(kind="members.preferences"):
    return lambda world: business(world) | {"token": token(world.member, "email", kind)}


def other_link(world):
    """A link that another business made for its own member."""
    return business(world) | {"token": token(world.other_member, "email")}


def language(code):
    return lambda world: business(world) | {"language": code}


def purpose(world):
    return business(world) | {"purpose": world.business.purposes.get(code="news").public_id}


def other_purpose(world):
    return business(world) | {"purpose": world.other_business.purposes.get(code="news").public_id}


def member(world):
    return business(world) | {"member": world.member.public_id}


def other_member(world):
    return business(world) | {"member": world.other_member.public_id}


def agreed(channel):
    return lambda world: purpose(world) | {"channel": channel}


OWNER = staff(manager=403, cashier=403)
OWNER_ANSWERS = {"manager": 403, "cashier": 403}

ROWS = [
    Row("members:notice", business, expect=everybody()),
    Row("members:notice-version", version(1), expect=everybody()),
    Row("members:notice-version", version(99), expect=everybody(404)),
    Row("members:privacy", business, expect=members()),
    Row("members:privacy-answer", business, method="post", data={"box": "x"}, expect=members(422)),
    Row("members:privacy-stop", business, method="post", expect=members(302)),
    Row("members:receipt", receipt, expect=members(404)),
    Row("members:receipt-json", receipt, expect=members(404)),
    Row("members:preferences", link(), expect=everybody()),
    Row("members:preferences", link(), method="post", expect=everybody()),
    Row("members:preferences", other_link, method="post", expect=everybody(404)),
    Row("members:unsubscribe", link(), expect=everybody(302)),
    Row("members:unsubscribe", link(), method="post", expect=everybody()),
    Row("members:unsubscribe", other_link, method="post", expect=everybody(404)),
    Row("members:consent-confirm", link(CONFIRMATION), expect=everybody()),
    Row("members:consent-confirm", link(CONFIRMATION), method="post", expect=everybody()),
    Row("members:consent-confirm", link(), method="post", expect=everybody(404)),
    Row("members:console-privacy", business, expect=staff(cashier=403)),
    Row("members:console-answers", business, expect=staff(cashier=403)),
    Row("members:console-proof", member, expect=staff(cashier=403)),
    Row("members:console-proof", other_member, expect=staff(owner=404, manager=404, cashier=403)),
    Row("members:console-views", business, expect=staff(cashier=403)),
    Row("members:console-notice", language("en"), expect=OWNER),
    Row("members:console-notice", language("xx"), expect=staff(owner=404, **OWNER_ANSWERS)),
    Row("members:console-notice", language("hu"), method="post", expect=staff(owner=422, **OWNER_ANSWERS)),
    Row("members:console-purpose-new", business, expect=OWNER),
    Row("members:console-purpose-new", business, method="post", expect=staff(owner=422, **OWNER_ANSWERS)),
    Row("members:console-purpose", purpose, expect=OWNER),
    Row("members:console-purpose", other_purpose, expect=staff(owner=404, **OWNER_ANSWERS)),
    Row("members:console-purpose", purpose, method="post", expect=staff(owner=422, **OWNER_ANSWERS)),
    Row("members:console-purpose-use", purpose, method="post", expect=staff(owner=302, **OWNER_ANSWERS)),
    Row("members:console-purpose-use", other_purpose, method="post", expect=staff(owner=404, **OWNER_ANSWERS)),
    Row("members:console-purpose-used-for", purpose, expect=OWNER),
    Row("members:console-purpose-used-for", other_purpose, expect=staff(owner=404, **OWNER_ANSWERS)),
    Row(
        "members:console-purpose-used-for",
        purpose,
        method="post",
        data={"use": "A letter"},
        expect=staff(owner=302, **OWNER_ANSWERS),
    ),
    Row("members:console-agreed", agreed("email"), method="post", expect=OWNER),
    Row("members:console-agreed", agreed("none"), method="post", expect=staff(owner=404, **OWNER_ANSWERS)),
]

"""What asks for a fresh proof, written down: one request to each address, and how its effect is seen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from loyalty.domain import adjustments
from loyalty.domain.actors import Actor
from loyalty.models import Adjustment, Channel, Invitation, PolicyReturn, Unit
from tests.changes import take_soon
from tests.permissions import business
from tests.permissions.adjustments import account
from tests.permissions.imports import uploaded
from tests.permissions.privacy import agreed, member
from tests.permissions.team import changed as role_changed
from tests.permissions.team import person, removed
from tests.world import NOW, World

type Facts = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Asked:
    """A request of the owner to an address; done says whether what it asks for has happened (None: it shows a page)."""

    name: str
    kwargs: Facts = lambda world: {}
    post: dict[str, str] | None = None
    done: Callable[[World], bool] | None = None
    download: bool = False

    def path(self, world: World) -> str:
        return reverse(self.name, kwargs=self.kwargs(world))


def key(world: World) -> dict[str, Any]:
    """A security key of the owner."""
    data = {"credential": {}, "name": "Key", "passwordless": False}
    row = Authenticator.objects.create(user=world.owner, type=Authenticator.Type.WEBAUTHN, data=data)
    return {"pk": row.pk}


def app(world: World) -> dict[str, Any]:
    """No part of an address; the owner has an authenticator app, and the codes for the day it is lost."""
    TOTP.activate(world.owner, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(world.owner)
    return {}


def account_with_limit(world: World) -> dict[str, Any]:
    """An account of which one person may adjust four points."""
    limits = {"points": 4}
    adjustments.set_limits(business=world.business, limits=limits, by=world.at_console(), at=NOW)
    return account(world)


def waiting(world: World) -> dict[str, Any]:
    """What the manager asked for."""
    account_with_limit(world)
    world.points.refresh_from_db()
    asked = adjustments.ask(
        account=world.member.account, unit=world.points, amount=5, reason="slip", last_good_day=None, key=str(uuid4()),
        by=Actor(Channel.CONSOLE, world.manager, world.manager_role), at=NOW,
    )  # fmt: skip
    return {**business(world), "adjustment": asked.public_id, "verb": "approve"}


def changed(world: World) -> dict[str, Any]:
    """A change of expiry that took the member's points."""
    return {**business(world), "change": take_soon(world).public_id}


INVITED = {"email": "new@example.com", "role": "manager"}
RETURNED = {"last_good_day": "2099-12-31", "reason": "Sorry", "key": uuid4().hex}
TYPED = {"way": "add", "amount": "5", "why": "slip", "key": str(uuid4())}

OURS = [
    Asked("loyalty:team-invite", business, INVITED, lambda world: Invitation.objects.filter(role="manager").exists()),
    Asked(
        "loyalty:person-role", person("cashier_role"), {"role": "manager"},
        lambda world: world.business.staff.filter(user=world.cashier, role="manager").exists(),
    ),
    Asked(
        "loyalty:person-role-back", role_changed("manager_role", "cashier"), {},
        lambda world: world.business.staff.filter(user=world.manager, role="cashier").exists(),
    ),
    Asked(
        "loyalty:person-take-back", removed("manager"), {},
        lambda world: world.business.staff.filter(user__email="gone@example.com", ended_at=None).exists(),
    ),
    Asked("loyalty:import-problems", uploaded, download=True),
    Asked(
        "loyalty:settings-adjustments", business, {"points": "100"},
        lambda world: Unit.objects.get(pk=world.points.pk).adjustment_limit == 100,
    ),
    Asked(
        "members:console-adjust", account_with_limit, TYPED,
        lambda world: Adjustment.objects.filter(state="waiting", amount=5).exists(),
    ),
    Asked(
        "members:console-adjustment-decide", waiting, {},
        lambda world: Adjustment.objects.filter(state="booked").exists(),
    ),
    Asked("loyalty:policy-return", changed, RETURNED, lambda world: PolicyReturn.objects.exists()),
    Asked("members:console-account-print", lambda world: without_unit(account(world))),
    Asked("members:console-account-csv", lambda world: without_unit(account(world)), download=True),
    Asked("members:console-proof", member, download=True),
    Asked("members:console-agreed", agreed("email"), {}, download=True),
]  # fmt: skip


def without_unit(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kwargs.items() if name != "unit"}


ADDRESS = {"action_add": "1", "email": "olga@new.example"}
PACKAGES = [
    Asked("account_email", post=ADDRESS),
    Asked("mfa_activate_totp"),
    Asked("mfa_activate_totp", post={"code": "000000"}),
    Asked("mfa_deactivate_totp", app),
    Asked("mfa_deactivate_totp", app, {}, lambda world: not Authenticator.objects.filter(type="totp").exists()),
    Asked("mfa_generate_recovery_codes", app, {}),
    Asked("mfa_view_recovery_codes", app),
    Asked("mfa_download_recovery_codes", app),
    Asked("mfa_add_webauthn"),
    Asked("mfa_edit_webauthn", key, {"name": "Mine"}),
    Asked("mfa_remove_webauthn", key, {}, lambda world: not Authenticator.objects.filter(type="webauthn").exists()),
]
"""Addresses of django-allauth: what they do with a proof is theirs; that they ask is ours."""

FREE_FILES = {
    "loyalty:seals-csv": "digests of the books, no person",
    "rewards:books-csv": "sums of units, no person",
    "members:statement-csv": "one's own",
    "members:receipt-json": "one's own",
    "members:manifest": "of the app, no person",
}
"""Files that need no fresh proof, and why."""

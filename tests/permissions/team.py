"""The team of a business, and everybody's own place in it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from loyalty.domain import invitations
from loyalty.domain import staff as team
from loyalty.domain.outbox import Letter
from loyalty.models import Role
from tests.permissions import Row, business, staff
from tests.world import NOW, make_user

TILL = {"display_name": "Somebody"}


def managers(answer: int) -> dict[str, Any]:
    """A page of owner and manager."""
    return staff(owner=answer, manager=answer, cashier=403)


def owners(answer: int) -> dict[str, Any]:
    """A page of the owner."""
    return staff(owner=answer, manager=403, cashier=403)


def person(role: str) -> Callable[[Any], dict[str, Any]]:
    """Somebody of the business's team."""
    return lambda world: {**business(world), "person": getattr(world, role).public_id}


def stranger(world: Any) -> dict[str, Any]:
    """Somebody of another team, asked for in this one."""
    row = world.other_business.staff.get()
    return {**business(world), "person": row.public_id}


def changed(role: str, before: str) -> Callable[[Any], dict[str, Any]]:
    """Somebody of the team, to whom an earlier role is given back."""
    return lambda world: {**person(role)(world), "role": before}


def removed(role: str) -> Callable[[Any], dict[str, Any]]:
    """Somebody who was removed from the team just now."""

    def make(world: Any) -> dict[str, Any]:
        user, at = make_user("gone"), timezone.now()
        row = team.add(business=world.business, user=user, role=Role(role), by=world.at_console(), at=NOW)
        team.remove(staff=row, by=world.at_console(), at=at)
        return {**business(world), "person": row.public_id}

    return make


def invited(role: Role) -> Callable[[Any], dict[str, Any]]:
    """An open invitation of a role, sent long enough ago to be sent again."""

    def make(world: Any) -> dict[str, Any]:
        row = invitations.invite(
            business=world.business, email="new@example.com", role=role, write=lambda *_: Letter("x"),
            by=world.at_console(), at=NOW - timedelta(days=1),
        )  # fmt: skip
        return {**business(world), "invitation": row.public_id}

    return make


def invite(role: str) -> dict[str, str]:
    return {"email": "new@example.com", "role": role}


ROWS = [
    Row("loyalty:team", business, expect=managers(200)),
    Row("loyalty:team-invite", business, method="post", data=invite("cashier"), expect=managers(302)),
    Row("loyalty:team-invite", business, method="post", data=invite("manager"),
        expect=staff(owner=302, manager=422, cashier=403)),
    Row("loyalty:team-invite", business, method="post", data=invite("owner"), expect=managers(422)),
    Row("loyalty:invitation-resend", invited(Role.CASHIER), method="post", expect=managers(302)),
    Row("loyalty:invitation-resend", invited(Role.MANAGER), method="post", expect=owners(302)),
    Row("loyalty:invitation-withdraw", invited(Role.CASHIER), method="post", expect=managers(302)),
    Row("loyalty:invitation-withdraw", invited(Role.MANAGER), method="post", expect=owners(302)),
    Row("loyalty:person", person("cashier_role"), expect=managers(200)),
    Row("loyalty:person", person("manager_role"), expect=owners(200)),
    Row("loyalty:person", person("owner_role"), expect=staff(owner=403, manager=403, cashier=403)),
    Row("loyalty:person", stranger, expect=managers(404)),
    Row("loyalty:person", person("cashier_role"), method="post", data=TILL, expect=managers(302)),
    Row("loyalty:person", person("manager_role"), method="post", data=TILL, expect=owners(302)),
    Row("loyalty:person-role", person("cashier_role"), method="post", data={"role": "manager"},
        expect=staff(owner=302, manager=422, cashier=403)),
    Row("loyalty:person-role", person("manager_role"), method="post", data={"role": "cashier"}, expect=owners(302)),
    Row("loyalty:person-role", person("owner_role"), method="post", data={"role": "cashier"},
        expect=staff(owner=403, manager=403, cashier=403)),
    Row("loyalty:person-role", stranger, method="post", data={"role": "cashier"}, expect=managers(404)),
    Row("loyalty:person-reset-pin", person("cashier_role"), method="post", expect=managers(302)),
    Row("loyalty:person-reset-pin", person("manager_role"), method="post", expect=owners(302)),
    Row("loyalty:person-reset-pin", stranger, method="post", expect=managers(404)),
    Row("loyalty:person-remove", person("cashier_role"), method="post", expect=managers(302)),
    Row("loyalty:person-remove", person("manager_role"), method="post", expect=owners(302)),
    Row("loyalty:person-remove", person("owner_role"), method="post",
        expect=staff(owner=403, manager=403, cashier=403)),
    Row("loyalty:person-remove", stranger, method="post", expect=managers(404)),
    Row("loyalty:person-role-back", changed("cashier_role", "manager"), method="post",
        expect=staff(owner=302, manager=422, cashier=403)),
    Row("loyalty:person-role-back", changed("manager_role", "cashier"), method="post", expect=owners(302)),
    Row("loyalty:person-role-back", changed("cashier_role", "king"), method="post", expect=managers(422)),
    Row("loyalty:person-take-back", removed("cashier"), method="post", expect=managers(302)),
    Row("loyalty:person-take-back", removed("manager"), method="post", expect=owners(302)),
    Row("loyalty:person-take-back", person("cashier_role"), method="post", expect=managers(404)),
    Row("loyalty:person-take-back", stranger, method="post", expect=managers(404)),
    Row("loyalty:me", business, expect=staff()),
    Row("loyalty:me", business, method="post", data=TILL, expect=staff(owner=302, manager=302, cashier=302)),
    Row("loyalty:me", business, method="post", data={}, expect=staff(owner=422, manager=422, cashier=422)),
    Row("loyalty:me-pin", business, method="post", data={"pin": "4831", "again": "4831"},
        expect=staff(owner=302, manager=302, cashier=302)),
    Row("loyalty:me-pin", business, method="post", data={"pin": "1234", "again": "1234"},
        expect=staff(owner=422, manager=422, cashier=422)),
    Row("loyalty:me-leave", business, method="post", expect=staff(owner=422, manager=302, cashier=302)),
]  # fmt: skip

"""The program: managers and owners draft it, and take it live; cashiers do neither."""

from typing import Any

from tests.permissions import Row, business, staff

PAGE = staff(owner=200, manager=200, cashier=403)
DONE = staff(owner=302, manager=302, cashier=403)
MISSING = staff(owner=404, manager=404, cashier=403)
ABSENT = "00000000-0000-4000-8000-000000000000"


def version(world: Any) -> dict[str, object]:
    return {**business(world), "number": 1}


def piece(world: Any) -> dict[str, object]:
    return {**business(world), "public_id": ABSENT}


def unit(world: Any) -> dict[str, object]:
    return {**business(world), "code": "points"}


def token(world: Any) -> dict[str, object]:
    return {**business(world), "token": "forged"}


def change(world: Any) -> dict[str, object]:
    return {**business(world), "change": ABSENT}


# The world's program is live and has no draft: what needs one is not there.
ROWS = [
    Row("loyalty:program", business, expect=PAGE),
    Row("loyalty:program-change", business, method="post", expect=DONE),
    Row("loyalty:version", version, expect=PAGE),
    Row("loyalty:version-reuse", version, method="post", expect=DONE),
    Row("loyalty:policies", business, expect=PAGE),
    Row("loyalty:policies-call-off", business, method="post", expect=DONE),
    Row("loyalty:policy-return", change, expect=MISSING),
    Row("loyalty:policy-return", change, method="post", expect=MISSING),
    Row("loyalty:draft", business, expect=DONE),
    Row("loyalty:draft-discard", business, method="post", expect=MISSING),
    Row("loyalty:draft-settings", business, expect=MISSING),
    Row("loyalty:unit-add", business, expect=MISSING),
    Row("loyalty:unit-change", unit, expect=MISSING),
    Row("loyalty:unit-remove", unit, method="post", expect=MISSING),
    Row("loyalty:draft-settings", business, method="post", expect=MISSING),
    Row("loyalty:unit-add", business, method="post", expect=MISSING),
    Row("loyalty:unit-change", unit, method="post", expect=MISSING),
    *[Row(f"loyalty:{part}-add", business, method="post", expect=MISSING) for part in ("rules", "bonuses")],
    *[Row(f"loyalty:{part}-change", piece, method="post", expect=MISSING) for part in ("rules", "bonuses")],
    *[Row(f"loyalty:{part}-add", business, expect=MISSING) for part in ("rules", "bonuses")],
    *[Row(f"loyalty:{part}-change", piece, expect=MISSING) for part in ("rules", "bonuses")],
    *[Row(f"loyalty:{part}-remove", piece, method="post", expect=MISSING) for part in ("rules", "bonuses")],
    *[Row(f"loyalty:{part}-restore", token, method="post", expect=MISSING) for part in ("rules", "bonuses")],
    Row("rewards:setup", business, expect=DONE),
    Row("rewards:setup", business, method="post", expect=DONE),
    Row("rewards:go-live", business, expect=PAGE),
    Row("rewards:go-live", business, method="post", expect=staff(owner=422, manager=422, cashier=403)),
]

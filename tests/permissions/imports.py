"""Imports of past sales."""

from io import BytesIO
from typing import Any
from uuid import UUID

from loyalty.domain import imports
from tests.permissions import Row, business, staff
from tests.world import NOW

FILE = b"receipt,date,customer,amount\nR1,2026-01-05,C1,12.50\nR2,2026-01-06,,3.00\n"


def uploaded(world: Any) -> dict[str, Any]:
    """A file of the business that waits for its columns."""
    batch = imports.upload(
        business=world.business, key=KEY, content=BytesIO(FILE), name="sales.csv", by=world.at_console(), at=NOW
    )
    imports.step(batch_id=batch.pk, clock=lambda: NOW)
    return {**business(world), "batch": batch.public_id}


KEY = UUID("01234567-89ab-4cde-8f01-23456789abcd")


def managers(answer: int) -> dict[str, Any]:
    """A page of owner and manager."""
    return staff(owner=answer, manager=answer, cashier=403)


ROWS = [
    Row("loyalty:imports", business, expect=managers(200)),
    Row("loyalty:imports", business, method="post", data={"key": "no"}, expect=managers(422)),
    Row("loyalty:import", uploaded, expect=managers(200)),
    Row("loyalty:import-columns", uploaded, expect=managers(200)),
    Row("loyalty:import-columns", uploaded, method="post", expect=managers(200)),
    Row("loyalty:import-problems", uploaded, expect=managers(200)),
    *(
        Row(f"loyalty:import-{act}", uploaded, method="post", expect=managers(302))
        for act in ("start", "cancel", "resume", "undo", "reconsider", "remove-file", "discard")
    ),
]

"""Sheets to print."""

from tests.permissions import Row, business, staff

ROWS = [
    Row("loyalty:print", business, expect=staff(cashier=403)),
    Row("loyalty:print-poster", business, expect=staff(cashier=403)),
    Row("loyalty:print-table-tent", business, expect=staff(cashier=403)),
    Row("loyalty:print-crib", business, expect=staff()),
]

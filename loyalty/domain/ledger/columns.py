"""The columns of ledger rows that are written many at once, in the order of their cells."""

ENTRY = (
    "posting_id", "business_id", "account_id", "unit_id", "kind", "amount", "owed_change", "seq", "balance_after",
    "why", "at", "id",
)  # fmt: skip

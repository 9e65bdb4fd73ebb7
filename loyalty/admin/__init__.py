"""The back office over businesses, programs, sales and the ledger."""

from loyalty.admin import accounts, businesses, corrections, ledger, operations, program, sales, staff

__all__ = ["accounts", "businesses", "corrections", "ledger", "operations", "program", "sales", "staff"]

"""Tables of the business, the program and the ledger. Nothing here knows a person's name but the staff's."""

from loyalty.models import lookups  # noqa: F401 - registers field__among
from loyalty.models.accounts import Account
from loyalty.models.address_changes import AddressChange
from loyalty.models.adjustments import Adjustment, AdjustmentState
from loyalty.models.audit import AuditEvent
from loyalty.models.businesses import Business, DebtPolicy, Location
from loyalty.models.chain import ChainLink, Seal
from loyalty.models.imports import BatchState, ImportBatch
from loyalty.models.jobs import Heartbeat, Job
from loyalty.models.ledger import Balance, Channel, Entry, EntryKind, Lot, LotUse, Posting, PostingKind, RuleUse, Sign
from loyalty.models.merges import AccountMerge
from loyalty.models.moves import SaleMove
from loyalty.models.outbox import MessageChannel, MessagePriority, MessageState, OutboxMessage
from loyalty.models.policies import PolicyReturn, UnitPolicy
from loyalty.models.program import Bonus, EarningRule, ProgramVersion, Unit, UnitKind, VersionState
from loyalty.models.sales import Refund, Sale, SaleLine, SaleSource
from loyalty.models.shared_tills import SharedTill
from loyalty.models.staff import Invitation, Role, StaffRole, User
from loyalty.models.tries import TryCount

__all__ = [
    "Account",
    "AccountMerge",
    "AddressChange",
    "Adjustment",
    "AdjustmentState",
    "AuditEvent",
    "Balance",
    "BatchState",
    "Bonus",
    "Business",
    "ChainLink",
    "Channel",
    "DebtPolicy",
    "EarningRule",
    "Entry",
    "EntryKind",
    "Heartbeat",
    "ImportBatch",
    "Invitation",
    "Job",
    "Location",
    "Lot",
    "LotUse",
    "MessageChannel",
    "MessagePriority",
    "MessageState",
    "OutboxMessage",
    "PolicyReturn",
    "Posting",
    "PostingKind",
    "ProgramVersion",
    "Refund",
    "Role",
    "RuleUse",
    "Sale",
    "SaleLine",
    "SaleMove",
    "SaleSource",
    "Seal",
    "SharedTill",
    "Sign",
    "StaffRole",
    "TryCount",
    "Unit",
    "UnitKind",
    "UnitPolicy",
    "User",
    "VersionState",
]

"""Tables of people and of their privacy consent."""

from members.models.consent import (
    CollectionMethod,
    ConsentActor,
    ConsentChannel,
    ConsentEvent,
    ConsentEventKind,
    DataType,
    LawfulBasis,
    Notice,
    Purpose,
    PurposeWording,
    ViewLog,
)
from members.models.members import ContactCode, Member, MemberSource
from members.models.uses import PurposeUse
from members.models.warnings import ExpiryWarning

__all__ = [
    "CollectionMethod",
    "ConsentActor",
    "ConsentChannel",
    "ConsentEvent",
    "ConsentEventKind",
    "ContactCode",
    "DataType",
    "ExpiryWarning",
    "LawfulBasis",
    "Member",
    "MemberSource",
    "Notice",
    "Purpose",
    "PurposeUse",
    "PurposeWording",
    "ViewLog",
]

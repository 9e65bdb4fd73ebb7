"""Finding somebody at the till: one field for card codes, scanned addresses, names, phones, e-mails and numbers."""

import re
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from loyalty.engine import barcodes, codes
from loyalty.models import Account, Business
from loyalty.queries.accounts import current
from members.engine import names, phones
from members.models import Member
from rewards.models import Voucher
from rewards.queries.catalogue import voucher_by_code

MOST = 8
LONGEST = 200
END_OF_PATH = re.compile("[?#]")


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody who was found: an account, and its owner if it has one."""

    account: Account
    member: Member | None

    @property
    def name(self) -> str:
        return self.member.name if self.member else ""

    @property
    def initials(self) -> str:
        return names.initials(self.name)

    @property
    def contact(self) -> str:
        """Just enough of an address to tell two of the same name apart."""
        if self.member is None:
            return self.account.customer_number or codes.grouped(self.account.card_code)
        return names.masked_phone(self.member.phone) or names.masked_email(self.member.email)


@dataclass(frozen=True, slots=True)
class Found:
    """What a text stands for. more: there are others that are not listed. misread: it looks like a mistyped code.

    is_product: it is the barcode of a product. Eight digits are taken for a phone number.
    """

    text: str
    hits: list[Hit] = field(default_factory=list)
    voucher: Voucher | None = None
    more: bool = False
    misread: bool = False
    is_product: bool = False

    @property
    def only(self) -> Hit | None:
        """The one who must be meant."""
        return self.hits[0] if len(self.hits) == 1 else None


def find(business: Business, text: str) -> Found:
    """Return the members, accounts and voucher of a business that a typed or scanned text stands for.

    Nobody of another business, nobody erased, no closed account. Who was merged stands for whom it leads to.
    Three queries at most, and one or two more for each one that was merged twice.
    """
    text = " ".join(_whole(text[:LONGEST]).split())
    code = card_code(text)
    if code:
        hit = _at_card(business, code)
        voucher = None if hit else voucher_by_code(business, code)
        if hit or voucher:
            return Found(text, hits=[hit] if hit else [], voucher=voucher)
    hits = _search(business, text) if text else []
    is_product = not hits and len(text) > 8 and barcodes.is_product(text)
    misread = not (hits or code or is_product) and _looks_like_a_code(text)
    return Found(text, hits[:MOST], more=len(hits) > MOST, misread=misread, is_product=is_product)


def _whole(text: str) -> str:
    """Return a text without halves of letters that nothing follows, and without NUL: no database takes them."""
    return text.encode(errors="replace").decode().replace("\0", " ")


def card_code(text: str) -> str:
    """Return the valid card or voucher code that was typed, or with which a scanned address ends; else nothing."""
    code = codes.normalise(_last_part(text))
    return code if len(code) == codes.CODE_LENGTH and codes.is_valid(code) else ""


def _last_part(text: str) -> str:
    """Return the last part of an address, as a scanner types it, or the text itself. Takes any text."""
    if "://" not in text:
        return text
    path, *_ = END_OF_PATH.split(text.strip(), maxsplit=1)
    return path.rstrip("/").rpartition("/")[2]


def _looks_like_a_code(text: str) -> bool:
    """Return whether a text has the length of a code and the digits or hyphens of one."""
    part = _last_part(text)
    return len(codes.normalise(part)) == codes.CODE_LENGTH and any(char.isdigit() or char == "-" for char in part)


def _at_card(business: Business, code: str) -> Hit | None:
    account = _accounts(business).filter(card_code=code).first()
    return _hit(account) if account else None


def _accounts(business: Business) -> QuerySet[Account]:
    return Account.objects.filter(business=business, closed_at=None).select_related("member", "merged_into__member")


def _hit(account: Account) -> Hit:
    """Return whom an account leads to."""
    account = current(account)
    return Hit(account, getattr(account, "member", None))


def _search(business: Business, text: str) -> list[Hit]:
    """Return up to one more than the list holds: members by address or name, and the account with the number."""
    rows = Member.objects.filter(business=business, erased_at=None, account__closed_at=None)
    rows = rows.select_related("account__merged_into__member").filter(_asked(business, text))
    people = [
        _hit(member.account) if member.account.merged_into_id else Hit(member.account, member)
        for member in rows.order_by("search_name", "pk")[: MOST + 1]
    ]
    numbered = _accounts(business).filter(customer_number__in={text, text.upper(), text.lower()})
    found = {hit.account.pk: hit for hit in people}
    others = {hit.account.pk: hit for hit in map(_hit, numbered) if hit.account.pk not in found}
    return [*others.values(), *found.values()]


def _asked(business: Business, text: str) -> Q:
    if "@" in text:
        return Q(email__startswith=text.lower())
    words = names.folded(text).split()
    by_name = Q() if words else Q(pk__in=[])
    for word in words:
        by_name &= Q(search_name__startswith=word) | Q(search_name__contains=f" {word}")
    return by_name | _by_phone(business, text)


def _by_phone(business: Business, text: str) -> Q:
    number = phones.in_e164(text, business.country)
    asked = Q(phone=number) if number else Q()
    for ending in phones.endings(text):
        tails = [ending[-4:]] if len(ending) > 3 else [f"{digit}{ending}" for digit in range(10)]
        asked |= Q(phone_tail__in=tails, phone__endswith=ending)
    return asked

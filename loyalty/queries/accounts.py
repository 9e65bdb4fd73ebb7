"""Which account stands for which: a merged one leads to the one that it was merged into."""

from collections.abc import Collection, Iterable

from django.db.models.expressions import RawSQL

from loyalty.models import Account, AccountMerge, Business


def current(account: Account) -> Account:
    """Return the account that an account leads to: itself, unless it was merged. No query where it was not."""
    while account.merged_into:
        account = account.merged_into
    return account


def at_card(business: Business, card_code: str) -> Account | None:
    """Return the account that a card code of the business leads to, closed or not."""
    found = Account.objects.filter(business=business, card_code=card_code).first()
    return current(found) if found else None


def leading_to(account_ids: Collection[int]) -> set[int]:
    """Return the ids with those that they were merged into, step by step. A query for each step, none for nobody."""
    found: set[int] = set()
    ahead = set(account_ids)
    while ahead:
        found |= ahead
        ahead = set(_steps(pk__among=ahead).values()) - found
    return found


def ends_of(account_ids: Iterable[int]) -> dict[int, int]:
    """Return, by account id, the id of the account that each leads to. A query, and one more for each step."""
    ends = {pk: pk for pk in account_ids}
    while steps := _steps(pk__among=set(ends.values())):
        ends = {pk: steps.get(end, end) for pk, end in ends.items()}
    return ends


def behind(account_ids: Iterable[int]) -> dict[int, int]:
    """Return, for these accounts and all that were merged into them, the id of that one of these it stands behind.

    So a customer's limits and purchases are looked up over all cards. A query, and one more for each step.
    """
    found = {pk: pk for pk in account_ids}
    ahead = set(found)
    while ahead:
        steps = {pk: found[into] for pk, into in _steps(merged_into__among=ahead).items() if pk not in found}
        found |= steps
        ahead = set(steps)
    return found


_FAMILY = """
    WITH RECURSIVE card (id) AS (
        SELECT id FROM loyalty_account WHERE id = %s
        UNION SELECT a.id FROM loyalty_account a JOIN card ON a.merged_into_id = card.id)
    SELECT id FROM card"""


def family_of(account: Account) -> RawSQL:
    """Return the question for an account and all that were merged into it, step by step, for account__in=.

    So what was taken with any of a customer's cards is looked up in one query. behind() asks the same beforehand.
    """
    return RawSQL(_FAMILY, [account.pk])  # noqa: S611 - the text is a constant, the number a parameter


def known_as(account: Account) -> set[int]:
    """Return the ids under which an account's bookings may lie: its own, those behind it, and where each ever led to.

    So a request that is sent again is known by its key, also after a merge or its undo.
    """
    found = ahead = set(behind([account.pk]))
    while ahead:
        found = found | ahead
        ahead = set(AccountMerge.objects.filter(source__in=ahead).values_list("target", flat=True)) - found
    return found


def _steps(**condition: Collection[int]) -> dict[int, int]:
    """Return which of some accounts were merged into which."""
    rows = Account.objects.filter(**condition).values_list("pk", "merged_into")
    return {pk: into for pk, into in rows if into is not None}

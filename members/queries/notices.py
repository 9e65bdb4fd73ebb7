"""The privacy texts of a business: the one that holds, and every one that held."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from loyalty.models import Business
from members.models import Notice, Purpose, PurposeUse, PurposeWording


def current_notice(business: Business, language: str) -> Notice | None:
    """Return the newest privacy text in a language, else in the business's own language, else in any."""
    notices = current_notices(business)
    return notices.get(language) or notices.get(business.language) or next(iter(notices.values()), None)


def current_notices(business: Business) -> dict[str, Notice]:
    """Return the newest privacy text of each language that the business has written one in, the newest first."""
    newest: dict[str, Notice] = {}
    for notice in all_notices(business):
        newest.setdefault(notice.language, notice)
    return newest


def all_notices(business: Business) -> QuerySet[Notice]:
    """Return every version, the newest first."""
    return Notice.objects.filter(business=business).select_related("published_by").order_by("-version")


def notice_version(business: Business, version: int) -> Notice | None:
    """Return one version of the privacy text, whether it still holds or not."""
    return Notice.objects.filter(business=business, version=version).first()


def missing_facts(business: Business) -> list[str]:
    """Return which facts that every consent record needs are missing from the current text: names of its fields."""
    notice = current_notice(business, business.language)
    if notice is None:
        return ["text"]
    return [name for name in ("controller_address", "controller_contact") if not getattr(notice, name)]


def fact_changes(current: Notice | None, values: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return the facts beside the text that new values change: label, what it was, what it becomes."""
    if current is None:
        return []
    labels = {field.name: str(field.verbose_name).capitalize() for field in Notice._meta.concrete_fields}
    found = []
    for name, value in values.items():
        was = ", ".join(current.recipients) if name == "recipients" else str(getattr(current, name))
        if name != "text" and was != value:
            found.append((labels[name], was, value))
    return found


def purpose_at(business: Business, public_id: UUID) -> Purpose | None:
    """Return a purpose of a business, also one out of use."""
    return with_use().filter(business=business, public_id=public_id).select_related("business").first()


def with_use() -> QuerySet[Purpose]:
    """Return purposes that know what they are used for now."""
    newest = PurposeUse.objects.filter(purpose=OuterRef("pk")).order_by("-pk").values("words")[:1]
    return Purpose.objects.annotate(used_for=Coalesce(Subquery(newest), Value("")))


def wordings_of(purpose: Purpose) -> list[PurposeWording]:
    """Return every text that stood beside the boxes of a purpose, the newest first."""
    return list(purpose.wordings.select_related("written_by").order_by("-version"))


def words_in(purpose: Purpose, language: str) -> PurposeWording | None:
    """Return the newest words of a purpose in a language."""
    return purpose.wordings.filter(language=language).order_by("-version").first()


def purpose_names(ids: Collection[str]) -> dict[str, str]:
    """Return what purposes are called, by id as text: the newest name in the business's own language. Two queries."""
    rows = PurposeWording.objects.filter(purpose__pk__in=[int(pk) for pk in ids]).order_by("version")
    own = {f"{words.purpose_id}": words.name for words in rows}
    same = rows.filter(language=F("purpose__business__language"))
    return own | {f"{words.purpose_id}": words.name for words in same}

"""What a business says about data: privacy texts, purposes and their words. Nothing that was shown is ever changed."""

from datetime import datetime
from itertools import count

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from loyalty.domain import audit
from loyalty.domain.actors import Actor
from loyalty.models import Business
from members.domain.starter import (
    NoticeDetails,
    PurposeDetails,
    Words,
    starter_details,
    starter_notice,
    starter_purposes,
)
from members.engine.records import text_hash
from members.models import Notice, Purpose, PurposeUse, PurposeWording
from members.queries.notices import current_notices

__all__ = [
    "NotAskedAtAll",
    "NothingChanged",
    "NoticeDetails",
    "PurposeDetails",
    "Words",
    "add_purpose",
    "ensure_defaults",
    "name_use",
    "publish",
    "restore",
    "retire",
    "reword",
    "starter_details",
    "starter_notice",
]


class NothingChanged(Exception):
    """What should become a new version says the same as the last one; nothing was written."""


class NotAskedAtAll(Exception):
    """The purpose rests on something else than consent: nobody is asked, so no use is named."""


@transaction.atomic
def publish(*, business: Business, language: str, details: NoticeDetails, by: Actor, at: datetime) -> Notice:
    """Make a privacy text the one that holds in its language from now on. Raises NothingChanged. Locks the business.

    Consents stay as they are: each keeps the version it was given under.
    """
    _lock(business)
    current = current_notices(business).get(language)
    if current and details == details_of(current):
        raise NothingChanged
    last = Notice.objects.filter(business=business).aggregate(last=Max("version"))["last"] or 0
    values = {name: getattr(details, name) for name in details.__dataclass_fields__}
    notice = Notice.objects.create(
        business=business,
        version=last + 1,
        language=language,
        text_sha256=text_hash(details.text),
        published_at=at,
        published_by=by.staff,
        **values | {"recipients": list(details.recipients)},
    )
    audit.record(verb="notice.published", by=by, at=at, business=business, obj=notice, version=notice.version)
    return notice


def details_of(notice: Notice) -> NoticeDetails:
    """Return what a published text says."""
    values = {name: getattr(notice, name) for name in NoticeDetails.__dataclass_fields__}
    return NoticeDetails(**values | {"recipients": tuple(notice.recipients)})


@transaction.atomic
def add_purpose(
    *, business: Business, details: PurposeDetails, words: Words, by: Actor, at: datetime, use: str = ""
) -> Purpose:
    """Add a purpose at the end, with its first words; without a code it gets one from its name. Locks the business.

    Members are asked from now on if a use is named with it.
    """
    _lock(business)
    purpose = Purpose.objects.create(
        business=business,
        code=details.code or _free_code(business, words.name),
        purpose_type=details.purpose_type,
        lawful_basis=details.lawful_basis,
        channels=[channel.value for channel in details.channels],
        data_types={kind.value: needed for kind, needed in details.data_types.items()},
        profiling=details.profiling,
        position=Purpose.objects.filter(business=business).count(),
        created_at=at,
    )
    _write(purpose, 1, words, by, at)
    audit.record(verb="purpose.added", by=by, at=at, business=business, obj=purpose, code=purpose.code)
    if use:
        name_use(purpose=purpose, words=use, by=by, at=at)
    return purpose


def _free_code(business: Business, name: str) -> str:
    taken = set(Purpose.objects.filter(business=business).values_list("code", flat=True))
    start = slugify(name)[:32] or "purpose"
    return next(code for number in count(1) if (code := start if number == 1 else f"{start}-{number}") not in taken)


@transaction.atomic
def reword(*, purpose: Purpose, words: Words, by: Actor, at: datetime) -> PurposeWording:
    """Give a purpose new words in one language; answers keep the words they were given to.

    Raises NothingChanged. Locks the business.
    """
    _lock(purpose.business)
    wordings = PurposeWording.objects.filter(purpose=purpose)
    current = wordings.filter(language=words.language).order_by("-version").first()
    if current and (current.name, current.wording) == (words.name, words.wording):
        raise NothingChanged
    version = (wordings.aggregate(last=Max("version"))["last"] or 0) + 1
    wording = _write(purpose, version, words, by, at)
    audit.record(verb="purpose.reworded", by=by, at=at, business=purpose.business, obj=purpose, version=version)
    return wording


def _write(purpose: Purpose, version: int, words: Words, by: Actor, at: datetime) -> PurposeWording:
    return PurposeWording.objects.create(
        purpose=purpose,
        version=version,
        language=words.language,
        name=words.name,
        wording=words.wording,
        written_at=at,
        written_by=by.staff,
    )


@transaction.atomic
def name_use(*, purpose: Purpose, words: str, by: Actor, at: datetime) -> PurposeUse:
    """Say what a purpose is used for from now on: members are asked, and read it. Without words they are not asked.

    Answers are kept either way. Locks the business. Raises NothingChanged, NotAskedAtAll.
    """
    if not purpose.is_asked:
        raise NotAskedAtAll
    _lock(purpose.business)
    current = PurposeUse.objects.filter(purpose=purpose).order_by("-pk").first()
    if (current.words if current else "") == words:
        raise NothingChanged
    use = PurposeUse.objects.create(purpose=purpose, words=words, named_at=at, named_by=by.staff)
    verb = "purpose.use_named" if words else "purpose.use_ended"
    audit.record(verb=verb, by=by, at=at, business=purpose.business, obj=purpose, use=use.pk)
    return use


def retire(*, purpose: Purpose, by: Actor, at: datetime) -> Purpose:
    """Ask for a purpose no longer, and rest nothing on it from now on. Answers are kept. Locks the business."""
    return _use(purpose, retired_at=at, verb="purpose.retired", by=by, at=at)


def restore(*, purpose: Purpose, by: Actor, at: datetime) -> Purpose:
    """Ask for a retired purpose again; the answers that were given to it hold again. Locks the business."""
    return _use(purpose, retired_at=None, verb="purpose.restored", by=by, at=at)


@transaction.atomic
def _use(purpose: Purpose, *, retired_at: datetime | None, verb: str, by: Actor, at: datetime) -> Purpose:
    _lock(purpose.business)
    row = Purpose.objects.get(pk=purpose.pk)
    if (row.retired_at is None) != (retired_at is None):
        Purpose.objects.set_retired(row, retired_at)
        row.retired_at = retired_at
        audit.record(verb=verb, by=by, at=at, business=purpose.business, obj=row, code=row.code)
    return row


@transaction.atomic
def ensure_defaults(business: Business, by: Actor, at: datetime) -> None:
    """Give a business the starter purposes and the starter text that it has none of. Running again changes nothing."""
    _lock(business)
    present = set(Purpose.objects.filter(business=business).values_list("code", flat=True))
    for purpose, words in starter_purposes(business.language):
        if purpose.code not in present:
            add_purpose(business=business, details=purpose, words=words, by=by, at=at)
    if not current_notices(business):
        details = starter_details(business, contact=by.user.email if by.user else "")
        publish(business=business, language=business.language, details=details, by=by, at=at)


def _lock(business: Business) -> None:
    """Lock the business, so that two versions never get one number."""
    Business.objects.select_for_update().get(pk=business.pk)

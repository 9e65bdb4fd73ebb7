"""Privacy consent: what was shown, what was answered, word for word. State is computed from events."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models import Business, StaffRole
from loyalty.models.base import AppendOnly, AppendOnlyQuerySet, PublicId
from members.models.members import Member


class Notice(AppendOnly, PublicId):
    """One privacy text of a business in one language, frozen when published.

    Versions are counted over all languages of the business: one number is one text.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="notices")
    version = models.PositiveIntegerField(_("version"))
    language = models.CharField(_("language"), max_length=10)
    text = models.TextField(_("text"))
    text_sha256 = models.CharField(max_length=64)
    controller_name = models.CharField(_("controller"), max_length=120)
    controller_address = models.CharField(_("address"), max_length=200, blank=True)
    controller_contact = models.CharField(_("contact"), max_length=254, blank=True)
    retention = models.CharField(_("kept for"), max_length=200)
    storage_location = models.CharField(_("stored in"), max_length=120)
    recipients = models.JSONField(_("recipients"), default=list, blank=True)
    transfers = models.CharField(_("sent to other countries"), max_length=200, blank=True)
    processor = models.CharField(_("who runs the server"), max_length=120, blank=True)
    protection_officer = models.CharField(_("data protection officer"), max_length=200, blank=True)
    jurisdiction = models.CharField(_("law"), max_length=60)
    authority = models.CharField(_("supervisory authority"), max_length=200, blank=True)
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(StaffRole, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [models.UniqueConstraint(fields=["business", "version"], name="notice_version_once")]

    def __str__(self) -> str:
        return f"{self.version} ({self.language})"


class ConsentChannel(models.TextChoices):
    """The way on which a person may be reached."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    POST = "post", _("Post")
    PHONE = "phone", _("Phone call")
    NONE = "none", _("No message")


class LawfulBasis(models.TextChoices):
    """Why the processing is allowed."""

    CONSENT = "consent", _("Consent")
    CONTRACT = "contract", _("Contract")
    LEGAL_OBLIGATION = "legal_obligation", _("Legal obligation")
    LEGITIMATE_INTEREST = "legitimate_interest", _("Legitimate interest")


class DataType(models.TextChoices):
    """The kinds of personal data that are kept at all; none of them is of the special kinds of the law."""

    NAME = "name", _("Name")
    EMAIL = "email", _("E-mail address")
    PHONE = "phone", _("Phone number")
    ADDRESS = "address", _("Postal address")
    PURCHASES = "purchases", _("Purchases and visits")
    BALANCE = "balance", _("Points and rewards")


class PurposeQuerySet(AppendOnlyQuerySet["Purpose"]):
    """What may move on a purpose: whether it is in use."""

    def set_retired(self, purpose: "Purpose", retired_at: datetime | None) -> None:
        """Take a purpose out of use, or into it again; the only way to write the column."""
        models.QuerySet.update(self.filter(pk=purpose.pk), retired_at=retired_at)


class Purpose(AppendOnly, PublicId):
    """What personal data is used for. Asked purposes have one un-ticked answer for each channel.

    What it does never changes, or an old answer would mean something new: another use is another purpose.
    data_types tells for each kind of data whether the purpose needs it; the address of a channel goes without saying.
    """

    moving_columns: ClassVar[frozenset[str]] = frozenset({"retired_at"})

    business = models.ForeignKey(Business, models.PROTECT, related_name="purposes")
    code = models.CharField(_("code"), max_length=40)
    purpose_type = models.CharField(_("type of purpose"), max_length=60)
    lawful_basis = models.CharField(_("lawful basis"), max_length=20, choices=LawfulBasis)
    channels = models.JSONField(_("channels"), default=list)
    data_types = models.JSONField(_("kinds of data"), default=dict)
    profiling = models.BooleanField(_("profiling"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    created_at = models.DateTimeField(_("created at"))
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    objects = PurposeQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("purpose")
        verbose_name_plural = _("purposes")
        constraints = [models.UniqueConstraint(fields=["business", "code"], name="purpose_code_once")]

    def __str__(self) -> str:
        return self.code

    @property
    def use(self) -> str:
        """What it is used for now, as with_use() reads it along; nothing where it was not read, or has no use."""
        return str(getattr(self, "used_for", ""))

    @property
    def is_asked(self) -> bool:
        """Whether members are asked, and may say no."""
        return self.lawful_basis == LawfulBasis.CONSENT


class PurposeWording(AppendOnly):
    """The name of a purpose and the words beside its box, in one language; new words are a new version.

    Versions are counted over all languages of the purpose: one number is one text.
    """

    purpose = models.ForeignKey(Purpose, models.PROTECT, related_name="wordings")
    version = models.PositiveIntegerField(_("version"))
    language = models.CharField(_("language"), max_length=10)
    name = models.CharField(_("name"), max_length=80)
    wording = models.CharField(_("words beside the box"), max_length=300)
    written_at = models.DateTimeField(_("written at"))
    written_by = models.ForeignKey(StaffRole, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("words of a purpose")
        verbose_name_plural = _("words of purposes")
        constraints = [models.UniqueConstraint(fields=["purpose", "version"], name="wording_version_once")]

    def __str__(self) -> str:
        return self.name


class ConsentEventKind(models.TextChoices):
    """What happened to a consent."""

    GIVEN = "given", _("Given")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Not given")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class CollectionMethod(models.TextChoices):
    """How an answer reached us."""

    WEB = "web", _("On the member's page")
    COUNTER = "counter", _("At the counter")
    PAPER = "paper", _("On paper")
    LINK = "link", _("By a link in a message")
    IMPORT = "import", _("Import")
    API = "api", _("Till")


class ConsentActor(models.TextChoices):
    """Who gave the answer."""

    MEMBER = "member", _("The member")
    STAFF = "staff", _("Staff, for the member")
    SYSTEM = "system", _("By itself")


class ConsentEventQuerySet(AppendOnlyQuerySet["ConsentEvent"]):
    """What may move on an event: where the answer came from may be forgotten."""

    def forget_origin(self, event: "ConsentEvent", *, ip: str | None) -> None:
        """Keep of an answer's origin no more than a shortened address; the only way to write these columns."""
        models.QuerySet.update(self.filter(pk=event.pk), ip=ip, user_agent="", seal_salt="")


class ConsentEvent(AppendOnly):
    """One answer to one purpose on one channel, with everything needed to prove it later.

    The events of a member are a chain: hash covers the facts of the event and the hash before it, and holds no name
    and no address. Where the answer came from (ip, user_agent) stands under seal, a salted digest: once these
    columns are emptied the chain can still be checked, and the digest says nothing.
    """

    moving_columns: ClassVar[frozenset[str]] = frozenset({"ip", "user_agent", "seal_salt"})

    record_id = models.UUIDField(_("record"), unique=True)
    receipt_id = models.UUIDField(_("receipt"), db_index=True)
    schema_version = models.CharField(_("schema"), max_length=20)
    business = models.ForeignKey(Business, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="consent_events")
    purpose = models.ForeignKey(Purpose, models.PROTECT, related_name="+")
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="+")
    channel = models.CharField(_("channel"), max_length=10, choices=ConsentChannel)
    kind = models.CharField(_("event"), max_length=10, choices=ConsentEventKind)
    wording = models.CharField(_("words shown"), max_length=300)
    wording_version = models.PositiveIntegerField(_("version of the words"))
    language = models.CharField(_("language"), max_length=10)
    collection_method = models.CharField(_("how it was collected"), max_length=20, choices=CollectionMethod)
    form_version = models.CharField(_("form"), max_length=64)
    actor = models.CharField(_("who answered"), max_length=20, choices=ConsentActor)
    staff = models.ForeignKey(StaffRole, models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    evidence = models.CharField(_("evidence"), max_length=120, blank=True)
    ip = models.GenericIPAddressField(_("address"), null=True, blank=True)
    user_agent = models.CharField(_("browser"), max_length=200, blank=True)
    seal = models.CharField(max_length=64)
    seal_salt = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField(_("at"))
    utc_offset_minutes = models.SmallIntegerField(_("offset from UTC in minutes"))
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = ConsentEventQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("consent event")
        verbose_name_plural = _("consent events")
        constraints = [models.UniqueConstraint(fields=["member", "previous_hash"], name="consent_chain_never_forks")]
        indexes = [
            models.Index(fields=["member", "purpose", "channel", "id"], name="consent_of_member"),
            models.Index(fields=["business", "-at", "-id"], name="consent_recent"),
            models.Index(fields=["at"], condition=~models.Q(seal_salt=""), name="consent_origin_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.record_id}"


class ViewLog(AppendOnly):
    """Who of the platform's or a business's staff looked at a member's personal data, and where."""

    business = models.ForeignKey(Business, models.PROTECT, null=True, blank=True, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="view_log")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    page = models.CharField(_("page"), max_length=120)
    rows = models.PositiveIntegerField(_("members shown"), default=1)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("look at personal data")
        verbose_name_plural = _("looks at personal data")
        indexes = [
            models.Index(fields=["member", "-at"], name="view_log_of_member"),
            models.Index(fields=["business", "-at", "-id"], name="view_log_recent"),
        ]

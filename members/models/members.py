"""People: who an account belongs to."""

from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models import Account, Business, StaffRole, User
from loyalty.models.base import PublicId


class MemberSource(models.TextChoices):
    """How a person became a member."""

    COUNTER = "counter", _("Counter")
    PORTAL = "portal", _("Joined online")
    IMPORT = "import", _("Import")
    ADMIN = "admin", _("Back office")


class Member(PublicId):
    """A person in a business: the owner of one account. Personal fields are emptied by erasure.

    email is in small letters, phone in E.164; each belongs to one member of a business at most.
    user is the log-in that has claimed this membership, if any.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="members")
    account = models.OneToOneField(Account, models.PROTECT, related_name="member")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="memberships"
    )
    name = models.CharField(_("name"), max_length=80, blank=True)
    search_name = models.CharField(max_length=80, blank=True, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    email_confirmed_at = models.DateTimeField(_("e-mail confirmed at"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    phone_confirmed_at = models.DateTimeField(_("phone confirmed at"), null=True, blank=True)
    phone_tail = models.CharField(max_length=4, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_warned = models.BooleanField(_("told before something runs out"), default=True)
    source = models.CharField(_("source"), max_length=10, choices=MemberSource)
    enrolled_by = models.ForeignKey(StaffRole, models.PROTECT, null=True, blank=True, related_name="+")
    joined_at = models.DateTimeField(_("joined at"))
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                fields=["business", "email"], condition=~models.Q(email=""), name="member_email_once"
            ),
            models.UniqueConstraint(
                fields=["business", "phone"], condition=~models.Q(phone=""), name="member_phone_once"
            ),
            models.UniqueConstraint(
                fields=["business", "user"], condition=models.Q(user__isnull=False), name="member_user_once"
            ),
        ]
        indexes = [
            models.Index(fields=["business", "search_name", "id"], name="member_by_name"),
            models.Index(fields=["business", "phone_tail"], name="member_by_phone_tail"),
            models.Index(fields=["business", "-joined_at", "-id"], name="member_recent"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Member without a name"))

    def belongs_to(self, user: User) -> bool:
        """Return whether somebody is this member, by log-in or by e-mail address."""
        return self.user_id == user.pk or bool(self.email and self.email == user.email.lower())


class ContactCode(models.Model):
    """A code sent to an e-mail address or phone to prove that it is the sender's own.

    Good for ten minutes and five tries; only a digest is stored. message is the id of the message that carries it,
    known only where it was just sent.
    """

    message: UUID | None = None

    business = models.ForeignKey(Business, models.PROTECT, related_name="+")
    channel = models.CharField(_("channel"), max_length=10)
    address = models.CharField(_("address"), max_length=254)
    purpose = models.CharField(_("purpose"), max_length=10)
    code_digest = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("expires at"))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact code")
        verbose_name_plural = _("contact codes")
        indexes = [models.Index(fields=["address", "-sent_at"], name="contact_code_recent")]

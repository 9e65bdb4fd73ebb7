"""Log-ins, and what they may do in which business."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from loyalty.models.base import PublicId
from loyalty.models.businesses import Business, Location


class UserManager(BaseUserManager["User"]):
    """Makes log-ins; a log-in is known by its e-mail address, in small letters."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a log-in. A password, which Django's createsuperuser may ask for, is not kept."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """One log-in: it may own one business, work in another and be a member of five more."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_staff = models.BooleanField(_("platform staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined at"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("log-in")
        verbose_name_plural = _("log-ins")

    def __str__(self) -> str:
        return self.name or self.email

    def check_password(self, raw_password: str | None) -> bool:
        """Return False: no password lets in, also not one that is left of an earlier version."""
        return False

    def has_usable_password(self) -> bool:
        """Return False: there are none."""
        return False

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person may do in a business; each includes the ones below it."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    CASHIER = "cashier", _("Cashier")

    @property
    def rank(self) -> int:
        return {"owner": 3, "manager": 2, "cashier": 1}[self.value]


class StaffRole(PublicId):
    """A log-in's place in a business. Ended, never deleted: bookings name it.

    waiting says what waits for it, where that was asked for (loyalty.queries.access.role_in).
    """

    waiting: Collection[str] = ()

    business = models.ForeignKey(Business, models.PROTECT, related_name="staff")
    user = models.ForeignKey(User, models.PROTECT, related_name="staff_roles")
    role = models.CharField(_("role"), max_length=10, choices=Role)
    display_name = models.CharField(_("name at the till"), max_length=60)
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="staff")
    pin_digest = models.CharField(max_length=64, blank=True, editable=False)
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("staff role")
        verbose_name_plural = _("staff roles")
        constraints = [
            models.UniqueConstraint(
                fields=["business", "user"], condition=models.Q(ended_at=None), name="staff_one_role_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["business", "pin_digest"],
                condition=models.Q(ended_at=None) & ~models.Q(pin_digest=""),
                name="staff_pin_once_per_business",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_name} ({self.get_role_display()})"

    def may(self, role: Role) -> bool:
        """Return whether this role includes the given one and is still running."""
        return self.ended_at is None and Role(self.role).rank >= role.rank


class Invitation(PublicId):
    """An offer by mail to join the staff; its secret is stored as a digest only."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=10, choices=Role)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(StaffRole, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(_("invited at"))
    expires_at = models.DateTimeField(_("expires at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "business",
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_open_once_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.get_role_display()})"

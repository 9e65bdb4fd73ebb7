"""The tenant and its branches."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models.base import PublicId

# Names that a business cannot take as its address: they are pages of the site.
RESERVED_SLUGS = frozenset(
    {
        "accounts",
        "admin",
        "api",
        "businesses",
        "console",
        "counter",
        "demo",
        "favicon",
        "health",
        "invitations",
        "languages",
        "maintenance",
        "manifest",
        "media",
        "my",
        "outbox",
        "robots",
        "start",
        "static",
        "styleguide",
        "sw",
        "system",
        "theme",
        "welcome",
    }
)

slug_validator = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*\Z", _("Use small letters a-z, digits and single hyphens."))
colour_validator = RegexValidator(r"^#[0-9a-f]{6}\Z", _("Use a colour like #8a4b2a."))


class DebtPolicy(models.TextChoices):
    """What becomes of an award that a refund takes back when it is spent already."""

    OWED = "owed", _("It is owed, and the next award pays it")
    FORGIVE = "forgive", _("It is forgiven")


class Business(models.Model):
    """A tenant: one café, salon or shop, with its own currency, time zone, language and look.

    sale_cap and day_cap are in the currency's smallest part: above them, for one purchase and for what one customer
    buys in a day, an owner or manager allows it at the till. None: no cap.
    """

    slug = models.CharField(_("address"), max_length=40, unique=True, validators=[slug_validator])
    name = models.CharField(_("name"), max_length=80)
    tagline = models.CharField(_("tagline"), max_length=140, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    time_zone = models.CharField(_("time zone"), max_length=64)
    language = models.CharField(_("language"), max_length=10)
    country = models.CharField(_("country"), max_length=2, blank=True)
    colour = models.CharField(_("colour"), max_length=7, default="#7a3e1d", validators=[colour_validator])
    logo = models.ImageField(_("logo"), upload_to="logos", blank=True)
    address = models.CharField(_("postal address"), max_length=200, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    undo_minutes = models.PositiveSmallIntegerField(_("minutes in which a cashier can undo"), default=15)
    till_lock_minutes = models.PositiveSmallIntegerField(_("minutes after which a shared device locks"), default=10)
    debt_policy = models.CharField(
        _("what a refund cannot take back"), max_length=10, choices=DebtPolicy, default=DebtPolicy.OWED
    )
    warn_days = models.PositiveSmallIntegerField(_("days before something runs out that members are told"), default=14)
    reinstate_days = models.PositiveSmallIntegerField(_("days in which what ran out can be given again"), default=30)
    sale_cap = models.PositiveBigIntegerField(_("largest purchase without a manager"), null=True, blank=True)
    day_cap = models.PositiveBigIntegerField(_("purchases a day without a manager"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    checklist_hidden_at = models.DateTimeField(_("set-up checklist hidden at"), null=True, blank=True)

    class Meta:
        verbose_name = _("business")
        verbose_name_plural = _("businesses")

    def __str__(self) -> str:
        return self.name


class Location(PublicId):
    """A branch of a business. Every business has at least one."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="locations")
    name = models.CharField(_("name"), max_length=80)
    address = models.CharField(_("address"), max_length=200, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        constraints = [models.UniqueConstraint(fields=["business", "name"], name="location_name_once")]

    def __str__(self) -> str:
        return self.name

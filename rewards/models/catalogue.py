"""What a balance buys."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models import Business, Unit
from loyalty.models.base import PublicId


class RewardKind(models.TextChoices):
    """What a member gets for it."""

    PRODUCT = "product", _("Something free")
    MONEY_OFF = "money_off", _("Money off")
    PERCENT_OFF = "percent_off", _("Percent off")
    OTHER = "other", _("Something else")


class RewardState(models.TextChoices):
    """Whether members see it."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("In the catalogue")
    ARCHIVED = "archived", _("Archived")


class RewardIcon(models.TextChoices):
    """What stands for a reward where it has no picture."""

    GIFT = "gift", _("Gift")
    COFFEE = "coffee", _("Coffee")
    PASTRY = "croissant", _("Pastry")
    SCISSORS = "scissors", _("Scissors")
    BAG = "shopping-bag", _("Bag")
    PARCEL = "package", _("Parcel")
    TICKET = "ticket", _("Ticket")
    PARTY = "party-popper", _("Party")
    MONEY = "coins", _("Money")
    PERCENT = "badge-percent", _("Percent")
    HEART = "heart", _("Heart")
    SPARKLES = "sparkles", _("Sparkles")


class Reward(PublicId):
    """Something in the catalogue. cost is in smallest parts of its unit; stock is what is left of stock_total.

    available_from and available_to are days in the business's time zone, both included.
    voucher_days is how many days a voucher is good for after its day of issue; None: for ever.
    """

    business = models.ForeignKey(Business, models.PROTECT, related_name="rewards")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=RewardKind, default=RewardKind.PRODUCT)
    state = models.CharField(_("state"), max_length=10, choices=RewardState, default=RewardState.DRAFT)
    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("description"), blank=True, max_length=600)
    terms = models.TextField(_("terms"), blank=True, max_length=600)
    picture = models.ImageField(_("picture"), upload_to="rewards", blank=True)
    icon = models.CharField(_("icon"), max_length=30, default="gift")
    cost = models.PositiveBigIntegerField(_("cost"))
    money_off = models.PositiveBigIntegerField(_("money off in smallest parts"), default=0)
    percent_off = models.PositiveSmallIntegerField(_("percent off"), default=0)
    at_most = models.PositiveBigIntegerField(_("at most in smallest parts"), null=True, blank=True)
    stock = models.PositiveIntegerField(_("stock left"), null=True, blank=True)
    per_member = models.PositiveIntegerField(_("limit per member"), null=True, blank=True)
    available_from = models.DateField(_("first day"), null=True, blank=True)
    available_to = models.DateField(_("last day"), null=True, blank=True)
    voucher_days = models.PositiveSmallIntegerField(_("voucher good for days"), null=True, blank=True, default=30)
    online = models.BooleanField(_("members can redeem it online"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        indexes = [models.Index(fields=["business", "state", "position", "cost"], name="reward_catalogue")]
        constraints = [
            models.CheckConstraint(condition=models.Q(stock=None) | models.Q(stock__gte=0), name="reward_stock"),
            models.CheckConstraint(condition=models.Q(cost__gt=0), name="reward_cost_positive"),
        ]

    def __str__(self) -> str:
        return self.name

"""Messages written in the transaction that causes them, and sent afterwards, at least once."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models.base import PublicId
from loyalty.models.businesses import Business


class MessageChannel(models.TextChoices):
    """How a message travels."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")


class MessageState(models.TextChoices):
    """Where a message stands. HELD: a backup brought it back, and it may have left since that was taken."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    HELD = "held", _("Held")


class MessagePriority(models.IntegerChoices):
    """Which of the due messages leaves first: the highest."""

    BULK = -10, _("Bulk")
    NORMAL = 0, _("Normal")
    CODE = 10, _("Code")


class OutboxMessage(PublicId):
    """One message to one address; public_id is its stable id, so that a second sending can be recognised.

    After expires_at it is not sent any more. What a secret message says is blanked when it has left or cannot leave.
    """

    business = models.ForeignKey(Business, models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(_("channel"), max_length=10, choices=MessageChannel)
    priority = models.SmallIntegerField(_("priority"), choices=MessagePriority, default=MessagePriority.NORMAL)
    purpose = models.CharField(_("purpose"), max_length=40)
    recipient = models.CharField(_("to"), max_length=254)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    is_secret = models.BooleanField(_("secret"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=MessageState, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created at"))
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(
                fields=["-priority", "next_attempt_at", "id"], condition=models.Q(state="waiting"), name="outbox_due"
            ),
        ]

    def has_expired(self, at: datetime) -> bool:
        """Return whether it is too late to send it."""
        return self.expires_at is not None and self.expires_at <= at

"""The form for another address: the one that the account has is told first."""

from typing import Any

from allauth.account.forms import AddEmailForm
from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty import log_in_letters
from loyalty.domain import address_changes
from loyalty.domain.actors import Actor
from loyalty.models import Channel
from loyalty.queries.address_changes import may_ask


class AddressForm(AddEmailForm):  # type: ignore[misc]
    """A new address, which counts once the code that goes there is typed."""

    def clean_email(self) -> str:
        """Refuse another one after a few in a day: each is a letter to the address that the account has."""
        address = str(super().clean_email())
        if not may_ask(self.user, timezone.now()):
            words = _("You asked for several changes today. Try again tomorrow.")
            raise forms.ValidationError(words, code="too_many")
        return address

    def save(self, request: HttpRequest) -> Any:
        """Tell the old address, then send the code to the new one."""
        address_changes.ask(
            user=self.user,
            address=self.cleaned_data["email"],
            write=log_in_letters.address_asked,
            by=Actor(Channel.PORTAL, self.user),
            at=timezone.now(),
        )
        return super().save(request)

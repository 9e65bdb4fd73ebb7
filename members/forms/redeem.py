"""Taking a reward online."""

from django import forms


class RedeemForm(forms.Form):
    """The key by which a reward that is sent for twice is taken once."""

    key = forms.UUIDField()

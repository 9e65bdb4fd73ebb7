"""What an owner writes about data: the privacy text, the words of a purpose, a new purpose."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.forms.lines import OneLine
from loyalty.forms.widgets import CardLabel, CheckboxCards, RadioCards
from members.domain.notices import NoticeDetails, PurposeDetails, Words
from members.models import ConsentChannel, DataType, LawfulBasis

MESSAGES, PROFILE = "messages", "profile"


class NoticeForm(forms.Form):
    """The privacy text with the facts that every consent record holds."""

    text = forms.CharField(
        label=_("Text"),
        max_length=20_000,
        help_text=_("A line that starts with ## is a heading, a line that starts with - is a point of a list."),
        widget=forms.Textarea({"rows": 22}),
    )
    controller_name = OneLine(label=_("Who is responsible"), max_length=120)
    controller_address = OneLine(
        label=_("Postal address"), max_length=200, widget=forms.TextInput({"autocomplete": "street-address"})
    )
    controller_contact = OneLine(
        label=_("Contact for questions"), max_length=254, help_text=_("An e-mail address or a phone number.")
    )
    protection_officer = OneLine(label=_("Data protection officer"), max_length=200, required=False)
    retention = OneLine(label=_("How long data is kept"), max_length=200)
    storage_location = OneLine(label=_("Where data is stored"), max_length=120)
    recipients = forms.CharField(
        label=_("Who else sees data"),
        max_length=1000,
        required=False,
        help_text=_("One on each line."),
        widget=forms.Textarea({"rows": 2}),
    )
    transfers = OneLine(
        label=_("Sent to other countries"),
        max_length=200,
        required=False,
        help_text=_("Outside of the area where your law holds; say which and why it is allowed."),
    )
    processor = OneLine(label=_("Who runs the server"), max_length=120, required=False)
    jurisdiction = OneLine(label=_("Law"), max_length=60)
    authority = OneLine(label=_("Supervisory authority"), max_length=200, required=False)

    @staticmethod
    def initial_of(details: NoticeDetails) -> dict[str, object]:
        """Return the form's values for a text that exists."""
        values = {name: getattr(details, name) for name in details.__dataclass_fields__}
        return values | {"recipients": "\n".join(details.recipients)}

    def clean_text(self) -> str:
        """Write every line end the same way, or a text would differ from itself."""
        return "\n".join(line.rstrip() for line in str(self.cleaned_data["text"]).splitlines())

    def details(self) -> NoticeDetails:
        """Return what was written; recipients are the lines that hold anything."""
        lines = [line.strip() for line in self.cleaned_data["recipients"].splitlines()]
        return NoticeDetails(**self.cleaned_data | {"recipients": tuple(line for line in lines if line)})


class WordsForm(forms.Form):
    """The name of a purpose and the words beside its box, in one language."""

    name = OneLine(label=_("Name"), max_length=80)
    wording = forms.CharField(label=_("Words beside the box"), max_length=300, widget=forms.Textarea({"rows": 3}))

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, channels: list[str], language: str, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.channels, self.language = channels, language
        if len(channels) > 1:
            self.fields["wording"].help_text = CHANNEL_HINT

    def clean_wording(self) -> str:
        """One text stands beside several boxes: it must say where the channel's name goes."""
        wording: str = " ".join(self.cleaned_data["wording"].split())
        check_wording(wording, self.channels)
        return wording

    def words(self) -> Words:
        """Return the words as the domain takes them."""
        return Words(self.language, self.cleaned_data["name"], self.cleaned_data["wording"])


CHANNEL_HINT = _("Write {channel} where “by e-mail” or “by SMS” should stand.")


def check_wording(wording: str, channels: list[str]) -> None:
    """Raise ValidationError if the words cannot tell the boxes of several channels apart."""
    if len(channels) > 1 and "{channel}" not in wording:
        raise forms.ValidationError(CHANNEL_HINT)


class UseField(OneLine):
    """What a purpose is used for, in a line that members read."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("What do you use it for?"),
            help_text=_("Members read it beside the box. For example: our newsletter, at most twice a month."),
            max_length=200,
            **options,
        )


class UseForm(forms.Form):
    """The use of a purpose; left empty, members are not asked."""

    use = UseField(required=False)


class PurposeForm(forms.Form):
    """A new purpose that members are asked about. What it does cannot be changed later, only its words."""

    kind = forms.ChoiceField(
        label=_("What will you do?"),
        choices=[
            (MESSAGES, CardLabel(_("Write to members"), _("Each way of writing is a box of its own."), "mail")),
            (PROFILE, CardLabel(_("Look at what they buy"), _("To choose something for them: profiling."), "target")),
        ],
        initial=MESSAGES,
        widget=RadioCards,
    )
    channels = forms.MultipleChoiceField(
        label=_("How will you write?"),
        choices=[
            (ConsentChannel.EMAIL.value, CardLabel(_("By e-mail"), icon="mail")),
            (ConsentChannel.SMS.value, CardLabel(_("By SMS"), icon="smartphone")),
            (ConsentChannel.PHONE.value, CardLabel(_("By phone"), icon="phone")),
        ],
        initial=[ConsentChannel.EMAIL.value],
        required=False,
        help_text=_("Only if you write to members."),
        widget=CheckboxCards,
    )
    name = OneLine(label=_("Name"), max_length=80)
    wording = forms.CharField(
        label=_("Words beside the box"),
        max_length=300,
        help_text=CHANNEL_HINT,
        widget=forms.Textarea({"rows": 3}),
    )
    use = UseField(error_messages={"required": _("Say what you will use it for. Nobody is asked for nothing.")})

    def __init__(self, data: Mapping[str, Any] | None = None, *, language: str) -> None:
        super().__init__(data)
        self.language = language

    def clean(self) -> dict[str, Any]:
        """Check that messages have a channel, and that the words fit the channels."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") == MESSAGES and "channels" in cleaned and not cleaned["channels"]:
            self.add_error("channels", _("Choose at least one way to write."))
        if "wording" in cleaned:
            try:
                check_wording(cleaned["wording"], self._channels(cleaned))
            except forms.ValidationError as error:
                self.add_error("wording", error)
        return cleaned

    @staticmethod
    def _channels(cleaned: Mapping[str, Any]) -> list[str]:
        return list(cleaned.get("channels") or []) if cleaned.get("kind") == MESSAGES else [ConsentChannel.NONE.value]

    def purpose(self) -> PurposeDetails:
        """Return what the purpose does; the domain finds its code."""
        profiling = self.cleaned_data["kind"] == PROFILE
        return PurposeDetails(
            code="",
            purpose_type="dpv:PersonalisedBenefits" if profiling else "dpv:DirectMarketing",
            lawful_basis=LawfulBasis.CONSENT,
            channels=tuple(ConsentChannel(channel) for channel in self._channels(self.cleaned_data)),
            data_types={DataType.PURCHASES: True, DataType.BALANCE: True} if profiling else {DataType.NAME: False},
            profiling=profiling,
        )

    def words(self) -> Words:
        """Return its first words."""
        return Words(self.language, self.cleaned_data["name"], " ".join(self.cleaned_data["wording"].split()))

"""What a business says about data before it has written anything itself: a text and four purposes, in its language."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from loyalty.models import Business
from members.engine.authorities import authority_of, law_of
from members.models import ConsentChannel, DataType, LawfulBasis


@dataclass(frozen=True, slots=True)
class PurposeDetails:
    """What a purpose does, once and for all. data_types tells for each kind of data whether it is needed."""

    code: str
    purpose_type: str
    lawful_basis: LawfulBasis
    channels: tuple[ConsentChannel, ...]
    data_types: dict[DataType, bool]
    profiling: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """The name of a purpose and the words beside its box; {channel} in them stands for "by e-mail" and the like."""

    language: str
    name: str
    wording: str


@dataclass(frozen=True, slots=True)
class NoticeDetails:
    """Everything that a privacy text says: the text, and the facts that every consent record must hold."""

    text: str
    controller_name: str
    controller_address: str
    controller_contact: str
    retention: str
    storage_location: str
    jurisdiction: str
    recipients: tuple[str, ...] = ()
    transfers: str = ""
    processor: str = ""
    protection_officer: str = ""
    authority: str = ""


def starter_details(business: Business, *, language: str = "", contact: str = "") -> NoticeDetails:
    """Return the first privacy text of a business with its facts; contact is used where the business names none."""
    host = urlsplit(settings.BASE_URL).hostname or settings.BASE_URL
    contact = business.contact_email or contact
    with translation.override(language or business.language):
        return NoticeDetails(
            text=starter_notice(business, language=language, contact=contact),
            controller_name=business.name,
            controller_address=business.address,
            controller_contact=contact,
            retention=_("While you are a member; records for bookkeeping as long as tax law asks for them"),
            storage_location=_("The server of %(host)s") % {"host": host},
            jurisdiction=law_of(business.country),
            recipients=(_("The company that runs the server for us"),),
            transfers=_("None"),
            processor=_("The operator of %(host)s") % {"host": host},
            authority=authority_of(business.country),
        )


def starter_notice(business: Business, *, language: str = "", contact: str = "") -> str:
    """Return a plain-language privacy text for a business, filled in; ## starts a heading, - a point of a list."""
    with translation.override(language or business.language):
        sections = [*_what_and_why(), *_how_and_who(), *_rights(authority_of(business.country))]
    reach = business.contact_email or contact
    values = {"business": business.name, "contact": f" ({reach})" if reach else ""}
    return "\n\n".join(section % values for section in sections)


def _what_and_why() -> list[str]:
    return [
        "## " + _("In short"),
        _(
            "%(business)s runs a loyalty program. We keep what the program needs to work, we sell nothing of it, and "
            "we send you news and offers only if you want them. You can join and collect without saying yes to "
            "anything else."
        ),
        "## " + _("What we keep, and why"),
        "- " + _("Your membership: your name, your e-mail address or phone number, your card, your purchases, points "
                 "and rewards. The program that you joined cannot run without them (contract). We tell you by e-mail "
                 "before something of yours runs out."),
        "- " + _("Our books: what was bought and what was booked for it, because tax and accounting law asks for it "
                 "(legal obligation)."),
        "- " + _("News and offers: only if you say yes, for e-mail and SMS apart (consent)."),
        "- " + _("Offers that fit you: only if you say yes do we look at what you bought to choose them (consent)."),
        _("We ask for no birthday and no location, and we do not follow whether you open our messages."),
    ]  # fmt: skip


def _how_and_who() -> list[str]:
    return [
        "## " + _("How long"),
        _(
            "We keep your data while you are a member. If you want to leave, or have something deleted, write to "
            "us%(contact)s. Bookings, and the proof of what you agreed to, stay as long as the law asks for them."
        ),
        "## " + _("Who sees it"),
        _(
            "Our own staff, and the company that runs the server for us and does what we tell it to. Nobody else. "
            "Whenever somebody of the staff opens your record, that is noted, and you can see it on your privacy page."
        ),
        "## " + _("Cookies"),
        _("Only those that keep you logged in and remember your language. There is nothing to agree to."),
    ]


def _rights(authority: str) -> list[str]:
    return [
        "## " + _("Your rights"),
        "- " + _("See what we hold about you: your account, purchases and answers stand on your own pages, and you can "
                 "download your statement. Ask us for all else, and to have something corrected or deleted."),
        "- " + _("Take back any consent on your privacy page: one tap, as easy as giving it. You keep your points."),
        "- " + _("Object to what we do with your data, or ask us to pause it."),
        "- " + (
            _("Complain to the authority: %(authority)s.") % {"authority": authority.replace("%", "%%")}
            if authority
            else _("Complain to the data protection authority of your country.")
        ),
        _("Write to us%(contact)s, we answer within a month."),
    ]  # fmt: skip


def starter_purposes(language: str) -> list[tuple[PurposeDetails, Words]]:
    """Return the purposes that every business starts with: two that are not asked, two that are."""
    history = {DataType.PURCHASES: True, DataType.BALANCE: True}
    person = {DataType.NAME: False, DataType.EMAIL: False, DataType.PHONE: False}
    none, post = (ConsentChannel.NONE,), (ConsentChannel.EMAIL, ConsentChannel.SMS)
    with translation.override(language):
        return [
            (
                PurposeDetails("membership", "dpv:ServiceProvision", LawfulBasis.CONTRACT, none, person | history),
                Words(language, _("Membership"), _("To run the program that you joined: card, points and rewards.")),
            ),
            (
                PurposeDetails("bookkeeping", "dpv:LegalCompliance", LawfulBasis.LEGAL_OBLIGATION, none, history),
                Words(language, _("Bookkeeping"), _("To keep the books that tax and accounting law asks for.")),
            ),
            (
                PurposeDetails("news", "dpv:DirectMarketing", LawfulBasis.CONSENT, post, {DataType.NAME: False}),
                Words(language, _("News and offers"), _("Send me news and offers {channel}.")),
            ),
            (
                PurposeDetails(
                    "personal-offers", "dpv:PersonalisedBenefits", LawfulBasis.CONSENT, none, history, profiling=True
                ),
                Words(language, _("Offers that fit me"), _("Look at what I bought to choose offers that fit me.")),
            ),
        ]

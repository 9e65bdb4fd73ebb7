"""The people of the demo: four to log in as, and the regulars of the café."""

from dataclasses import dataclass
from random import Random

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils.translation import gettext_lazy as _

from loyalty.models import User


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody to log in as; there are no passwords, a code is sent to the address."""

    code: str
    email: str
    name: str
    label: object
    start: str


PERSONAS = (
    Persona("owner", "olivia@demo.example", "Olivia Brandt", _("Owner"), "/console/bean-and-leaf/"),
    Persona("manager", "marek@demo.example", "Marek Novak", _("Manager"), "/console/bean-and-leaf/"),
    Persona("cashier", "chloe@demo.example", "Chloé Martin", _("Cashier"), "/counter/bean-and-leaf/"),
    Persona("member", "mai@demo.example", "Mai Trần", _("Member"), "/bean-and-leaf/my/"),
    Persona("staff", "piret@demo.example", "Piret Tamm", _("Platform staff"), "/admin/"),
)

FIRST = (
    "Anna Béla Carlos Duy Elif Farid Grete Hana Ilya Jonas Kadri Linh Mateo Nora Oskar Priya Quang Rosa Sándor Tiina "
    "Ursula Viktor Wei Xenia Yuki Zsófi Amir Birgit Chiara Dmitri"
)
LAST = (
    "Nagy Tamm Nguyễn Kowalski Silva Weber Ivanov Chen Rossi Kask Szabó Haddad Lindqvist Dubois Okafor Moreau Fischer "
    "Petrov Zhao Costa"
)


def make_personas() -> dict[str, User]:
    """Make the log-ins of the personas, with confirmed addresses; platform staff gets an authenticator app."""
    made = {}
    for persona in PERSONAS:
        is_staff = persona.code == "staff"
        user = User.objects.create_user(persona.email, name=persona.name, is_staff=is_staff, is_superuser=is_staff)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        if is_staff:
            TOTP.activate(user, generate_totp_secret())
            RecoveryCodes.activate(user)
        made[persona.code] = user
    return made


def regulars(rng: Random, number: int) -> list[tuple[str, str, str]]:
    """Return names, addresses and phone numbers of invented people; some left only one of the two."""
    people = []
    for index in range(number):
        name = f"{rng.choice(FIRST.split())} {rng.choice(LAST.split())}"
        email = f"guest{index + 1}@demo.example" if rng.random() < 0.75 else ""
        phone = f"+3725{5000000 + index * 137:07d}" if not email or rng.random() < 0.4 else ""
        people.append((name, email, phone))
    return people

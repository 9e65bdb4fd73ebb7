"""The history that is stored with a release: half a year of a café and a salon, by the product's own functions.

What happens, and when, is the same each time; ids, card numbers and codes are what the product draws. Nobody in it is
real. A later release tells more of it here, and leaves what was stored before alone.
"""

from random import Random

from loyalty.domain import chain
from tests.moments import moment
from tests.upgrades import guests, offices, shops, tills
from tests.upgrades.tills import Till

SEED = 20260310
NOW = moment("2026-03-10 07:00")
"""The moment after the last thing that happens: the stored database is opened then."""

KNOWN = {
    "business": "kuu",
    "people": {
        "owner": "olga@example.com",
        "cashier": "cleo@example.com",
        "member": "mia@example.com",
        "merged": "tom@example.com",
        "platform": "petra@example.com",
        "other_owner": "ray@example.com",
    },
    "pin": shops.PIN,
    "reward": "Cookie",
}
"""How the tests find their way in what is stored: a business, who plays whom, and what the member can afford."""


def fill() -> None:
    """Tell the history into an empty installation, in the order of its days."""
    petra = offices.platform()
    cafe, salon = (Till(shop, Random(SEED)) for shop in (shops.open_cafe(), shops.open_salon()))
    guests.first_members(cafe.shop)
    guests.salon_members(salon.shop)
    run_jobs_at("2025-09-07 08:00")
    autumn(cafe, salon)
    winter(cafe, salon)
    spring(cafe, salon)
    offices.look_and_act(petra, cafe)
    chain.extend(everything=True)


def autumn(cafe: Till, salon: Till) -> None:
    """September to November."""
    tills.autumn(cafe)
    tills.salon(salon)
    run_jobs_at("2025-11-02 08:00")
    shops.add_salon_stamps(salon.shop)
    tills.salon_with_stamps(salon)
    tills.moves(cafe)
    tills.presents(cafe)
    offices.adjust(cafe)
    offices.make_good(cafe, "Una", moment("2025-11-14 09:00"))
    run_jobs_at("2025-11-30 08:00")


def winter(cafe: Till, salon: Till) -> None:
    """December to February."""
    shops.second_program(cafe.shop)
    shops.shorten_salon_stamps(salon.shop)
    tills.winter(cafe)
    tills.same_refund_again(cafe)
    tills.salon_in_winter(salon)
    offices.merge(cafe)
    run_jobs_at("2026-01-03 09:00")
    shops.give_back_salon_stamps(salon.shop)
    offices.give_again(cafe, "Mia", moment("2026-01-05 09:00"))
    guests.write_about_data(cafe.shop)
    guests.change_their_minds(cafe.shop)
    offices.bring_in(cafe.shop)
    guests.attach_a_card(cafe.shop)
    shops.open_kiosk()


def spring(cafe: Till, salon: Till) -> None:
    """The days until now, with what is left open."""
    tills.spring(cafe)
    tills.salon_in_spring(salon)
    shops.still_open(cafe.shop)
    run_jobs_at("2026-03-09 09:30")
    offices.messages(moment("2026-03-09 16:00"))
    guests.nearly_lose_an_address(cafe.shop, moment("2026-03-09 20:00"))
    guests.half_joined(cafe.shop, moment("2026-03-10 06:55"))


def run_jobs_at(text: str) -> None:
    """Let the worker have its turn."""
    offices.run_jobs(moment(text))

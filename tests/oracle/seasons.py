"""The businesses that the oracle plays with: together they have every expiry policy, holds, limits, debts forgiven."""

from random import Random

from tests.oracle.shop import Prize
from tests.oracle.terms import ShopTerms, UnitTerms

ZONES = (
    "Europe/Berlin", "America/Santiago", "Africa/Cairo", "Asia/Beirut", "America/Asuncion", "Pacific/Apia",
    "Asia/Kolkata", "America/Los_Angeles", "Pacific/Kiritimati", "Australia/Lord_Howe", "Asia/Tokyo", "UTC",
)  # fmt: skip

CAFE = (
    UnitTerms("points", award=3, per=200, without=("coffee", "bread"), expiry="days", count=90, alone=40),
    UnitTerms("stamps", earns="visit", goods="flowers", minimum=1000, expiry="months", count=6),
    UnitTerms("beans", per=50, goods="coffee", rounding="half_up", expiry="inactivity_months", count=3),
    UnitTerms("credit", award=5, goods="bread", rounding="up", hold=14, alone=30),
)
SALON = (
    UnitTerms(
        "points", award=2, per=1000, whole_steps=True, goods="flowers", expiry="months_end_of_month", count=2
    ),
    UnitTerms(
        "stamps", earns="visit", award=2, without=("flowers",), daily_limit=3, expiry="inactivity_days", count=45,
        alone=20,
    ),
    UnitTerms("credit", award=10, per=300, goods="coffee", rounding="half_up", expiry="end_of_year", count=1),
    UnitTerms("stars", goods="bread", expiry="days", count=60, hold=10, alone=30),
)  # fmt: skip

KIOSK = (
    UnitTerms("points", award=7, per=500, rounding="half_up", expiry="months", count=1, alone=40),
    UnitTerms("stamps", earns="visit", minimum=300, expiry="end_of_year", count=1, hold=3),
)


def season(rng: Random) -> list[tuple[ShopTerms, list[Prize]]]:
    """Return two businesses in two zones; some forgive what a refund cannot take back."""
    kinds = [rng.choice((("Café", CAFE, 0.8), ("Salon", SALON, 0.8))), ("Kiosk", KIOSK, 0.15)]
    zones = rng.sample(ZONES, 2)
    return [
        (ShopTerms(name, zone, units, forgives=rng.random() < 0.35, lines=lines), prizes(rng, units))
        for (name, units, lines), zone in zip(kinds, zones, strict=True)
    ]


def prizes(rng: Random, units: tuple[UnitTerms, ...]) -> list[Prize]:
    """Return something cheap and something dear for each unit, one of them few, one rationed."""
    found = [Prize(unit.code, cost) for unit in units for cost in (rng.randint(1, 9), rng.randint(10, 60))]
    found[0].stock, found[2].per_member = 9, 3
    return found

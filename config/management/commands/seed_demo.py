"""manage.py seed_demo: two shops with a year of history, once."""

from datetime import timedelta
from random import Random
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from config.demo_history.people import make_personas
from config.demo_history.shops import CAFE, Shop, announce_a_change, open_cafe, open_salon
from config.demo_history.year import DAYS, Year
from loyalty.domain import chain, shared_tills
from loyalty.domain.actors import Actor
from loyalty.models import Business, Channel, User
from members.domain import enrolment
from members.domain.enrolment import Person
from members.models import Member, MemberSource

SEED = 20260317


class Command(BaseCommand):
    help = (
        "Make the demo's shops, people and history through the product's own functions; does nothing when they exist."
    )

    def handle(self, **options: Any) -> None:
        if Business.objects.filter(slug=CAFE.slug).exists():
            return
        with transaction.atomic():
            self._make()
        chain.extend()

    def _make(self) -> None:
        now = timezone.now()
        opened = now - timedelta(days=DAYS + 2)
        people = make_personas()
        cafe, salon = open_cafe(people, opened), open_salon(people, opened)
        rng = Random(SEED)  # noqa: S311 - invented history
        year = Year(cafe, rng, now)
        member = self._join(cafe, people["member"], opened + timedelta(days=3))
        year.answer(member, member.joined_at, yes=0.5)
        year.welcome(member, every=6)
        year.tell(joining=30, walk_ins=100)
        year.treat(member, cafe.rewards[1], now - timedelta(hours=20))
        self._pair_a_tablet(cafe, now)
        self._a_few_cuts(salon, people, rng, now)
        announce_a_change(salon, now)

    def _join(self, shop: Shop, user: User, at: Any) -> Member:
        person = Person(name=user.name, email=user.email)
        member = enrolment.enrol(
            business=shop.owner.business, person=person, source=MemberSource.COUNTER, by=shop.at_console(), at=at
        )
        return enrolment.claim(member=member, user=user, at=at, by=Actor(Channel.PORTAL, user))

    def _pair_a_tablet(self, shop: Shop, now: Any) -> None:
        """Pair the tablet at the café's counter, last used today: who has a demo may look at it, and remove it."""
        business, paired = shop.owner.business, now - timedelta(days=12)
        location = business.locations.get()
        till = shared_tills.pair(
            business=business, name="Bar tablet", location=location, by=shop.at_console(), at=paired
        )
        shared_tills.note_use(till=till, at=now - timedelta(minutes=25))

    def _a_few_cuts(self, salon: Shop, people: dict[str, User], rng: Random, now: Any) -> None:
        year = Year(salon, rng, now, number=100_000)
        for code, every in (("member", 75), ("owner", 50)):
            year.welcome(self._join(salon, people[code], now - timedelta(days=300)), every=every)
        year.tell(joining=8, walk_ins=0)

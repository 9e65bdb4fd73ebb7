"""Members are told what runs out: those who can be written to, once for each last day, whenever the job runs."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from loyalty.domain import businesses, ledger
from loyalty.domain.actors import Actor
from loyalty.models import AuditEvent, Channel, OutboxMessage, PostingKind
from members import jobs, letters
from members.domain import profile, warnings
from members.models import ExpiryWarning, Member
from tests.world import NOW, World

DAY = date(2026, 3, 20)
EVE = timedelta(days=10)
"""The world's NOW is 10 March, noon: DAY is ten days ahead."""


def give(world: World, amount: int, last: date | None = DAY, *, unit=None, member: Member | None = None, **more):
    account = (member or world.member).account
    booking = ledger.Booking(
        account=account, key=f"{account.pk} {amount} {last}", kind=PostingKind.GIFT, at=NOW, booked_at=NOW,
        by=world.at_console(),
    )  # fmt: skip
    return ledger.award(booking, [ledger.AwardLine(unit or world.points, amount, last, **more)])


def warn(world: World, at: datetime = NOW) -> int:
    return warnings.warn_due(business=world.business, write=letters.expiry_warning, at=at)


def mails() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(purpose="expiry.warning").order_by("pk"))


def prefer(world: World, **changes: object) -> None:
    world.business = businesses.change_details(business=world.business, changes=changes, by=world.at_console(), at=NOW)


def test_the_mail_says_what_when_and_what_it_would_buy(world: World):
    give(world, 60)
    assert warn(world) == 1
    (mail,) = mails()
    assert (mail.recipient, mail.business) == (world.member.email, world.business)
    assert mail.subject == "60 points: good through Mar 20, 2026"
    for said in ("Café Luna", "60 points", "Mar 20, 2026", "With what is there now you could have: Free coffee."):
        assert said in mail.body
        assert said in mail.html


def test_the_mail_leads_to_the_dates_and_to_where_it_is_turned_off(world: World):
    give(world, 60)
    warn(world)
    (mail,) = mails()
    assert f"/{world.business.slug}/my/dates/\n" in mail.body
    assert f"/{world.business.slug}/my/dates/#warnings\n" in mail.body


def test_in_the_members_language(world: World):
    Member.objects.filter(pk=world.member.pk).update(language="et")
    give(world, 60)
    warn(world)
    assert "20. märts 2026" in mails()[0].subject


def test_what_it_would_buy_is_left_out_where_it_buys_nothing(world: World):
    give(world, 49)
    give(world, 500, date(2027, 1, 1), unit=world.stamps)
    warn(world)
    (mail,) = mails()
    assert [reward.name for reward in (world.reward, world.stamp_reward) if reward.name in mail.body] == []


def test_several_units_on_one_day_are_one_mail_and_two_days_are_two(world: World):
    give(world, 30)
    give(world, 2, unit=world.stamps)
    give(world, 5, date(2026, 3, 21))
    assert warn(world) == 2
    assert [mail.subject for mail in mails()] == [
        "30 points and 2 stamps: good through Mar 20, 2026",
        "5 points: good through Mar 21, 2026",
    ]


@pytest.mark.parametrize(("days", "told"), [(9, 0), (10, 1), (14, 1), (0, 0)])
def test_so_many_days_before(world: World, days: int, told: int):
    prefer(world, warn_days=days)
    give(world, 60)
    assert warn(world) == told == len(mails())


def test_late_it_is_told_through_the_last_day_and_not_after(world: World):
    give(world, 60)
    assert warn(world, NOW + EVE + timedelta(days=1)) == 0
    assert warn(world, NOW + EVE) == 1


def test_run_again_and_again_it_is_one_mail(world: World):
    give(world, 60)
    assert [warn(world, NOW + timedelta(hours=hours)) for hours in (0, 1, 24, 48)] == [1, 0, 0, 0]
    OutboxMessage.objects.all().delete()
    assert warn(world, NOW + timedelta(days=3)) == 0
    assert (mails(), ExpiryWarning.objects.count()) == ([], 1)


def test_at_night_nobody_is_written_to_and_in_the_morning_the_rest_is(world: World):
    give(world, 60)
    night = datetime(2026, 3, 10, 22, 0, tzinfo=timezone.get_fixed_timezone(60))
    assert [warn(world, night + timedelta(hours=hours)) for hours in (0, 5, 10.99, 11)] == [0, 0, 0, 1]


@pytest.mark.parametrize(
    "fields",
    [
        {"email_confirmed_at": None},
        {"email": ""},
        {"erased_at": NOW},
    ],
)
def test_who_cannot_be_written_to_is_not(world: World, fields: dict[str, object]):
    give(world, 60)
    Member.objects.filter(pk=world.member.pk).update(**fields)
    assert (warn(world), mails()) == (0, [])


def test_what_was_spent_or_never_runs_out_is_not_told(world: World):
    give(world, 60, None)
    posting = give(world, 40)
    ledger.reverse(
        ledger.Booking(
            account=world.member.account, key="undo", kind=PostingKind.UNDO, at=NOW, booked_at=NOW,
            by=world.at_console(), reverses=posting,
        )
    )  # fmt: skip
    assert (warn(world), mails()) == (0, [])


def test_what_ends_by_inactivity_is_told_of_the_day_it_would(world: World):
    world.points.expiry, world.points.expiry_count = "inactivity_days", 20
    world.points.save()
    give(world, 60, None)
    assert warn(world, NOW + timedelta(days=4)) == 0
    assert warn(world, NOW + timedelta(days=5)) == 1
    assert mails()[0].subject == "60 points: good through Mar 29, 2026"
    give(world, 1, None)
    assert ExpiryWarning.objects.get().last_good_day == date(2026, 3, 29)


def test_another_business_is_another_matter(world: World):
    give(world, 60)
    assert warnings.warn_due(business=world.other_business, write=letters.expiry_warning, at=NOW) == 0


def test_who_wants_no_such_mail_gets_none(world: World):
    give(world, 60)
    by = Actor(Channel.PORTAL, world.member_user)
    for wanted in (False, False, True):
        member = profile.be_warned(member=world.member, wanted=wanted, by=by, at=NOW)
        assert (member.is_warned, warn(world)) == (wanted, 1 if wanted else 0)
    assert [event.data for event in AuditEvent.objects.filter(verb="member.changed")] == [{"fields": ["is_warned"]}] * 2


@pytest.mark.parametrize("members", [1, 3])
def test_a_chunk_costs_the_same_however_many_are_in_it(world: World, members: int, django_assert_num_queries):
    from members.domain import enrolment
    from members.domain.enrolment import Person
    from members.models import MemberSource
    from members.queries.warnings import due_warnings

    give(world, 60)
    for number in range(members - 1):
        other = enrolment.enrol(
            business=world.business, person=Person(name=f"M{number}", email=f"m{number}@example.com"),
            source=MemberSource.COUNTER, by=world.at_counter(), at=NOW,
        )  # fmt: skip
        Member.objects.filter(pk=other.pk).update(email_confirmed_at=NOW)
        give(world, 60, member=other)
    with django_assert_num_queries(8):
        assert len(list(due_warnings(world.business, NOW))) == members


def test_the_job_does_it_for_every_business_that_wants_it(world: World):
    give(world, 60)
    assert jobs.warn_of_expiry(NOW) == {"mails": 1}
    prefer(world, warn_days=0)
    give(world, 7, date(2026, 3, 22))
    assert jobs.warn_of_expiry(NOW) == {"mails": 0}


def test_without_the_row_that_remembers_it_there_are_two_mails(world: World, monkeypatch):
    """The twin: the row is what keeps a second run silent."""
    give(world, 60)
    warn(world)
    monkeypatch.setattr(ExpiryWarning.objects, "get_or_create", lambda **row: (None, True))
    monkeypatch.setattr(ExpiryWarning.objects, "filter", lambda **rows: ExpiryWarning.objects.none())
    assert (warn(world), len(mails())) == (1, 2)

"""The back office: a second factor, read-only books, actions through the domain, and every look at people noted."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from loyalty.models import AuditEvent, Entry, Job, OutboxMessage, Sale, User
from members.models import ViewLog
from tests.plugins.signing_in import show

pytestmark = pytest.mark.django_db

OURS = [model for model in apps.get_models() if model._meta.app_label in ("loyalty", "rewards", "members")]
SHOWN = list(admin.site._registry)
INSIDE = ["Location", "SaleLine"]  # shown with the business and the sale that they belong to


@pytest.fixture
def staff(client, world):
    """The browser of platform staff who have shown their second factor."""
    client.force_login(world.platform)
    show(client, world.platform, "mfa")
    return client


def page(model, name: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


class TestDoor:
    def test_anonymous_is_asked_to_log_in(self, client):
        assert client.get("/admin/").url == "/admin/login/?next=/admin/"
        assert client.get("/admin/login/?next=/admin/").url == "/accounts/login/?next=/admin/"

    def test_an_owner_is_refused(self, client, world):
        client.force_login(world.owner)
        assert client.get("/admin/", follow=True).status_code == 403

    def test_without_a_second_factor_staff_is_sent_to_add_one(self, client, world):
        client.force_login(world.platform)
        assert client.get("/admin/login/").url == reverse("mfa_index")
        assert client.get("/admin/loyalty/user/").status_code == 302

    def test_with_one_it_must_be_shown_in_this_session(self, client, world):
        TOTP.activate(world.platform, generate_totp_secret())
        client.force_login(world.platform)
        assert client.get("/admin/login/?next=/admin/").url == "/accounts/reauthenticate/?next=%2Fadmin%2F"
        assert client.get("/admin/").status_code == 302
        show(client, world.platform, "mfa")
        assert client.get("/admin/").status_code == 200

    def test_a_factor_shown_by_somebody_else_does_not_count(self, client, world):
        client.force_login(world.platform)
        show(client, world.owner, "mfa")
        assert client.get("/admin/").status_code == 302


def test_every_model_of_ours_is_in_the_back_office_or_inside_one_that_is():
    assert [model.__name__ for model in OURS if not admin.site.is_registered(model)] == INSIDE


@pytest.mark.parametrize("model", SHOWN, ids=lambda model: model._meta.label)
class TestEveryModel:
    def test_its_list_can_be_opened_and_searched(self, staff, world, model):
        world.purchase(1000)
        assert staff.get(page(model, "changelist")).status_code == 200
        assert staff.get(page(model, "changelist"), {"q": "luna"}).status_code == 200

    def test_a_number_that_no_row_can_have_is_no_filter(self, staff, world, model):
        for field in ("id", *(field.name for field in model._meta.fields if field.many_to_one)):
            answer = staff.get(page(model, "changelist"), {field: "9" * 20})
            assert answer.status_code in (200, 302), field

    def test_its_rows_can_be_opened_and_not_changed(self, staff, world, model):
        world.purchase(1000)
        row = model._default_manager.first()
        if row is None:
            return
        assert staff.get(page(model, "change", row.pk)).status_code == 200
        assert staff.post(page(model, "change", row.pk), {}).status_code == 403
        assert staff.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert staff.get(page(model, "add")).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_members_costs_the_same_for_one_and_three(staff, world, number, django_assert_num_queries):
    from members.domain.enrolment import Person, enrol
    from members.models import Member, MemberSource

    for index in range(number - 1):
        person = Person(name=f"Guest {index}", email=f"guest{index}@example.com")
        source = MemberSource.COUNTER
        enrol(business=world.business, person=person, source=source, by=world.at_counter(), at=world.member.joined_at)
    staff.get(page(Member, "changelist"))
    with django_assert_num_queries(5):
        staff.get(page(Member, "changelist"))


def test_the_secrets_of_a_log_in_are_not_shown(staff, world):
    TOTP.activate(world.owner, "JBSWY3DPEHPK3PXP")
    kept = Authenticator.objects.get(user=world.owner)
    session = UserSession.objects.create(user=world.owner, ip="203.0.113.7", session_key="k" * 32, user_agent="Firefox")
    shown = staff.get(page(Authenticator, "change", kept.pk)).content.decode()
    assert "Olga" in shown
    assert kept.data["secret"] not in shown
    shown = staff.get(page(UserSession, "change", session.pk)).content.decode()
    assert "Firefox" in shown
    assert session.session_key not in shown


class TestLooks:
    def test_opening_a_member_is_noted_with_who(self, staff, world):
        staff.get(page(type(world.member), "change", world.member.pk))
        (look,) = ViewLog.objects.all()
        assert (look.user, look.member, look.business) == (world.platform, world.member, world.business)
        assert (look.page, look.rows) == ("admin:members_member_change", 1)

    def test_a_list_is_noted_with_how_many_it_showed(self, staff, world):
        staff.get(page(type(world.member), "changelist"))
        (look,) = ViewLog.objects.all()
        assert (look.member, look.page, look.rows) == (None, "admin:members_member_changelist", 2)

    def test_the_books_are_nobodys_personal_data(self, staff, world):
        staff.get(page(Entry, "changelist"))
        assert ViewLog.objects.count() == 0

    def test_a_refusal_is_no_look(self, client, world):
        client.force_login(world.owner)
        client.get(page(type(world.member), "change", world.member.pk))
        assert ViewLog.objects.count() == 0


class TestActions:
    def act(self, staff, model, action: str, *rows) -> None:
        data = {"action": action, "_selected_action": [row.pk for row in rows]}
        assert staff.post(page(model, "changelist"), data).status_code == 302

    def test_undoing_a_sale_goes_through_the_ledger(self, staff, world):
        sale = world.purchase(1000).sale
        self.act(staff, Sale, "undo", sale)
        sale.refresh_from_db()
        assert sale.undone_at is not None
        assert world.member.account.balances.get(unit=world.points).amount == 0
        event = AuditEvent.objects.get(verb="sale.undone")
        assert (event.user, event.channel) == (world.platform, "admin")

    def test_closing_a_log_in_ends_its_session_and_not_ones_own(self, staff, world, django_user_model):
        self.act(staff, User, "close_log_ins", world.owner, world.platform)
        world.owner.refresh_from_db()
        world.platform.refresh_from_db()
        assert (world.owner.is_active, world.platform.is_active) == (False, True)

    def test_a_job_is_made_due(self, staff, world):
        from loyalty.domain import jobs

        jobs.due(at=world.member.joined_at)
        job = Job.objects.get(name="clean")
        self.act(staff, Job, "run_now", job)
        before, _ = job.next_run_at, job.refresh_from_db()
        assert job.next_run_at > before

    def test_a_sent_message_is_not_sent_again(self, staff, world):
        from loyalty.domain import outbox

        at = world.member.joined_at
        letter = outbox.Letter("Hello")
        message = outbox.queue(business=None, recipient="a@example.com", letter=letter, purpose="test.hello", at=at)
        outbox.note_sent(message=message, at=at)
        self.act(staff, OutboxMessage, "try_again", message)
        message.refresh_from_db()
        assert message.state == "sent"


def test_the_system_page_says_what_runs(staff, world):
    from loyalty import tasks
    from loyalty.domain import jobs
    from loyalty.queries.verify import invariants

    assert "not been seen" in staff.get("/admin/system/").text
    jobs.due(at=world.member.joined_at)
    tasks.run_job.call("verify-ledger")
    text = staff.get("/admin/system/").text
    assert f"all {len(invariants())} invariants hold" in text
    assert "not been seen" not in text


def test_the_system_page_costs_six_queries_of_its_own(staff, world, django_assert_num_queries):
    from django.utils import timezone

    from loyalty.domain import jobs
    from loyalty.queries import system

    jobs.beat(name=system.messages.DISPATCHER, at=timezone.now())
    with django_assert_num_queries(6):
        system.overview(timezone.now())


def test_the_system_page_says_when_no_code_can_leave(staff, world):
    from django.utils import timezone

    from loyalty.domain import jobs, outbox
    from loyalty.queries import system

    def said() -> tuple[bool, bool]:
        shown = staff.get("/admin/system/").context["system"]
        return (shown.messages_are_silent, shown.codes_are_late)

    assert said() == (True, False)
    at = timezone.now()
    jobs.beat(name=system.messages.DISPATCHER, at=at)
    assert said() == (False, False)
    outbox.queue_code(
        business=None, recipient="a@example.com", letter=outbox.Letter("1"), purpose="test.code",
        at=at - system.messages.PROMPT, expires_at=at + system.messages.PROMPT,
    )  # fmt: skip
    assert said() == (False, True)


def test_the_back_office_does_not_show_what_a_message_said(staff, world):
    from loyalty.domain import outbox

    at = world.member.joined_at
    letter = outbox.Letter("It is 482915.", subject="482915 is your code", html="<b>482915</b>")
    message = outbox.queue_code(
        business=None, recipient="a@example.com", letter=letter, purpose="test.code", at=at, expires_at=at
    )
    for shown in (page(OutboxMessage, "change", message.pk), page(OutboxMessage, "changelist")):
        assert "482915" not in staff.get(shown).text


def test_the_books_are_proven_at_the_press_of_a_button(staff, world, monkeypatch):
    from loyalty import tasks

    asked = []
    monkeypatch.setattr(type(tasks.run_job), "enqueue", lambda task, *args: asked.append((task.queue_name, args)))
    assert "Prove the books now" in staff.get("/admin/system/").text
    assert staff.post("/admin/system/prove/").url == "/admin/system/"
    assert asked == [("bulk", ("verify-ledger",))]
    event = AuditEvent.objects.get(verb="job.run_by_hand")
    assert (event.user, event.data) == (world.platform, {"name": "verify-ledger"})
    tasks.run_job.call("verify-ledger")
    assert "invariants hold" in staff.get("/admin/system/").text


def test_looking_at_the_address_of_the_button_proves_nothing(staff, world):
    assert staff.get("/admin/system/prove/").status_code == 405
    assert Job.objects.count() == 0


def test_who_is_no_platform_staff_cannot_press_it(client, world):
    client.force_login(world.owner)
    client.post("/admin/system/prove/")
    assert Job.objects.count() == 0

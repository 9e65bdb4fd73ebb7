"""What happens behind the counter: accounts put right by hand, merges, imports, the platform's staff, the jobs."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from uuid import UUID

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from loyalty.domain import imports, jobs, outbox, users
from loyalty.domain.actors import Actor
from loyalty.domain.adjustments import set_limits
from loyalty.domain.outbox import Letter
from loyalty.engine.imports import columns
from loyalty.engine.imports.rows import Choices, Negative
from loyalty.models import Channel, ImportBatch, OutboxMessage, PostingKind, User
from loyalty.queries.import_files import sample
from loyalty.queries.messages import DISPATCHER
from members.domain import adjustments, goodwill, merging
from members.domain.logins import login_for
from members.domain.view_log import log_view
from members.queries.till import Customer, customer_of
from tests.moments import moment
from tests.upgrades.shops import Shop, log_in
from tests.upgrades.tills import Till

SALES = """receipt,date,customer,item,description,quantity,price
I-1,2025-12-20 09:00,C1,TEA,Tea,2,4.20
I-1,2025-12-20 09:00,C1,CRO,Croissant,1,2.90
I-2,2025-12-21 09:30,C2,BAG,Beans 250 g,1,11.90
I-3,2025-12-21 10:00,,ESP,Espresso,1,2.60
I-4,2025-12-22 10:00,C1,CAK,Cake,3,5.40
I-5,2025-12-23 10:00,C2,TEA,Tea,-1,4.20
I-6,2025-12-23 11:00,C3,CAK,Cake,1,0.00
"""
MORE = """receipt,date,customer,item,description,quantity,price
J-1,2025-12-27 09:00,C2,TEA,Tea,1,4.20
J-2,2025-12-28 09:30,C4,BAG,Beans 250 g,2,11.90
J-3,2025-12-29 09:30,C2,BAG,Beans 250 g,-1,11.90
"""
FAULTY = "receipt,date,customer,amount\nK-1,2025-12-30,C1,12.50\nK-2,when?,C1,3.00\nK-3,2025-12-31,,7.00\n"


def adjust(till: Till) -> None:
    """Adjustments: alone, agreed to by a second person, refused, withdrawn, one that takes away, one that waits."""
    shop, beans = till.shop, till.shop.unit("beans")
    set_limits(business=shop.business, limits={"beans": 100, "stamps": 3}, by=shop.console(), at=moment("2025-11-13"))
    beans.refresh_from_db()

    def ask(name: str, amount: int, at: datetime, reason: str):
        return adjustments.ask(
            customer=customer(till, name), unit=beans, amount=amount, reason=reason, key=till.key(), at=at,
            last_good_day=moment("2026-05-31").date() if amount > 0 else None, by=shop.console(),
        )  # fmt: skip

    at, manager = moment("2025-11-13 09:00"), shop.console(shop.manager)
    ask("Mia", 40, at, "Waited too long")
    ask("Ben", -20, at, "Typed twice")
    adjustments.approve(adjustment=ask("Eva", 250, at, "The oven was off"), by=manager, at=at + timedelta(hours=1))
    adjustments.refuse(adjustment=ask("Nora", 900, at, "Asked for it"), by=manager, at=at + timedelta(hours=1))
    adjustments.withdraw(adjustment=ask("Tom", 300, at, "Wrong card"), by=shop.console(), at=at + timedelta(hours=1))
    ask("Thomas", 150, moment("2026-03-04 09:00"), "Lost a coupon")


def customer(till: Till, name: str) -> Customer:
    """Return a member of a shop as the till sees it."""
    return customer_of(till.account(name), till.shop.business)


def merge(till: Till) -> None:
    """Two cards made one, and two others made one and parted again."""
    shop = till.shop
    by, at = shop.console(), moment("2025-12-19 09:00")
    merging.merge(source=customer(till, "Tom"), target=customer(till, "Thomas"), key=till.key(), by=by, at=at)
    done = merging.merge(source=customer(till, "Una"), target=customer(till, "Una Two"), key=till.key(), by=by, at=at)
    merging.undo(merge=done, by=by, at=moment("2025-12-20 09:00"))


def make_good(till: Till, name: str, at: datetime) -> None:
    """Forgive what somebody owes."""
    shop, unit = till.shop, till.shop.unit("beans")
    owed = till.account(name).balances.get(unit=unit).owed
    goodwill.forgive(
        customer=customer(till, name), unit=unit, amount=owed // 2, reason="Our slip", key=till.key(),
        by=shop.console(), at=at,
    )  # fmt: skip


def give_again(till: Till, name: str, at: datetime) -> None:
    """Give somebody again what ran out last."""
    expired = till.account(name).postings.filter(kind=PostingKind.EXPIRY).order_by("-pk")[0]
    goodwill.reinstate(
        customer=customer(till, name), expired=expired, last_good_day=(at + timedelta(days=60)).date(),
        reason="Was ill", key=till.key(), by=till.shop.console(), at=at,
    )  # fmt: skip


def bring_in(shop: Shop) -> None:
    """Imports: one that stays, one undone, one that waits for a start and one for its columns."""
    clock = clock_from(moment("2026-02-12 20:00"))
    book(shop, check(shop, 1, SALES, clock, negative=Negative.RETURN), clock)
    undone = book(shop, check(shop, 2, MORE, clock, award=False), clock)
    imports.undo(batch=undone, by=shop.console(), at=next(clock))
    work(undone, clock)
    clock = clock_from(moment("2026-03-02 20:00"))
    check(shop, 3, FAULTY, clock)
    upload(shop, 4, FAULTY, next(clock))


def clock_from(at: datetime) -> Iterator[datetime]:
    """Return moments, a second apart."""
    return (at + timedelta(seconds=second) for second in count())


def upload(shop: Shop, number: int, content: str, at: datetime) -> ImportBatch:
    """Keep a file."""
    return imports.upload(
        business=shop.business, key=UUID(int=number, version=4), content=BytesIO(content.encode()),
        name=f"sales-{number}.csv", by=shop.console(), at=at,
    )  # fmt: skip


def check(shop: Shop, number: int, content: str, clock: Iterator[datetime], **choices: object) -> ImportBatch:
    """Keep a file, take the guess at its columns, and let it be checked."""
    batch = work(upload(shop, number, content, next(clock)), clock)
    head = sample(batch)
    guessed = columns.guess(head.names, head.cells[:100])
    imports.choose(batch=batch, columns=guessed, choices=Choices(**choices), by=shop.console(), at=next(clock))
    return work(batch, clock)


def book(shop: Shop, batch: ImportBatch, clock: Iterator[datetime]) -> ImportBatch:
    """Book a checked file."""
    imports.start(batch=batch, by=shop.console(), at=next(clock))
    return work(batch, clock)


def work(batch: ImportBatch, clock: Iterator[datetime]) -> ImportBatch:
    """Be the worker until nothing is left to do."""
    while imports.step(batch_id=batch.pk, clock=lambda: next(clock)):
        pass
    batch.refresh_from_db()
    return batch


def platform() -> User:
    """Hire the platform's staff, with a second factor."""
    petra = User.objects.create_superuser("petra@example.com", name="Petra")
    login_for(email=petra.email)
    TOTP.activate(petra, generate_totp_secret())
    RecoveryCodes.activate(petra)
    return petra


def look_and_act(petra: User, till: Till) -> None:
    """Let the platform's staff look at people, close a log-in and open it again, and run a job by hand."""
    at, by = moment("2026-02-25 12:00"), Actor(Channel.ADMIN, petra)
    mia, business = till.member("Mia"), till.shop.business
    log_view(member=mia, user=petra, business=business, page="admin:members_member_change", at=at)
    log_view(member=None, user=petra, business=None, page="admin:members_member_changelist", rows=9, at=at)
    log_view(member=mia, user=till.shop.cashier.user, business=business, page="members:counter-member", at=at)
    stranger = log_in("Sven")
    users.set_active(user=stranger, active=False, by=by, at=at)
    users.set_active(user=stranger, active=True, by=by, at=at)
    jobs.run_by_name(name="verify-ledger", by=by, at=at)


def run_jobs(at: datetime) -> None:
    """Be the worker's tick: run every job that is due, and send what waits."""
    for spec in jobs.due(at=at):
        if jobs.claim(spec=spec, at=at):
            jobs.finish(spec=spec, at=at, result=dict(spec.run(at)))
    jobs.beat(name=DISPATCHER, at=at)
    deliver(at)


def deliver(at: datetime) -> None:
    """Send the messages that wait."""
    for number in outbox.due_ids(at=at):
        message = outbox.claim(message_id=number, at=at)
        if message:
            outbox.note_sent(message=message, at=at)


def messages(at: datetime) -> None:
    """Leave a message that a backup brought back, one that waits, one tried in vain, and one given up."""
    _hello("Held", at)
    outbox.hold_waiting(at=at)
    rows = [_hello(subject, at) for subject in ("Waits", "Tried", "Given up")]
    for row, tries in zip(rows, (0, 1, len(outbox.BACK_OFF) + 1), strict=True):
        then = at
        for _ in range(tries):
            claimed = outbox.claim(message_id=row.pk, at=then)
            assert claimed is not None
            outbox.note_failure(message=claimed, error="SMTPServerDisconnected", at=then)
            then += timedelta(days=2)


def _hello(subject: str, at: datetime) -> OutboxMessage:
    letter = Letter("Hello.", subject=subject)
    return outbox.queue(business=None, recipient="sven@example.com", letter=letter, purpose="site.hello", at=at)

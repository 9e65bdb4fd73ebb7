"""Members: how they came, what they answered about their data, and what the businesses wrote about it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from loyalty import log_in_letters
from loyalty.domain import address_changes
from loyalty.domain.accounts import open_account
from loyalty.domain.actors import Actor
from loyalty.domain.outbox import Letter
from loyalty.engine import codes
from loyalty.models import Business, Channel, MessageChannel
from members import letters
from members.domain import claims, consent, contact, counter, enrolment, joining, notices, profile
from members.domain.consent import AnswerContext
from members.domain.counter import Answers, Newcomer
from members.domain.enrolment import Person
from members.domain.joining import Application
from members.domain.starter import PurposeDetails, Words
from members.engine.consent import Key
from members.models import CollectionMethod, ConsentChannel, DataType, LawfulBasis, Member, MemberSource
from members.queries.consent import current_notice, questions
from tests.moments import moment
from tests.upgrades.shops import Shop, log_in

PHONE = "+44770090{:04}"
"""Numbers that no telephone has."""

type Box = tuple[str, str]
NEWS_MAIL, NEWS_SMS, FITTING = ("news", "email"), ("news", "sms"), ("personal-offers", "none")


def context(business: Business, method: CollectionMethod = CollectionMethod.WEB) -> AnswerContext:
    """Return how an answer was given."""
    return AnswerContext(
        "203.0.113.7", "Firefox", method, "portal/join.html@0123456789abcdef", business.language, evidence="form-1"
    )


def ticked(business: Business, ticks: Mapping[Box, bool]) -> dict[Key, bool]:
    """Return ticks by purpose and channel as the domain takes them."""
    found = {(each.purpose.code, each.channel): each.key for each in questions(business, business.language)}
    return {found[box]: tick for box, tick in ticks.items()}


def answer(member: Member, ticks: Mapping[Box, bool], at: datetime) -> None:
    """Let a member fill the form of the own pages in."""
    notice = current_notice(member.business, member.business.language)
    assert notice is not None
    consent.record_answers(
        member=member, answers=ticked(member.business, ticks), notice=notice, context=context(member.business),
        by=Actor(Channel.PORTAL, member.user), at=at, confirmed=True,
    )  # fmt: skip


def enrol(shop: Shop, name: str, at: datetime, *, mail: bool = True, phone: str = "") -> Member:
    """Enrol somebody at the till."""
    person = Person(name=name, email=f"{name.lower()}@example.com" if mail else "", phone=phone)
    return enrolment.enrol(business=shop.business, person=person, source=MemberSource.COUNTER, by=shop.till(), at=at)


def claim(member: Member, at: datetime) -> Member:
    """Let a member log in for the first time."""
    user = log_in(member.name)
    return enrolment.claim(member=member, user=user, at=at, by=Actor(Channel.PORTAL, user))


def first_members(shop: Shop) -> None:
    """Let people join the café: at the till with and without a printed card, and online."""
    at = moment("2025-09-02 08:00")
    mia = claim(enrol(shop, "Mia", at), moment("2025-09-02 18:00"))
    prove_phone(mia, PHONE.format(123), moment("2025-09-02 18:05"))
    answer(mia, {NEWS_MAIL: True, NEWS_SMS: True, FITTING: True}, moment("2025-09-02 18:10"))
    with_printed_card(shop, at)
    confirmed_by_mail(shop, at)
    join_online(shop, "Nora", moment("2025-09-05 17:00"), {NEWS_MAIL: True, FITTING: False})
    for name in ("Tom", "Una"):
        enrol(shop, name, at)
    claim(Member.objects.get(business=shop.business, name="Tom"), moment("2025-09-03 12:00"))
    claim(enrol(shop, "Ray", at), moment("2025-09-04 12:00"))
    profile.be_warned(member=mia, wanted=False, by=Actor(Channel.PORTAL, mia.user), at=at)
    profile.be_warned(member=mia, wanted=True, by=Actor(Channel.PORTAL, mia.user), at=at)
    enrol(shop, "Thomas", moment("2025-10-01 08:00"), phone=PHONE.format(124))
    enrol(shop, "Una Two", moment("2025-10-01 08:05"), mail=False, phone=PHONE.format(125))


def with_printed_card(shop: Shop, at: datetime) -> None:
    """Enrol somebody who takes a printed card from the counter and says yes there, without ever confirming it."""
    notice = current_notice(shop.business, "en")
    assert notice is not None
    given = Answers(ticked(shop.business, {NEWS_SMS: True}), notice, context(shop.business, CollectionMethod.COUNTER))
    person = Person("Ben", phone=PHONE.format(126))
    counter.enrol(business=shop.business, newcomer=Newcomer(person, codes.new_code(), given), by=shop.till(), at=at)


def confirmed_by_mail(shop: Shop, at: datetime) -> None:
    """Enrol somebody who says yes at the counter, confirms it by the link of the mail, and takes it back by another."""
    notice = current_notice(shop.business, "en")
    assert notice is not None
    given = Answers(
        ticked(shop.business, {NEWS_MAIL: True, FITTING: True}), notice,
        context(shop.business, CollectionMethod.COUNTER),
    )  # fmt: skip
    newcomer = Newcomer(Person("Eva", email="eva@example.com"), answers=given)
    eva = counter.enrol(business=shop.business, newcomer=newcomer, by=shop.till(), at=at)
    by, link = Actor(Channel.PORTAL), context(shop.business, CollectionMethod.LINK)
    consent.confirm(
        member=eva, channel=ConsentChannel.EMAIL, context=link, by=by, at=moment("2025-09-03 07:00"), by_link=True
    )
    purpose = shop.business.purposes.get(code="news")
    consent.withdraw(
        member=eva, purpose_id=purpose.pk, channel="email", context=link, by=by, at=moment("2025-11-20 07:00")
    )


def join_online(shop: Shop, name: str, at: datetime, ticks: Mapping[Box, bool], card: str = "") -> Member:
    """Let somebody join on the business's own page, with a code that came by mail."""
    business, address = shop.business, f"{name.lower()}@example.com"
    prove(business, MessageChannel.EMAIL, address, "join", at)
    application = Application(
        Person(name, email=address, language=business.language), card=card, answers=ticked(business, ticks),
        notice=current_notice(business, business.language), context=context(business),
    )  # fmt: skip
    outcome = joining.complete(business=business, application=application, user=None, at=at)
    assert outcome.joined is not None
    assert outcome.card_refused is None
    return outcome.joined.member


def prove(business: Business, channel: MessageChannel, address: str, purpose: str, at: datetime) -> None:
    """Send a code to an address and type it in."""
    sent: list[str] = []
    write = letters.code_by_mail if channel is MessageChannel.EMAIL else letters.code_by_sms

    def note(code: str) -> Letter:
        sent.append(code)
        return write(business, code, business.language)

    code = contact.send_code(business=business, channel=channel, address=address, purpose=purpose, write=note, at=at)
    contact.use_code(code_id=code.pk, typed=sent[0], at=at)


def half_joined(shop: Shop, at: datetime) -> None:
    """Let somebody ask for a code to join, and not come back with it."""
    contact.send_code(
        business=shop.business, channel=MessageChannel.EMAIL, address="ada@example.com", purpose="join", at=at,
        write=lambda code: letters.code_by_mail(shop.business, code, "en"),
    )  # fmt: skip


def prove_phone(member: Member, phone: str, at: datetime) -> None:
    """Let a member add a phone number."""
    prove(member.business, MessageChannel.SMS, phone, "phone", at)
    profile.keep_phone(member=member, phone=phone, by=Actor(Channel.PORTAL, member.user), at=at)


def attach_a_card(shop: Shop) -> None:
    """Let two people bring cards that had no person: one while joining, one afterwards; leave a third card alone."""
    at = moment("2026-02-16 12:00")
    imported = shop.business.accounts.get(customer_number="C1")
    join_online(shop, "Kai", at, {NEWS_MAIL: False}, card=imported.card_code)
    lea = join_online(shop, "Lea", at, {NEWS_MAIL: True, NEWS_SMS: False})
    printed = open_account(business=shop.business, at=moment("2026-02-01 09:00"))
    claims.attach_card(member=lea, code=printed.card_code, by=Actor(Channel.PORTAL, lea.user), at=at)
    open_account(business=shop.business, at=moment("2026-02-01 09:00"))


def write_about_data(shop: Shop) -> None:
    """Let the owner publish a second text and one in another language, reword, add, retire and restore purposes."""
    at, business = moment("2026-01-15 10:00"), shop.business
    given = {"by": shop.console(), "at": at}
    first = current_notice(business, "en")
    assert first is not None
    details = replace(notices.details_of(first), text=f"{first.text}\n\nWe bake our own bread.", recipients=("Baker",))
    notices.publish(business=business, language="en", details=details, **given)
    details = replace(details, text="## Lühidalt\n\nMe ei müü midagi edasi.")
    notices.publish(business=business, language="et", details=details, **given)
    news = business.purposes.get(code="news")
    notices.reword(purpose=news, words=Words("en", "News", "Write to me {channel} when there is news."), **given)
    post = PurposeDetails(
        "", "dpv:Marketing", LawfulBasis.CONSENT, (ConsentChannel.POST,), {DataType.ADDRESS: True, DataType.NAME: True}
    )
    letters_by_post = notices.add_purpose(
        business=business, details=post, words=Words("en", "Letters", "Send me letters {channel}."), **given
    )
    notices.retire(purpose=letters_by_post, **given)
    notices.restore(purpose=letters_by_post, **given)
    notices.retire(purpose=letters_by_post, by=shop.console(), at=moment("2026-02-10 10:00"))


def change_their_minds(shop: Shop) -> None:
    """Let members answer to the new text, take one answer back, and take everything back."""
    mia = Member.objects.get(business=shop.business, name="Mia")
    nora = Member.objects.get(business=shop.business, name="Nora")
    answer(mia, {NEWS_MAIL: True, NEWS_SMS: False, FITTING: True}, moment("2026-01-20 19:00"))
    consent.withdraw_all(
        member=nora, context=context(shop.business), by=Actor(Channel.PORTAL, nora.user), at=moment("2026-02-11 19:00")
    )
    profile.change(
        member=nora, name="Nora N.", language="et", by=Actor(Channel.PORTAL, nora.user), at=moment("2026-02-11 19:05")
    )


def nearly_lose_an_address(shop: Shop, at: datetime) -> None:
    """Let somebody give Nora's log-in another address, and Nora stop it."""
    nora = Member.objects.get(business=shop.business, name="Nora N.")
    assert nora.user is not None
    by = Actor(Channel.PORTAL, nora.user)
    change = address_changes.ask(
        user=nora.user, address="thief@example.com", write=log_in_letters.address_asked, by=by, at=at
    )
    back = (log_in_letters.address_back, log_in_letters.address_undone)
    address_changes.undo(change=change, write_back=back, by=by, at=at)


def salon_members(shop: Shop) -> None:
    """Let people join the salon: one online in Hungarian, one of them the café's member, and one by phone."""
    join_online(shop, "Dora", moment("2025-09-03 08:00"), {NEWS_MAIL: True, NEWS_SMS: True, FITTING: True})
    mia = enrol(shop, "Mia", moment("2025-09-04 08:00"))
    claim(mia, moment("2025-09-04 18:00"))
    enrol(shop, "Gabi", moment("2025-09-05 08:00"), mail=False, phone=PHONE.format(127))

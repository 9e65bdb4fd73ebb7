"""The chain follows the books: whatever is booked is linked once, in any order of runs, and sealed once a day."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from loyalty.domain import chain
from loyalty.models import ChainLink, Posting, Seal
from loyalty.queries.verify import verify
from tests.loyalty.books import START, Books
from tests.world import World


def links() -> list[tuple[int, int]]:
    return list(ChainLink.objects.order_by("number").values_list("number", "posting"))


def postings() -> list[int]:
    return list(Posting.objects.order_by("pk").values_list("pk", flat=True))


@pytest.mark.django_db
class TestExtend:
    def test_every_posting_gets_a_link_in_the_order_of_booking(self, books: Books):
        for _ in range(3):
            books.buy(1000)
        assert chain.extend() == 3
        assert links() == list(enumerate(postings(), start=1))

    def test_a_second_run_links_nothing_and_a_later_one_what_is_new(self, books: Books):
        books.buy(1000)
        chain.extend()
        first = ChainLink.objects.get()
        assert chain.extend() == 0
        books.buy(2000)
        assert chain.extend() == 1
        assert ChainLink.objects.get(number=1).digest == first.digest

    def test_each_business_has_a_chain_of_its_own(self, world: World):
        world.purchase(1000)
        world.purchase(1000)
        sale = world.purchase(1000, member=world.other_member)
        assert sale.posting.business != world.business
        chain.extend()
        assert ChainLink.objects.get(posting=sale.posting).number == 1
        assert ChainLink.objects.filter(business=world.business).count() == 2

    def test_a_run_in_small_pieces_writes_the_same_chain(self, books: Books, monkeypatch):
        for _ in range(5):
            books.buy(1000)
        chain.extend()
        whole = list(ChainLink.objects.order_by("number").values_list("digest", flat=True))
        from loyalty import guards

        guards.remove(connection)
        ChainLink.objects.all()._raw_delete("default")
        guards.install(connection)
        monkeypatch.setattr(chain, "BATCH", 2)
        assert [chain.extend(at_most=2), chain.extend(at_most=2), chain.extend()] == [2, 2, 1]
        assert list(ChainLink.objects.order_by("number").values_list("digest", flat=True)) == whole

    def test_a_booking_that_came_late_is_linked_after_those_that_did_not(self, books: Books, monkeypatch):
        for _ in range(3):
            books.buy(1000)
        first, second, third = postings()
        chain._append(books.role.business_id, [first, third])
        assert chain.extend() == 1
        assert links() == [(1, first), (2, third), (3, second)]

    def test_one_that_came_later_than_it_looks_back_is_linked_when_all_are_looked_through(
        self, books: Books, monkeypatch
    ):
        for _ in range(3):
            books.buy(1000)
        _, second, third = postings()
        chain._append(books.role.business_id, [second, third])
        monkeypatch.setattr(chain, "LOOK_BACK", 1)
        assert chain.extend() == 0
        assert chain.extend(everything=True) == 1

    def test_what_another_worker_linked_meanwhile_is_left_alone(self, books: Books):
        books.buy(1000)
        chain.extend()
        assert chain._append(books.role.business_id, postings()) == 0
        assert links() == [(1, postings()[0])]


@pytest.mark.django_db
class TestSeal:
    def test_the_head_is_the_seal_of_yesterday_in_the_zone_of_the_business(self, books: Books):
        books.lives_in("Pacific/Auckland")
        books.buy(1000)
        chain.extend()
        at = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
        seal = chain.seal(business=books.role.business, at=at)
        link = ChainLink.objects.get()
        assert (seal.day, seal.number, seal.digest, seal.sealed_at) == (date(2026, 3, 10), 1, link.digest, at)

    def test_a_day_is_sealed_once(self, books: Books):
        books.buy(1000)
        chain.extend()
        first = chain.seal(business=books.role.business, at=START)
        books.buy(1000)
        chain.extend()
        assert chain.seal(business=books.role.business, at=START + timedelta(hours=1)) == first
        assert Seal.objects.count() == 1
        assert chain.seal(business=books.role.business, at=START + timedelta(days=1)).number == 2

    def test_without_a_link_there_is_nothing_to_seal(self, books: Books):
        assert chain.seal(business=books.role.business, at=START) is None


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_write_one_chain(books: Books):
    for _ in range(40):
        books.buy(1000)
    start, counts = threading.Barrier(4), []

    def work() -> None:
        start.wait()
        counts.append(chain.extend())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 40
    assert [number for number, _ in links()] == list(range(1, 41))
    assert [finding for finding in verify(at=START + timedelta(days=9)) if finding.number] == []

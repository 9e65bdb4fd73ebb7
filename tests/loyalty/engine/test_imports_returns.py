"""Which purchase a return belongs to."""

from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.imports.returns import Part, Purchased, match


def test_the_latest_purchase_first_then_the_one_before() -> None:
    bought = [Purchased(line=9, sale=2, left=1000), Purchased(line=4, sale=1, left=5000)]
    money = {1: 1000, 2: 1000}
    assert match(3000, 300, bought, money) == ([Part(9, 2, 1000, 100), Part(4, 1, 2000, 200)], 0)
    assert [each.left for each in bought] == [0, 3000]
    assert money == {1: 800, 2: 900}


def test_what_no_purchase_covers_has_none() -> None:
    assert match(3000, 300, [Purchased(1, 1, 1000)], {1: 500}) == ([Part(1, 1, 1000, 100)], 200)
    assert match(3000, 300, [], {}) == ([], 300)


def test_never_more_money_than_is_left_of_the_purchase() -> None:
    assert match(1000, 900, [Purchased(1, 1, 1000)], {1: 500}) == ([Part(1, 1, 1000, 500)], 400)


def test_uneven_shares_sum_to_the_whole() -> None:
    bought = [Purchased(1, 1, 1000), Purchased(2, 2, 1000), Purchased(3, 3, 1000)]
    parts, rest = match(3000, 100, bought, {1: 999, 2: 999, 3: 999})
    assert [part.amount for part in parts] == [33, 33, 34]
    assert rest == 0


@given(
    quantity=st.integers(1, 10**6),
    amount=st.integers(0, 10**9),
    bought=st.lists(st.tuples(st.integers(0, 10**5), st.integers(1, 5)), max_size=8),
    money=st.lists(st.integers(0, 10**8), min_size=6, max_size=6),
)
def test_nothing_is_lost_and_nothing_is_drawn_twice(
    quantity: int, amount: int, bought: list[tuple[int, int]], money: list[int]
) -> None:
    lines = [Purchased(number, sale, left) for number, (left, sale) in enumerate(bought)]
    left_before = {line.line: line.left for line in lines}
    money_left = dict(enumerate(money))
    parts, rest = match(quantity, amount, lines, money_left)
    assert sum(part.amount for part in parts) + rest == amount
    assert sum(part.quantity for part in parts) <= quantity
    assert rest >= 0
    assert all(part.amount >= 0 for part in parts)
    assert all(left >= 0 for left in money_left.values())
    for part in parts:
        assert left_before[part.line] - part.quantity == lines[part.line].left

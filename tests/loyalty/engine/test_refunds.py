from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.awards import LineShare
from loyalty.engine.refunds import (
    EarnedPart,
    PastRefund,
    Refunded,
    SoldLine,
    refunded_of,
    take_back,
    take_back_parts,
    take_back_visit,
)

totals = st.integers(1, 10**6)
chains = st.lists(st.integers(0, 10**6), max_size=8)


@given(st.integers(0, 10**6), totals, chains)
def test_refunds_never_take_more_than_was_earned_and_all_of_it_in_the_end(
    awarded: int, total: int, refunds: list[int]
) -> None:
    refunded = taken = 0
    for refund in refunds:
        now = take_back(awarded, taken, total, refunded, refund)
        assert now >= 0
        taken, refunded = taken + now, refunded + refund
        assert taken <= awarded
        assert (taken == awarded) or refunded < total
        assert abs(taken - awarded * min(refunded, total) / total) <= 0.5
    assert taken + take_back(awarded, taken, total, refunded, max(total - refunded, 0)) == awarded


@given(st.integers(0, 10), totals, chains, st.integers(0, 10**6))
def test_a_visit_goes_whole_and_once(awarded: int, total: int, refunds: list[int], minimum: int) -> None:
    refunded = taken = 0
    for refund in refunds:
        taken += take_back_visit(awarded, taken, total, refunded, refund, minimum=minimum)
        refunded += refund
        gone = total - refunded <= 0 or total - refunded < minimum
        assert taken == (awarded if gone else 0)


bills = st.lists(st.tuples(st.integers(1, 10**5), st.integers(0, 10**4)), min_size=1, max_size=6)


@given(bills, st.data())
def test_lines_refunded_one_by_one_take_back_what_each_earned(bill: list[tuple[int, int]], data: st.DataObject) -> None:
    shares = tuple(LineShare(index, billed, amount) for index, (billed, amount) in enumerate(bill))
    total, awarded = sum(billed for billed, _ in bill), sum(amount for _, amount in bill)
    part = EarnedPart(awarded, lines=shares)
    refunded: dict[int | None, int] = {}
    taken = 0
    for index in data.draw(st.permutations(range(len(bill)))):
        refunded[index] = bill[index][0]
        so_far = Refunded(sum(refunded.values()), dict(refunded))
        now = take_back_parts([part], taken_before=taken, sale_total=total, refunded=so_far)
        assert now == bill[index][1]
        taken += now
    assert taken == awarded


sold = st.lists(st.tuples(st.integers(0, 10**5), st.integers(1, 5000)), min_size=1, max_size=5)


returns = st.lists(st.dictionaries(st.integers(0, 4), st.integers(1, 2000), max_size=5), max_size=6)


@given(sold, returns)
def test_what_comes_back_in_parts_sums_to_what_each_line_cost(
    lines: list[tuple[int, int]], wanted: list[dict[int, int]]
) -> None:
    bill = [SoldLine(amount, quantity) for amount, quantity in lines]
    left = [line.quantity for line in bill]
    refunds = []
    for most in [*wanted, dict(enumerate(left))]:
        returned = [line.quantity - rest for line, rest in zip(bill, left, strict=True)]
        back = {n: min(most[n], rest) for n, rest in enumerate(left) if n in most and rest}
        worth = [SoldLine(bill[n].amount, bill[n].quantity, returned[n]).worth(count) for n, count in back.items()]
        assert all(part >= 0 for part in worth)
        refunds.append(PastRefund(sum(worth), back))
        left = [rest - back.get(n, 0) for n, rest in enumerate(left)]
    assert refunded_of(bill, refunds) == Refunded(
        sum(line.amount for line in bill), {n: line.amount for n, line in enumerate(bill)}
    )


def test_what_is_given_for_a_line_beyond_its_price_is_for_no_line() -> None:
    bill = [SoldLine(1000, 1000), SoldLine(2000, 1000)]
    assert refunded_of(bill, [PastRefund(500), PastRefund(1200, {0: 1000})]) == Refunded(1700, {0: 1000})

from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.debts import still_owed

changes = st.lists(st.tuples(st.booleans(), st.integers(-50, 50).filter(bool)), max_size=12)


def test_the_oldest_debt_is_paid_first():
    assert still_owed([(False, 50), (True, 30), (False, -60)]) == 20
    assert still_owed([(True, 30), (False, -30), (False, 20)]) == 0
    assert still_owed([(True, 30), (False, 20), (False, -10)]) == 20


@given(changes)
def test_marked_and_other_debts_are_all_that_is_owed(found):
    owed, paid = 0, []
    for marked, change in found:
        change = max(change, -owed)
        owed += change
        paid.append((marked, change))
    assert still_owed(paid) + still_owed((not marked, change) for marked, change in paid) == owed

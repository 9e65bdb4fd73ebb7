"""What a history of answers comes to."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from members.engine.consent import Answer, ConsentState, Kind, confirms, kinds_to_write, replay
from tests.moments import moment

START = moment("2026-03-01")


def history(*kinds: Kind, purpose: int = 1, channel: str = "email") -> list[Answer]:
    return [Answer(n, purpose, channel, kind, START + timedelta(days=n)) for n, kind in enumerate(kinds)]


def state(*kinds: Kind) -> ConsentState | None:
    return replay(history(*kinds)).get((1, "email"))


def test_nothing_is_known_before_the_first_answer():
    assert replay([]) == {}


def test_a_yes_waits_until_it_is_confirmed():
    given_, confirmed = state(Kind.GIVEN), state(Kind.GIVEN, Kind.CONFIRMED)
    assert (given_.is_on, given_.is_waiting, given_.is_confirmed) == (True, True, False)
    assert (confirmed.is_on, confirmed.is_waiting, confirmed.is_confirmed) == (True, False, True)
    assert confirmed == ConsentState(Kind.CONFIRMED, START + timedelta(days=1), 1)


def test_a_confirmation_of_nothing_confirms_nothing():
    assert state(Kind.CONFIRMED) is None
    assert state(Kind.REFUSED, Kind.CONFIRMED).kind is Kind.REFUSED
    assert state(Kind.GIVEN, Kind.WITHDRAWN, Kind.CONFIRMED).kind is Kind.WITHDRAWN


def test_a_yes_given_anew_must_be_confirmed_anew():
    assert state(Kind.GIVEN, Kind.CONFIRMED, Kind.WITHDRAWN, Kind.GIVEN).is_waiting


def test_a_second_yes_does_not_undo_a_confirmation():
    assert state(Kind.GIVEN, Kind.CONFIRMED, Kind.GIVEN).is_confirmed


def test_purposes_and_channels_stand_apart():
    mixed = history(Kind.GIVEN) + history(Kind.REFUSED, channel="sms") + history(Kind.GIVEN, Kind.CONFIRMED, purpose=2)
    assert {key: found.kind for key, found in replay(mixed).items()} == {
        (1, "email"): Kind.GIVEN,
        (1, "sms"): Kind.REFUSED,
        (2, "email"): Kind.CONFIRMED,
    }


KEYS = st.tuples(st.integers(1, 2), st.sampled_from(["email", "sms"]))


@given(st.lists(st.tuples(KEYS, st.sampled_from(Kind)), max_size=30))
def test_a_consent_holds_if_it_was_given_since_the_last_no_and_confirmed_since(steps):
    """Told another way than replay does it: looking back from the end instead of forward from the start."""
    answers = [Answer(n, *key, kind, START) for n, (key, kind) in enumerate(steps)]
    found = replay(answers)
    for key in {key for key, _ in steps}:
        own = [kind for other, kind in steps if other == key]
        since = own
        for n, kind in enumerate(own):
            if kind in (Kind.REFUSED, Kind.WITHDRAWN):
                since = own[n + 1 :]
        is_given = Kind.GIVEN in since
        is_confirmed = is_given and Kind.CONFIRMED in since[since.index(Kind.GIVEN) :]
        reached = found.get(key)
        assert (reached is not None and reached.is_on) == is_given
        assert (reached is not None and reached.is_confirmed) == is_confirmed


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=20))
def test_what_is_written_leads_to_what_was_said_and_the_same_answer_again_writes_nothing(forms):
    written: list[Answer] = []
    for ticked, proven in forms:
        before = replay(written).get((1, "email"))
        for kind in kinds_to_write(before, ticked=ticked, proven=proven):
            written.append(Answer(len(written), 1, "email", kind, START))
        reached = replay(written)[(1, "email")]
        assert reached.is_on == ticked
        assert not (ticked and proven) or reached.is_confirmed
        assert kinds_to_write(reached, ticked=ticked, proven=proven) == ()


def test_the_first_empty_box_is_a_refusal_and_a_later_one_takes_back():
    assert kinds_to_write(None, ticked=False, proven=True) == (Kind.REFUSED,)
    assert kinds_to_write(state(Kind.GIVEN, Kind.CONFIRMED), ticked=False, proven=True) == (Kind.WITHDRAWN,)
    assert kinds_to_write(state(Kind.REFUSED), ticked=False, proven=True) == ()


def test_an_address_confirms_its_own_channels_and_what_needs_no_address():
    channels = ("email", "sms", "phone", "post", "none")
    assert {channel for channel in channels if confirms("email", channel)} == {"email", "post", "none"}
    assert {channel for channel in channels if confirms("sms", channel)} == {"sms", "phone", "post", "none"}

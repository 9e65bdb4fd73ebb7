"""How long a code of an authenticator app is good."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, validate_totp_code

SECRET = "W4G5XN5QT4S64FFVKTONE4JNU6MVZY5E"
SHOWN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CODE = format_hotp_value(hotp_value(SECRET, int(SHOWN.timestamp()) // 30))


@pytest.mark.parametrize(
    ("seconds", "good"), [(-31, False), (-30, True), (0, True), (29, True), (59, True), (60, False)]
)
def test_a_code_counts_half_a_minute_before_and_after_it_is_shown(seconds: int, good: bool) -> None:
    with time_machine.travel(SHOWN + timedelta(seconds=seconds), tick=False):
        assert validate_totp_code(SECRET, CODE) is good

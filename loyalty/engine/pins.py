"""Which PINs for a shared till are too easy to guess."""

from enum import StrEnum

SHORTEST, LONGEST = 4, 8

# Neighbours in a row, read in both directions: along the digits and past their end, and down the middle of a keypad.
_RUNS = ("0123456789" * 2, "2580")
# What is chosen most often beside repeats, runs and years.
_COMMON = frozenset({"1001", "1004", "1122", "1221", "1342", "1357", "2468", "5683", "112233", "123321"})


class PinFault(StrEnum):
    """Why a PIN is refused."""

    NOT_DIGITS = "not_digits"
    LENGTH = "length"
    REPEATED = "repeated"
    SEQUENCE = "sequence"
    YEAR = "year"
    COMMON = "common"


def fault_of(pin: str) -> PinFault | None:
    """Return what is wrong with a PIN, or None.

    A PIN has 4 to 8 of the digits 0-9. Refused are one digit or one group of digits repeated (0000, 1212), runs up or
    down the keypad (1234, 9876, 2580), years from 1900 to 2099, and what is chosen most.

    >>> [fault_of(pin) for pin in ("4831", "0000", "1212", "4321", "1987", "481")]
    [None, 'repeated', 'repeated', 'sequence', 'year', 'length']
    """
    if not (pin.isascii() and pin.isdigit()):
        return PinFault.NOT_DIGITS
    if not SHORTEST <= len(pin) <= LONGEST:
        return PinFault.LENGTH
    if _repeats(pin):
        return PinFault.REPEATED
    if _runs(pin):
        return PinFault.SEQUENCE
    if len(pin) == 4 and pin[:2] in ("19", "20"):
        return PinFault.YEAR
    return PinFault.COMMON if pin in _COMMON else None


def _repeats(pin: str) -> bool:
    """Return whether the PIN is one group of digits again and again."""
    return any(pin == pin[:size] * (len(pin) // size) for size in range(1, len(pin) // 2 + 1) if len(pin) % size == 0)


def _runs(pin: str) -> bool:
    return any(pin in run or pin[::-1] in run for run in _RUNS)

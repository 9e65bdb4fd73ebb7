import pytest

from loyalty.engine.pins import PinFault, fault_of

WEAK = {
    "": PinFault.NOT_DIGITS,
    "12a4": PinFault.NOT_DIGITS,
    "48 31": PinFault.NOT_DIGITS,
    "٤٨٣١": PinFault.NOT_DIGITS,
    "483": PinFault.LENGTH,
    "483148314": PinFault.LENGTH,
    "0000": PinFault.REPEATED,
    "77777777": PinFault.REPEATED,
    "1212": PinFault.REPEATED,
    "483483": PinFault.REPEATED,
    "1234": PinFault.SEQUENCE,
    "87654321": PinFault.SEQUENCE,
    "8901": PinFault.SEQUENCE,
    "0987": PinFault.SEQUENCE,
    "2580": PinFault.SEQUENCE,
    "0852": PinFault.SEQUENCE,
    "1987": PinFault.YEAR,
    "2026": PinFault.YEAR,
    "1122": PinFault.COMMON,
}


@pytest.mark.parametrize("pin", WEAK)
def test_what_is_easy_to_guess_is_refused(pin: str) -> None:
    assert fault_of(pin) is WEAK[pin]


@pytest.mark.parametrize("pin", ["4831", "9073", "20261", "48310295", "0417"])
def test_what_is_not_is_taken(pin: str) -> None:
    assert fault_of(pin) is None


def test_most_pins_of_four_digits_are_left() -> None:
    assert sum(fault_of(f"{number:04d}") is None for number in range(10_000)) == 9672

"""Barcodes of products by their check digits, and what is none."""

import pytest

from loyalty.engine.barcodes import is_product


@pytest.mark.parametrize(
    "text",
    [
        "4006381333931", "5901234123457", "9780306406157",  # EAN-13
        "96385074", "73513537",  # EAN-8
        "036000291452", "012345678905",  # UPC-A
        "04252614", "04252605", "04252635", "04252641", "04252658", "01234565", "12345670",  # UPC-E
        " 4006381333931 ",
    ],
)  # fmt: skip
def test_what_a_scanner_reads_off_goods(text):
    assert is_product(text)


@pytest.mark.parametrize("text", ["4006381333931", "96385074", "036000291452"])
def test_one_wrong_digit_makes_it_none(text):
    for wrong in range(1, 10):
        last = (int(text[-1]) + wrong) % 10
        assert not is_product(f"{text[:-1]}{last}")


@pytest.mark.parametrize(
    "text", ["", "450", "12.50", "1234567", "123456789", "40063813339314", "4006381-33931", "٤٠٠٦٣٨١٣٣٣٩٣١", "9638507a"]
)
def test_anything_else_is_none(text):
    assert not is_product(text)

import pytest

from loyalty.engine.slugs import LONGEST, numbered, propose

NAMES = {
    "Café Luna": "cafe-luna",
    "Trà Sữa Đường Đen": "tra-sua-duong-den",
    "Кофейня Ёлка": "kofeynya-elka",
    "Kávézó Őrült": "kavezo-orult",
    "Õlletuba & Söögikoht": "olletuba-soogikoht",
    "Kahve Altı": "kahve-alti",  # noqa: RUF001
    "Joe's  --  Bar!": "joes-bar",
    "7-Twelve": "7-twelve",
    "茶馆": "",
    "---": "",
    "": "",
    "one two three four five six seven eight nine": "one-two-three-four-five-six-seven-eight",
    "a" * 80: "a" * LONGEST,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_becomes_an_address(name: str) -> None:
    assert propose(name) == NAMES[name]


def test_a_number_fits_behind_the_longest_address() -> None:
    assert numbered("cafe", 2) == "cafe-2"
    assert numbered("a" * LONGEST, 10) == "a" * (LONGEST - 3) + "-10"
    assert numbered("a" * 37 + "-bc", 2) == "a" * 37 + "-2"

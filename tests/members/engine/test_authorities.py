"""The law and the authority of a country."""

import pytest

from members.engine.authorities import AUTHORITIES, OTHER_LAWS, authority_of, law_of


def test_every_name_fits_its_column():
    assert max(map(len, AUTHORITIES.values())) <= 200
    assert max(len(law_of(country)) for country in {*AUTHORITIES, *OTHER_LAWS, "US", ""}) <= 60


@pytest.mark.parametrize(
    ("country", "law"),
    [
        ("EE", "GDPR, Regulation (EU) 2016/679 (EE)"),
        ("GB", "UK GDPR and Data Protection Act 2018 (GB)"),
        ("", "GDPR, Regulation (EU) 2016/679"),
        ("US", "US"),
    ],
)
def test_law_of(country, law):
    assert law_of(country) == law


def test_a_country_without_a_known_authority_has_none():
    assert authority_of("HU") == "Nemzeti Adatvédelmi és Információszabadság Hatóság (naih.hu)"
    assert authority_of("ZZ") == ""

"""What the columns of a file mean, guessed from their names and contents."""

import pytest

from loyalty.engine.imports.columns import Field, guess


@pytest.mark.parametrize(
    ("names", "meanings"),
    [
        (
            "InvoiceNo StockCode Description Quantity InvoiceDate UnitPrice CustomerID Country",
            "receipt item name quantity date price customer -",
        ),
        ("customer_id date number_of_cds dollar_value", "customer date quantity amount"),
        ("Rechnungsnummer Datum Uhrzeit Kundennummer Artikelnummer Bezeichnung Menge Einzelpreis",
         "receipt date time customer item name quantity price"),
        ("Nyugtaszám Dátum Vevőkód Cikkszám Megnevezés Mennyiség Egységár",
         "receipt date customer item name quantity price"),
        ("Чек Дата Время Карта Артикул Наименование Количество Сумма",
         "receipt date time customer item name quantity amount"),
        ("小票号 日期 会员号 货号 品名 数量 金额", "receipt date customer item name quantity amount"),
        ("Arve Kuupäev Klient Toode Nimetus Kogus Hind", "receipt date customer item name quantity price"),
        ("OrderId CreatedAt MemberCard Total Refunded", "receipt date customer amount returned"),
    ],
)  # fmt: skip
def test_names_tell(names: str, meanings: str) -> None:
    expected = {Field(meaning): number for number, meaning in enumerate(meanings.split()) if meaning != "-"}
    assert guess(names.split(), []) == expected


def test_without_names_contents_tell_date_and_amount() -> None:
    sample = [["00004", "0001", "19970101", "2", "29.33"], ["00021", "0002", "19970101", "3", "63.34"]]
    assert guess([""] * 5, sample) == {Field.DATE: 2, Field.AMOUNT: 4}


def test_a_total_stands_above_a_price_where_there_is_no_quantity() -> None:
    assert guess(["date", "price", "total"], []) == {Field.DATE: 0, Field.AMOUNT: 2}


def test_a_column_means_one_thing_only() -> None:
    columns = guess(["date", "date", "date", "amount", "total"], [])
    assert columns == {Field.DATE: 0, Field.AMOUNT: 3}

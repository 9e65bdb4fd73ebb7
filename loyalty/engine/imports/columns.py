"""What the columns of a file mean: a guess from their names and, where these say nothing, from what is in them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from loyalty.engine.imports.values import DateOrder, DecimalMark, dates_of, parse_number


class Field(StrEnum):
    """What a column can mean."""

    RECEIPT = "receipt"
    DATE = "date"
    TIME = "time"
    CUSTOMER = "customer"
    ITEM = "item"
    NAME = "name"
    CATEGORY = "category"
    QUANTITY = "quantity"
    PRICE = "price"
    AMOUNT = "amount"
    RETURNED = "returned"


type Columns = Mapping[Field, int]

# Names in the languages that tills speak, in small letters and without anything but letters and digits.
_NAMES: dict[Field, str] = {
    Field.RECEIPT: """
        invoice invoiceno invoicenumber invoiceid receipt receiptno receiptnumber receiptid bill billno billnumber order
        orderid orderno ordernumber transaction transactionid transactionno ticket ticketno check checkno docno document
        documentno saleid bon bonnummer beleg belegnummer rechnung rechnungsnummer számla számlaszám nyugta nyugtaszám
        bizonylat bizonylatszám arve arvenumber arvenr kviitung tšekk чек номерчека чекномер счет накладная документ
        hóađơn sốhóađơn mãhóađơn đơnhàng mãđơnhàng 发票 发票号 发票号码 小票 小票号 订单 订单号 单号 交易号""",
    Field.DATE: """
        date day datetime timestamp invoicedate orderdate saledate saletime purchasedate purchasedat createdat soldat
        transactiondate datum kaufdatum dátum kelt vásárlásdátuma kuupäev дата датапродажи датаивремя
        ngày ngàybán ngàymua thờigian 日期 销售日期 交易日期 下单时间 交易时间""",
    Field.TIME: "time hour timeofday uhrzeit zeit idő időpont kellaaeg aeg время giờ 时间",
    Field.CUSTOMER: """
        customer customerid customerno customernumber customercode client clientid clientno member memberid memberno
        membernumber card cardno cardnumber cardcode loyaltycard account accountno buyer kunde kundennummer kundennr
        ügyfél ügyfélszám ügyfélkód vevő vevőkód vevőszám klient kliendinumber kliendikood kliendikaart клиент
        кодклиента номерклиента покупатель карта номеркарты kháchhàng mãkháchhàng mãkh thẻ
        客户 客户号 客户编号 会员 会员号 会员卡号 顾客""",
    Field.ITEM: """
        item itemcode itemid itemno stockcode sku product productid productcode article articleno articlecode plu ean
        gtin barcode upc artikel artikelnummer cikkszám cikk termékkód toode tootekood artikkel артикул кодтовара
        штрихкод mãhàng mãsảnphẩm sku 商品编码 商品号 货号 条码""",
    Field.NAME: """
        name description productname itemname articlename title text bezeichnung produktname megnevezés terméknév
        termék nimetus tootenimi kirjeldus название наименование товар описание tênhàng tênsảnphẩm sảnphẩm môtả
        商品 商品名称 名称 品名""",
    Field.CATEGORY: """
        category group department productgroup itemgroup kategorie warengruppe kategória cikkcsoport kategooria
        tootegrupp категория группа nhóm nhómhàng danhmục 类别 分类 品类""",
    Field.QUANTITY: """
        quantity qty count units pieces pcs menge anzahl stück mennyiség db darab kogus tk количество колво кол
        sốlượng sl 数量 件数""",
    Field.PRICE: """
        price unitprice priceeach itemprice einzelpreis stückpreis preis ár egységár hind ühikuhind цена ценазаед
        đơngiá giá 单价 价格""",
    Field.AMOUNT: """
        amount total linetotal totalprice sum value dollarvalue sales revenue turnover gross paid betrag summe gesamt
        umsatz összeg érték bruttó végösszeg summa kokku сумма итого стоимость thànhtiền tổng tổngtiền sốtiền
        金额 总额 合计 总价""",
    Field.RETURNED: """
        return returned isreturn refund refunded isrefund retoure storno visszáru tagastus возврат trảhàng 退货""",
}
_MEANINGS = {name: field for field, names in _NAMES.items() for name in names.split()}


def guess(names: Sequence[str], sample: Sequence[Sequence[str]]) -> dict[Field, int]:
    """Return the likely column of each field, by its number from 0; what cannot be told is left out."""
    columns: dict[Field, int] = {}
    for read in (_whole, _last_word, _any_word):
        for number, name in enumerate(names):
            field = read(name)
            if field and field not in columns and number not in columns.values():
                columns[field] = number
    _from_contents(columns, sample, width=len(names))
    if Field.PRICE in columns and Field.AMOUNT in columns and Field.QUANTITY not in columns:
        del columns[Field.PRICE]
    return columns


def _words(name: str) -> list[str]:
    """The words of a name: "InvoiceNo" and "invoice_no" alike are "invoice" and "no"."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.findall(r"[^\W_]+", parted.lower())


def _whole(name: str) -> Field | None:
    return _MEANINGS.get("".join(_words(name)))


def _last_word(name: str) -> Field | None:
    words = _words(name)
    if words[:2] == ["number", "of"]:
        return Field.QUANTITY
    return _MEANINGS.get(words[-1]) if words else None


def _any_word(name: str) -> Field | None:
    return next((field for word in _words(name) if (field := _MEANINGS.get(word))), None)


def _from_contents(columns: dict[Field, int], sample: Sequence[Sequence[str]], *, width: int) -> None:
    """Find date and amount, without which there is nothing to import, by what the columns hold."""
    if Field.DATE not in columns:
        _take(columns, Field.DATE, _best(columns, sample, width, _share_of_dates))
    if Field.PRICE not in columns and Field.AMOUNT not in columns:
        _take(columns, Field.AMOUNT, _best(columns, sample, width, _share_of_amounts))


def _take(columns: dict[Field, int], field: Field, number: int | None) -> None:
    if number is not None:
        columns[field] = number


def _best(columns: Columns, sample: Sequence[Sequence[str]], width: int, share: object) -> int | None:
    """Return the free column of which the largest share, and more than half, is of the kind."""
    assert callable(share)
    free = [number for number in range(width) if number not in columns.values()]
    shares = {number: share(column(sample, number)) for number in free}
    best = max(free, key=lambda number: shares[number], default=None)
    return best if best is not None and shares[best] > 0.5 else None


def column(sample: Iterable[Sequence[str]], number: int) -> list[str]:
    """Return what a column holds, blanks left out."""
    return [cells[number].strip() for cells in sample if number < len(cells) and cells[number].strip()]


def _share_of_dates(texts: Sequence[str]) -> float:
    long = [text for text in texts[:200] if len(text) >= 6]
    return max(dates_of(long, order) for order in DateOrder) / len(texts[:200]) if texts else 0.0


def _share_of_amounts(texts: Sequence[str]) -> float:
    """Amounts are numbers with two decimals, more often than not."""
    sample = texts[:200]
    amounts = [text for text in sample if re.search(r"[.,][0-9]{2}\b", text) and _is_number(text)]
    return len(amounts) / len(sample) if sample else 0.0


def _is_number(text: str) -> bool:
    for mark in DecimalMark:
        try:
            parse_number(text, mark)
        except (ValueError, ArithmeticError):
            continue
        return True
    return False

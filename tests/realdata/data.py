"""Where the real data lies, and what is true of it, reckoned without any of the product's code."""

import csv
import gzip
import math
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from pathlib import Path

import pytest

from tests.laws.tree import ROOT

FOLDER = Path(os.environ.get("REGULARS_DATA", ROOT.parent / "shared" / "data"))


def data_file(name: str) -> Path:
    """Return a file of real data; where it is not there, the test says so and is left out."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"Needs {name}: put it into {FOLDER}, or name its folder in REGULARS_DATA")
    return path


def retail_rows() -> Iterator[dict[str, str]]:
    """Yield the rows of the gift shop's year."""
    with gzip.open(data_file("online_retail.csv.gz"), "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def retail_slice(receipts: int) -> str:
    """Return the first receipts of the year and, of the same customers, the first returns, as a file of its own."""
    kept: list[dict[str, str]] = []
    customers: set[str] = set()
    for count, (_, rows) in enumerate(groupby(retail_rows(), key=lambda row: row["InvoiceNo"])):
        of_receipt = list(rows)
        is_return = of_receipt[0]["InvoiceNo"].startswith("C")
        if count < receipts or (is_return and of_receipt[0]["CustomerID"] in customers):
            kept += of_receipt
            customers.add(of_receipt[0]["CustomerID"])
        if count > receipts * 5:
            break
    names = list(kept[0])
    return "\n".join([",".join(names), *(_line(row[name] for name in names) for row in kept)]) + "\n"


def _line(cells: Iterator[str]) -> str:
    return ",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' if set(cell) & set(',"\n') else cell for cell in cells)


@dataclass
class Truth:
    """What a file of the gift shop holds."""

    rows: int
    receipts: int
    customers: int
    anonymous_rows: int
    return_rows: int
    returns: int
    purchase_rows: int
    purchases: int
    buyers: int
    amount: int
    points: int
    walk_ins: int


WHOLE = Truth(
    rows=541_909, receipts=25_900, customers=4_372, anonymous_rows=135_080, return_rows=9_288, returns=3_836,
    purchase_rows=397_884, purchases=18_532, buyers=4_338, amount=891_140_790, points=8_902_670, walk_ins=1_428,
)  # fmt: skip
"""As ../shared/data/README.md has it."""


def truth_of(rows: list[dict[str, str]]) -> Truth:
    """Reckon what is true of some rows, the plain way."""
    returned = [row for row in rows if row["InvoiceNo"].startswith("C")]
    valid = [row for row in rows if Decimal(row["Quantity"]) > 0 and Decimal(row["UnitPrice"]) > 0]
    of_customers = [row for row in valid if row["CustomerID"]]
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for row in of_customers:
        worth = Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])
        totals[row["InvoiceNo"]] += worth.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Truth(
        rows=len(rows),
        receipts=len({row["InvoiceNo"] for row in rows}),
        customers=len({row["CustomerID"] for row in rows} - {""}),
        anonymous_rows=sum(not row["CustomerID"] for row in rows),
        return_rows=len(returned),
        returns=len({row["InvoiceNo"] for row in returned}),
        purchase_rows=len(of_customers),
        purchases=len(totals),
        buyers=len({row["CustomerID"] for row in of_customers}),
        amount=int(sum(totals.values()) * 100),
        points=sum(math.floor(total) for total in totals.values()),
        walk_ins=len({row["InvoiceNo"] for row in valid if not row["CustomerID"]}),
    )

"""Forms of an import: the file, and what its columns and lines mean."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from loyalty.engine.imports.columns import Field, column, guess
from loyalty.engine.imports.files import Unreadable
from loyalty.engine.imports.limits import LARGEST_UPLOAD, LONGEST_CELL, MEGABYTE, MOST_CELLS, MOST_ROWS
from loyalty.engine.imports.rows import Choices, FreeItems, Negative, Repeats
from loyalty.engine.imports.values import DateOrder, DecimalMark, guess_date_order, guess_decimal_mark
from loyalty.models import ImportBatch
from loyalty.queries.import_files import Sample

FAULTS = {
    Unreadable.EMPTY: _("The file is empty. Choose another one."),
    Unreadable.TOO_LARGE: _("The file is too large. Save it in parts, a year in each for example."),
    Unreadable.NOT_A_TABLE: _("This is no table. Choose a CSV or XLSX file."),
    Unreadable.OLD_WORKBOOK: _("This is an old Excel file. Open it and save it as XLSX or CSV."),
    Unreadable.ARCHIVE: _("This is an archive. Unpack it and choose the file in it; gzip alone is fine."),
    Unreadable.DAMAGED: _("The file is damaged and cannot be read. Save or download it anew."),
    Unreadable.ENCODING: _("The letters of the file cannot be read. Save it as CSV in UTF-8."),
    Unreadable.ONE_COLUMN: _("The file has only one column. At least a date and an amount are needed."),
    Unreadable.NO_ROWS: _("There are no rows in the file, or nothing but the names of columns. Choose another one."),
    Unreadable.LONG_LINE: _(
        "A line of the file is too long to be a row of a table. Save it as CSV, a purchase or an item in each row."
    ),
    Unreadable.OPEN_QUOTE: _(
        "A quotation mark is opened in the file and not closed again. Close it, or save the file anew as CSV."
    ),
    Unreadable.TIGHT: _("The file unpacks to a hundred times its size. Save it as CSV and upload that."),
    Unreadable.ENTITIES: _("The workbook declares entities, which Excel never does. Save it as CSV and upload that."),
    Unreadable.MANY_TEXTS: _("The workbook has too many different texts. Save the sheet with the sales as CSV."),
    Unreadable.MANY_ROWS: format_lazy(
        _("The file has more than {number} rows. Save it in parts, a year in each for example."),
        number=f"{MOST_ROWS:,}",
    ),
    Unreadable.MANY_CELLS: format_lazy(
        _("A row of the file has more than {number} cells. Delete the columns that you do not need."),
        number=f"{MOST_CELLS:,}",
    ),
    Unreadable.LONG_CELL: format_lazy(
        _("A cell of the file has more than {number} characters. Delete the column it is in."),
        number=f"{LONGEST_CELL:,}",
    ),
    Unreadable.GAP: _("Thousands of rows of the file are empty. Delete the empty rows between the others."),
    Unreadable.MEMORY: _("The file takes too much memory to read. Save it as CSV, in parts."),
    Unreadable.TIME: _("The file takes too long to read. Save it as CSV, in parts."),
    Unreadable.CRASHED: _("The file cannot be read. Save it as CSV and upload that."),
    Unreadable.GONE: _("The file is no longer on the server. Upload it again: nothing is recorded twice."),
    Unreadable.STORAGE: _("There is no room to read the file. Delete files that you no longer need, or try later."),
}
FIELDS = {
    Field.RECEIPT: (_("Receipt or invoice number"), _("Rows with the same number are one purchase.")),
    Field.DATE: (_("Date"), ""),
    Field.TIME: (_("Time"), _("If it stands in a column of its own.")),
    Field.CUSTOMER: (_("Customer number or card"), _("Rows without one are walk-ins.")),
    Field.ITEM: (_("Item number"), ""),
    Field.NAME: (_("Name of the item"), ""),
    Field.CATEGORY: (_("Category"), ""),
    Field.QUANTITY: (_("Quantity"), ""),
    Field.PRICE: (_("Price of one"), _("Either this or the amount.")),
    Field.AMOUNT: (_("Amount of the row"), ""),
    Field.RETURNED: (_("Mark of a return"), _("A column that says which rows are returns.")),
}


class UploadForm(forms.Form):
    """A file of sales. It is not opened here; too_large: it was thrown away while it came in."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("File of sales"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.gz,.xlsx"}),
        help_text=format_lazy(
            _("CSV or XLSX, also packed as .gz, at most {number} MB. Nothing is recorded until you start the import."),
            number=LARGEST_UPLOAD // MEGABYTE,
        ),
        error_messages={"required": _("Choose a file.")},
    )

    def __init__(self, data: Any = None, files: Any = None, *, too_large: bool = False) -> None:
        super().__init__(data, files, initial={"key": uuid4()})
        if too_large:
            self.fields["file"].error_messages["required"] = str(FAULTS[Unreadable.TOO_LARGE])

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse what is too large, and what is nothing. What else is in it is for the worker to find out."""
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if not upload.size:
            raise forms.ValidationError(FAULTS[Unreadable.EMPTY])
        if upload.size > LARGEST_UPLOAD:
            raise forms.ValidationError(FAULTS[Unreadable.TOO_LARGE])
        return upload

    @property
    def batch_key(self) -> UUID:
        """The id of the import that this form makes, once."""
        key: UUID = self.cleaned_data["key"]
        return key


class ColumnsForm(forms.Form):
    """Which column means what, and how lines are to be booked; begins with a guess."""

    date_order = forms.ChoiceField(
        label=_("Dates are written"),
        choices=[
            (DateOrder.DAY_FIRST.value, _("Day first: 31.12.2026")),
            (DateOrder.MONTH_FIRST.value, _("Month first: 12/31/2026")),
            (DateOrder.YEAR_FIRST.value, _("Year first: 2026-12-31")),
        ],
    )
    decimal_mark = forms.ChoiceField(
        label=_("Amounts are written"),
        choices=[(DecimalMark.POINT.value, "1,234.56"), (DecimalMark.COMMA.value, "1.234,56")],
    )
    return_prefix = forms.CharField(
        label=_("Numbers of returns begin with"),
        required=False,
        max_length=10,
        help_text=_("C for example. Rows with a negative quantity are returns in any case."),
    )
    free_items = forms.ChoiceField(
        label=_("Rows with a price of zero"),
        choices=[
            (FreeItems.LEAVE_OUT.value, _("Leave them out")),
            (FreeItems.KEEP.value, _("Keep them as given away")),
        ],
    )
    negative = forms.ChoiceField(
        label=_("Rows with a negative price"),
        choices=[
            (Negative.LEAVE_OUT.value, _("Leave them out")),
            (Negative.DISCOUNT.value, _("They are discounts on their receipt")),
            (Negative.RETURN.value, _("They are returns")),
        ],
    )
    repeats = forms.ChoiceField(
        label=_("The same row twice in a receipt"),
        choices=[
            (Repeats.KEEP.value, _("Was bought twice")),
            (Repeats.ONCE.value, _("Was written twice: count it once")),
        ],
    )
    daily_numbers = forms.BooleanField(label=_("Receipt numbers begin anew each day"), required=False)
    book_returns = forms.BooleanField(label=_("Book returns, after all purchases"), required=False)
    award = forms.BooleanField(
        label=_("Award points and stamps for these purchases"),
        required=False,
        help_text=_("By the rules that are live now, dated to the day of each purchase."),
    )

    def __init__(self, data: Any = None, *, batch: ImportBatch, head: Sample, live: bool) -> None:
        guessed = _guessed(batch, head, live=live)
        super().__init__(data, initial=guessed)
        choices = [("", _("Not in the file")), *((str(n), _column(head, n)) for n in range(len(head.names)))]
        meanings = {}
        for field, (label, hint) in FIELDS.items():
            meanings[f"column_{field.value}"] = forms.ChoiceField(
                label=label,
                choices=choices,
                required=field is Field.DATE,
                help_text=str(hint),
                error_messages={"required": _t("Choose the column with the date.")},
            )
        self.fields = {**meanings, **self.fields}
        if not live:
            self.fields["award"].disabled = True
            self.fields["award"].help_text = _t("Go live first: there are no rules yet.")

    @property
    def column_fields(self) -> list[forms.BoundField]:
        """The drop-downs of the columns."""
        return [self[f"column_{field.value}"] for field in FIELDS]

    @property
    def choice_fields(self) -> list[forms.BoundField]:
        """The questions about the lines."""
        return [self[name] for name in self.fields if not name.startswith("column_")]

    def clean(self) -> dict[str, Any]:
        """Each column means one thing; a date and an amount are there."""
        super().clean()
        columns = self.columns
        if Field.PRICE not in columns and Field.AMOUNT not in columns:
            self.add_error("column_amount", _t("Choose the column with the amount, or the one with the price."))
        for field, number in columns.items():
            if list(columns.values()).count(number) > 1:
                self.add_error(
                    f"column_{field.value}", _t("This column is chosen twice. Choose another one here or there.")
                )
        return self.cleaned_data

    @property
    def columns(self) -> dict[Field, int]:
        """The chosen columns, by their number from 0."""
        chosen = {field: self.cleaned_data.get(f"column_{field.value}") for field in FIELDS}
        return {field: int(number) for field, number in chosen.items() if number}

    @property
    def choices(self) -> Choices:
        """The answers, as the reader of rows wants them."""
        names = ("return_prefix", "daily_numbers", "book_returns", "award")
        return Choices(
            date_order=DateOrder(self.cleaned_data["date_order"]),
            decimal_mark=DecimalMark(self.cleaned_data["decimal_mark"]),
            free_items=FreeItems(self.cleaned_data["free_items"]),
            negative=Negative(self.cleaned_data["negative"]),
            repeats=Repeats(self.cleaned_data["repeats"]),
            **{name: self.cleaned_data[name] for name in names},
        )


def _column(head: Sample, number: int) -> str:
    name = head.names[number] or _t("Column %(number)s") % {"number": number + 1}
    example = head.example(number)[:24]
    return f"{name} ({example})" if example else name


def _guessed(batch: ImportBatch, head: Sample, *, live: bool) -> dict[str, Any]:
    """Return what was chosen before, else a guess by names and contents."""
    columns = {Field(name): number for name, number in batch.columns.items()} or guess(head.names, head.cells)
    chosen = batch.choices or _guessed_choices(head, columns)
    chosen = {**chosen, "award": chosen["award"] and live}
    return {f"column_{field.value}": str(number) for field, number in columns.items()} | chosen


def _guessed_choices(head: Sample, columns: dict[Field, int]) -> dict[str, Any]:
    dates = column(head.cells, columns[Field.DATE]) if Field.DATE in columns else []
    worth = columns.get(Field.AMOUNT, columns.get(Field.PRICE))
    amounts = column(head.cells, worth) if worth is not None else []
    return Choices(
        date_order=guess_date_order(dates, DateOrder.DAY_FIRST)[0],
        decimal_mark=guess_decimal_mark(amounts),
        negative=Negative.LEAVE_OUT,
    ).as_json()

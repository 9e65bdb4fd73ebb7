"""The sheets of a workbook: which cells count, what they share, and where the reading of one is given up."""

import io

import pytest

from loyalty.engine.imports import workbook as reader
from loyalty.engine.imports.files import NotReadable, Unreadable
from loyalty.engine.imports.limits import COLUMNS_READ, LARGEST_GAP, LONGEST_CELL, MOST_CELLS, MOST_ROWS
from loyalty.engine.imports.workbook import workbook_rows, workbook_size
from tests import bombs

type Rows = list[tuple[int, list[str]]]


def book(*sheets: bytes, texts: bytes | None = None) -> bytes:
    """Return a workbook of some sheets, given by their rows, and of shared texts if it has any; it has no styles."""
    parts = {f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in enumerate(map(sheet_of, sheets), 1)}
    links = b"".join(
        b'<Relationship Id="r%d" Type="x/worksheet" Target="worksheets/sheet%d.xml"/>' % (n, n)
        for n in range(1, len(sheets) + 1)
    )
    if texts is not None:
        parts["xl/sharedStrings.xml"] = b"<sst>" + texts + b"</sst>"
        links += b'<Relationship Id="t" Type="x/sharedStrings" Target="sharedStrings.xml"/>'
    named = b"".join(b'<sheet name="%d" r:id="r%d"/>' % (n, n) for n in range(1, len(sheets) + 1))
    return bombs.packed({
        "xl/workbook.xml": b'<workbook xmlns:r="r"><sheets>' + named + b"</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": b"<Relationships>" + links + b"</Relationships>",
        **parts,
    })  # fmt: skip


def sheet_of(rows: bytes) -> bytes:
    return b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"


def row(number: int, cells: bytes = b"<c><v>1</v></c>") -> bytes:
    return b"<row r='%d'>" % number + cells + b"</row>"


def shared(*places: int) -> bytes:
    """Return cells that show the shared texts of those places."""
    return b"".join(b"<c t='s'><v>%d</v></c>" % place for place in places)


def inline(text: str) -> bytes:
    return b"<c t='inlineStr'><is><t>" + text.encode() + b"</t></is></c>"


def read(content: bytes) -> Rows:
    return [(number, list(cells)) for number, cells in workbook_rows(io.BytesIO(content))]


def refusal(content: bytes) -> tuple[Unreadable, int | None, list[int]]:
    """Return why a workbook is refused, the row that is named, and the rows that came before."""
    came: list[int] = []
    with pytest.raises(NotReadable) as refused:
        came.extend(number for number, _ in workbook_rows(io.BytesIO(content)))
    return refused.value.reason, refused.value.line, came


class TestSheets:
    def test_a_workbook_without_styles_and_shared_texts_is_read(self) -> None:
        assert read(book(row(1))) == [(1, ["1"])]

    def test_sheets_that_say_nothing_are_passed_over(self) -> None:
        assert read(book(b"", row(3, b"<c/>"), row(2), row(4))) == [(2, ["1"])]

    def test_a_workbook_in_which_no_sheet_says_anything_has_no_rows(self) -> None:
        assert read(book(b"", row(3, b"<c/>"))) == []

    def test_a_workbook_without_sheets_has_no_rows(self) -> None:
        assert (read(book()), workbook_size(io.BytesIO(book()))) == ([], 0)

    def test_a_workbook_that_is_cut_off_says_no_size(self) -> None:
        with pytest.raises(NotReadable) as refused:
            workbook_size(io.BytesIO(book(row(1))[:-30]))
        assert refused.value.reason == Unreadable.DAMAGED

    def test_a_sheet_whose_rows_do_not_end_is_damage(self) -> None:
        broken = sheet_of(row(1) + row(2)).replace(b"</row></sheetData>", b"</sheetData>")
        links = b'<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="sheet.xml"/></Relationships>'
        parts = {"xl/workbook.xml": bombs.BOOK, "xl/_rels/workbook.xml.rels": links, "xl/sheet.xml": broken}
        assert refusal(bombs.packed(parts)) == (Unreadable.DAMAGED, None, [])


class TestSharedTexts:
    def test_a_cell_shows_the_text_of_its_place(self) -> None:
        texts = b"<si><t>tea</t></si><si><t>cup</t></si>"
        assert read(book(row(1, shared(1, 0, 1)), texts=texts)) == [(1, ["cup", "tea", "cup"])]

    def test_pieces_of_different_looks_are_one_text(self) -> None:
        texts = b"<si><r><rPr><b/></rPr><t>green</t></r><r><t> tea</t></r></si>"
        assert read(book(row(1, shared(0)), texts=texts)) == [(1, ["green tea"])]

    def test_how_a_text_is_pronounced_is_no_part_of_it(self) -> None:
        texts = "<si><t>茶</t><rPh sb='0' eb='1'><t>ちゃ</t></rPh></si><si><t>碗</t></si>".encode()
        assert read(book(row(1, shared(0, 1)), texts=texts)) == [(1, ["茶", "碗"])]

    def test_blanks_between_texts_are_no_part_of_them(self) -> None:
        texts = b"\n <si>\n <t>tea</t>\n </si>\n <si> <t>cup</t> </si>\n"
        assert read(book(row(1, shared(0, 1)), texts=texts)) == [(1, ["tea", "cup"])]

    def test_a_place_beyond_the_texts_is_damage(self) -> None:
        texts = b"<si><t>tea</t></si>"
        assert refusal(book(row(1, shared(0)) + row(2, shared(1)), texts=texts)) == (Unreadable.DAMAGED, None, [])

    def test_the_longest_text_that_a_cell_can_hold_is_read(self) -> None:
        texts = b"<si><t>" + b"x" * LONGEST_CELL + b"</t></si>"
        assert read(book(row(1, shared(0)), texts=texts)) == [(1, ["x" * LONGEST_CELL])]

    def test_a_longer_text_is_refused_where_a_cell_shows_it(self) -> None:
        texts = b"<si><t>" + b"x" * (LONGEST_CELL + 1) + b"</t></si>"
        assert refusal(book(row(7, shared(0)), texts=texts)) == (Unreadable.LONG_CELL, 7, [])

    def test_as_many_texts_as_there_may_be_are_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reader, "MOST_TEXTS", 3)
        assert read(book(row(1, shared(2)), texts=b"<si><t>a</t></si>" * 3)) == [(1, ["a"])]

    def test_one_text_more_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reader, "MOST_TEXTS", 3)
        content = book(row(1, shared(2)), texts=b"<si><t>a</t></si>" * 4)
        assert refusal(content) == (Unreadable.MANY_TEXTS, None, [])

    def test_texts_of_as_many_characters_as_there_may_be_are_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reader, "LARGEST_TEXTS", 6)
        assert read(book(row(1, shared(1)), texts=b"<si><t>abc</t></si>" * 2)) == [(1, ["abc"])]

    def test_texts_of_one_character_more_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reader, "LARGEST_TEXTS", 5)
        content = book(row(1, shared(1)), texts=b"<si><t>abc</t></si>" * 2)
        assert refusal(content) == (Unreadable.MANY_TEXTS, None, [])


class TestCells:
    def test_how_a_cell_is_pronounced_is_no_part_of_it(self) -> None:
        cell = "<c t='inlineStr'><is><t>茶</t><rPh sb='0' eb='1'><t>ちゃ</t></rPh></is></c>".encode()
        assert read(book(row(1, cell + inline("cup")))) == [(1, ["茶", "cup"])]

    def test_cells_stand_where_they_say_in_whatever_order_they_come(self) -> None:
        cells = b"<c r='C1'><v>3</v></c><c r='A1'><v>1</v></c>"
        assert read(book(row(1, cells))) == [(1, ["1", "", "3"])]

    def test_empty_texts_at_the_end_of_a_row_are_left_out(self) -> None:
        texts = b"<si><t/></si><si><t>tea</t></si>"
        assert read(book(row(1, shared(1, 0, 1, 0, 0)), texts=texts)) == [(1, ["tea", "", "tea"])]

    def test_a_row_of_empty_texts_is_blank(self) -> None:
        assert read(book(row(1, shared(0, 0)) + row(2), texts=b"<si><t/></si>")) == [(2, ["1"])]

    def test_texts_outside_of_cells_say_nothing(self) -> None:
        assert read(book(row(1, b"<v>9</v><c><v>1</v></c><t>x</t>"))) == [(1, ["1"])]

    @pytest.mark.parametrize("place", ["GS1", "ABCD1", "ABCDE1", "XFD1"])
    def test_cells_beyond_the_columns_that_make_sense_are_left_out(self, place: str) -> None:
        cells = b"<c r='A1'><v>1</v></c><c r='%s'><v>2</v></c>" % place.encode()
        assert read(book(row(1, cells))) == [(1, ["1"])]

    def test_the_last_column_that_makes_sense_is_read(self) -> None:
        assert read(book(row(1, b"<c r='GR1'><v>2</v></c>"))) == [(1, [""] * (COLUMNS_READ - 1) + ["2"])]

    @pytest.mark.parametrize(
        "cell",
        [
            b"<c r='1'><v>1</v></c>", b"<c r='a1'><v>1</v></c>", b"<c s='x'><v>1</v></c>", b"<c><v>one</v></c>",
            b"<c t='b'><v>yes</v></c>", b"<c t='d'><v>soon</v></c>", b"<c t='s'><v>x</v></c>",
        ],
    )  # fmt: skip
    def test_a_cell_that_makes_no_sense_is_damage(self, cell: bytes) -> None:
        assert refusal(book(row(1, cell))) == (Unreadable.DAMAGED, None, [])

    def test_the_longest_cell_is_read(self) -> None:
        assert read(book(row(1, inline("x" * LONGEST_CELL)))) == [(1, ["x" * LONGEST_CELL])]

    def test_a_longer_one_is_refused_with_its_row(self) -> None:
        assert refusal(book(row(5, inline("x" * (LONGEST_CELL + 1))))) == (Unreadable.LONG_CELL, 5, [])

    def test_a_row_of_as_many_cells_as_a_sheet_has_is_read(self) -> None:
        assert read(book(row(1, b"<c><v>1</v></c>" + b"<c/>" * (MOST_CELLS - 1)))) == [(1, ["1"])]

    def test_one_cell_more_is_refused(self) -> None:
        content = book(row(3, b"<c><v>1</v></c>" + b"<c/>" * MOST_CELLS))
        assert refusal(content) == (Unreadable.MANY_CELLS, 3, [])

    def test_cells_are_counted_anew_in_each_row(self) -> None:
        cells = b"<c><v>1</v></c>" + b"<c/>" * (MOST_CELLS - 1)
        assert read(book(row(1, cells) + row(2, cells))) == [(1, ["1"]), (2, ["1"])]


class TestRows:
    def test_rows_that_do_not_say_their_number_follow_each_other(self) -> None:
        anonymous = b"<row><c><v>1</v></c></row>"
        assert read(book(anonymous + row(4) + anonymous)) == [(1, ["1"]), (4, ["1"]), (5, ["1"])]

    @pytest.mark.parametrize("number", [2, 3])
    def test_a_row_that_does_not_come_after_the_one_before_is_damage(self, number: int) -> None:
        assert refusal(book(row(1) + row(3) + row(number))) == (Unreadable.DAMAGED, 3, [])

    def test_the_largest_gap_is_read(self) -> None:
        assert read(book(row(1) + row(LARGEST_GAP + 2))) == [(1, ["1"]), (LARGEST_GAP + 2, ["1"])]

    def test_a_larger_gap_is_refused_with_the_row_behind_it(self) -> None:
        assert refusal(book(row(1) + row(LARGEST_GAP + 3))) == (Unreadable.GAP, LARGEST_GAP + 3, [])

    def test_blank_rows_do_not_make_a_gap_smaller(self) -> None:
        content = book(row(1) + row(9000, b"<c/>") + row(LARGEST_GAP + 3))
        assert refusal(content) == (Unreadable.GAP, LARGEST_GAP + 3, [])

    def test_a_blank_row_at_the_end_of_a_sheet_is_no_gap(self) -> None:
        assert read(book(row(1) + row(MOST_ROWS, b"<c/>"))) == [(1, ["1"])]

    def test_a_row_beyond_every_sheet_is_refused_with_the_row_before_it(self) -> None:
        assert refusal(book(row(6) + row(MOST_ROWS + 1))) == (Unreadable.MANY_ROWS, 6, [])

    def test_a_first_row_beyond_every_sheet_is_refused_as_the_first(self) -> None:
        assert refusal(book(row(MOST_ROWS + 1))) == (Unreadable.MANY_ROWS, 1, [])

    def test_rows_that_came_before_a_fault_are_given_first(self) -> None:
        """They come block by block: what a sheet of several blocks says before the fault is not lost."""
        pad = b"<!--" + b"-x" * 40_000 + b"-->"
        assert refusal(book(row(1) + row(2) + pad + pad + row(2))) == (Unreadable.DAMAGED, 2, [1, 2])


SMALL = {
    "a row at the end of a sheet": MOST_ROWS, "a row beyond every sheet": 2, "laughs": None,
    "a file of the server": None,
}  # fmt: skip


@pytest.mark.parametrize("name", SMALL)
def test_the_small_bombs_are_refused_by_whoever_reads_them(name: str) -> None:
    make, reason = bombs.HEADS[name]
    assert refusal(make()) == (reason, SMALL[name], [])

"""No file is longer than can be held in the head."""

from pathlib import Path

from tests.laws.tree import files, name

LONGEST = 400


def too_long(paths: list[Path]) -> list[Path]:
    return [file for file in paths if len(file.read_text().splitlines()) > LONGEST]


def test_no_file_is_too_long() -> None:
    assert [name(file) for file in too_long(list(files(".py", ".html", ".css", ".js", ".md")))] == []


def test_a_file_that_is_too_long_is_noticed(tmp_path: Path) -> None:
    longest = tmp_path / "longest.py"
    longest.write_text("pass\n" * LONGEST)
    longer = tmp_path / "longer.py"
    longer.write_text("pass\n" * (LONGEST + 1))
    assert too_long([longest, longer]) == [longer]

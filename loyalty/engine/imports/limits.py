"""How large a file of sales and its parts may be, and what reading one may cost. docs/imports.md shows them."""

from loyalty.engine.bounded import Bounds

MEGABYTE = 1024 * 1024

LARGEST_UPLOAD = 100 * MEGABYTE
LARGEST_CONTENT = 512 * MEGABYTE
LARGEST_TEXTS = 64 * MEGABYTE
"""Bytes: of the file as sent, of what it unpacks to, and of the parts of a workbook besides its sheets."""

QUOTA = 500 * MEGABYTE
"""Bytes that the files of one business may take, where the installation says nothing else."""

LARGEST_RATIO = 100
PACKED_FREELY = 16 * MEGABYTE
"""How many times its size a file may unpack to, once that is more than some bytes. Tables of sales reach 10 to 40."""

MOST_PARTS = 2_000
MOST_SHEETS = 100
MOST_ROWS = 1_048_576
MOST_CELLS = 16_384
LONGEST_CELL = 32_767
"""What a workbook can hold, and thus what a file may: rows, cells in a row, characters in a cell."""

LARGEST_GAP = 10_000
"""Rows without anything in them between two that have something."""

MOST_TEXTS = 500_000
"""Texts that a workbook's cells share: they are held in memory."""

LONGEST_LINE = 100_000
COLUMNS_READ = 200
"""Characters in a line of a text, and the columns of which somebody could choose one; others are left out."""


BOUNDS = Bounds(memory=300 * MEGABYTE, cpu=25, most_cpu=600, wall=90, file=2048 * MEGABYTE, nice=10)
"""What the process that reads a file may use."""

"""A table as a grid: every place of a merged cell shows the one cell that is there."""

from dataclasses import dataclass

from geoapp.intake.rules_ledger import CellRef

MAX_ROWS = 5_000  # of one measures table; offices keep at most some hundred
MAX_COLUMNS = 60
MAX_CELL = 20_000  # characters


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell, merged or not; *row* and *column* are those of its upper left place, from 1."""

    text: str
    row: int
    column: int
    address: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row: its number as the office counts, and the cell at each place."""

    number: int
    cells: tuple[GridCell, ...]

    @property
    def own(self) -> tuple[GridCell, ...]:
        """The cells of the row, a merged one only once."""
        return tuple(dict.fromkeys(self.cells))

    @property
    def is_blank(self) -> bool:
        """True when no cell says anything."""
        return not any(cell.text for cell in self.cells)

    @property
    def is_one_cell(self) -> bool:
        """True for a title or section row, merged over all columns."""
        spoken = [cell for cell in self.own if cell.text]
        return len(spoken) == 1 and self.cells.count(spoken[0]) > max(2, len(self.cells) // 2)

    @property
    def line(self) -> str:
        """The texts of the row in one line."""
        return "    ".join(cell.text for cell in self.own if cell.text)


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet, or a table of a document with the lines above it."""

    sheet: str
    rows: tuple[GridRow, ...]
    above: tuple[str, ...] = ()
    is_cut: bool = False
    """More rows than we read."""

    def ref(self, row: GridRow, cell: GridCell | None = None) -> CellRef:
        """Say where a cell, or the row, stands."""
        return CellRef(self.sheet, row.number, cell.address if cell else "")

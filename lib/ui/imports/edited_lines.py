"""Lines of a file with cells typed over, until they are saved: by line, whatever page or order shows them."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class EditedLine:
    """The cells of a line as they are staged, and those typed over, by the place of their column."""

    cells: tuple[str, ...]
    typed: dict[int, str] = field(default_factory=dict)

    def get_cell_text(self, place: int) -> str:
        """The cell as it was typed, else as it is staged; "" beyond the end of a short line."""
        stored = self.cells[place] if place < len(self.cells) else ""
        return self.typed.get(place, stored)

    def list_cell_texts(self) -> tuple[str, ...]:
        """All cells, filled up to the last one that was typed."""
        count = max(len(self.cells), *(place + 1 for place in self.typed)) if self.typed else len(self.cells)
        return tuple(self.get_cell_text(place) for place in range(count))


EditedLines = dict[int, EditedLine]


def note_typed_cell(edited: EditedLines, line: int, cells: Sequence[str], place: int, text: str) -> None:
    """Note what was typed into a cell; forget it where the cell is as it was."""
    each = edited.setdefault(line, EditedLine(cells=tuple(cells)))
    each.typed.pop(place, None)
    if text != each.get_cell_text(place):
        each.typed[place] = text
    if not each.typed:
        del edited[line]

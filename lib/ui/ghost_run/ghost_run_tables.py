"""A ghost run as tables: by slide, and customers by slides. Pure."""

from collections import Counter
from statistics import median

import pandas as pd

from lib.content.model import Cell, Column, ColumnKind, Table
from lib.ghost_runs.model import GhostCell, GhostRow, GhostRun
from lib.text.format import format_count, join_names
from lib.text.truncate import single_line
from lib.ui.widget_values import number_duplicate_labels

TOKENS_NOTE = "tokens are an estimate: about 4 characters each, of a first question in the chat of the slide"
MOST_NAMED = 3


def build_slide_table(run: GhostRun) -> Table:
    """A row for each slide: for how many customers something is missing on it, and what most often."""
    columns = (
        Column(key="slide", label="Slide"),
        Column(key="ok", label="Complete", kind=ColumnKind.NUMBER),
        Column(key="data", label="Missing data", kind=ColumnKind.NUMBER),
        Column(key="unfilled", label="Unfilled placeholders", kind=ColumnKind.NUMBER),
        Column(key="branches", label="Dead branches", kind=ColumnKind.NUMBER),
        Column(key="left_out", label="Left out", kind=ColumnKind.NUMBER),
        Column(key="errors", label="Errors", kind=ColumnKind.NUMBER),
        Column(key="most", label="Most often missing"),
        Column(key="tokens", label="Chat tokens, median", kind=ColumnKind.NUMBER),
    )
    rows = (
        _build_slide_row(f"{place + 1}. {slide.short}", [row.cells[place] for row in run.rows])
        for place, slide in enumerate(run.workflow.slides)
    )
    return Table(
        title="By slide",
        columns=columns,
        rows=tuple(rows),
        source=f"{format_count(len(run.rows), 'customer')}, composed now; nothing was saved; {TOKENS_NOTE}",
    )


def _build_slide_row(name: str, cells: list[GhostCell]) -> dict[str, Cell]:
    missing = Counter(name for cell in cells for name in (*cell.missing_data, *cell.unfilled, *cell.dead_branches))
    most = ", ".join(f"{single_line(name, max_length=60)} ({count})" for name, count in missing.most_common(MOST_NAMED))
    shown = [cell for cell in cells if cell.left_out is None]
    return {
        "slide": name,
        "ok": sum(cell.problem_count == 0 for cell in shown),
        "data": sum(bool(cell.missing_data) for cell in shown),
        "unfilled": sum(bool(cell.unfilled) for cell in shown),
        "branches": sum(bool(cell.dead_branches) for cell in shown),
        "left_out": len(cells) - len(shown),
        "errors": sum(cell.broken for cell in shown),
        "most": most or "nothing",
        "tokens": round(median(cell.tokens for cell in shown)) if shown else 0,
    }


def build_customer_frame(run: GhostRun, rows: tuple[GhostRow, ...]) -> pd.DataFrame:
    """Customers by slides, each cell a word or two. Columns are named like the slides, customers numbered if alike."""
    names = list(number_duplicate_labels([single_line(row.customer_name) for row in rows]))
    titles = number_duplicate_labels([slide.short for slide in run.workflow.slides])
    columns: dict[str, list[str]] = {"Customer": names}
    for place, title in enumerate(titles):
        columns[title] = [row.cells[place].summary for row in rows]
    return pd.DataFrame(columns)


def describe_ghost_cell(cell: GhostCell) -> tuple[str, ...]:
    """What is missing on a slide for a customer, a sentence each; nothing when it is complete."""
    parts = (
        ("No data for", cell.missing_data),
        ("Placeholders without a value:", cell.unfilled),
        ("Chat branches that cannot be filled in:", cell.dead_branches),
    )
    found = tuple(f"{lead} {join_names(names)}." for lead, names in parts if names)
    left_out = (f"Left out because {cell.left_out}.",) if cell.left_out is not None else ()
    broken = ("A part of it could not be prepared.",) if cell.broken else ()
    return (*left_out, *broken, *found)

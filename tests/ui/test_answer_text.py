"""Answers as people read them: where a run cannot be changed, beside another version, and handed over."""

from lib.content.model import ColumnKind
from lib.forms.model import EditableColumn, Field, FieldKind
from lib.ui.answer_text import format_answer

GOALS = Field(
    key="goals",
    label="Goals",
    kind=FieldKind.ROWS,
    columns=(
        EditableColumn(key="goal", label="Goal"),
        EditableColumn(key="due", label="Due", kind=ColumnKind.DATE),
        EditableColumn(key="price", label="Price", kind=ColumnKind.MONEY),
        EditableColumn(key="discount", label="Discount", kind=ColumnKind.PERCENT),
    ),
)


def test_cells_of_an_answered_table_read_as_their_columns_do() -> None:
    row = {"goal": "Shorter meetings", "due": "2026-07-24", "price": 1250.5, "discount": 15, "owner": None}
    assert format_answer(GOALS, [row]).replace("\\", "") == "Shorter meetings, 24 Jul 2026, $1,250.50, 15%"


def test_a_day_nobody_can_read_stays_as_it_was_typed() -> None:
    assert format_answer(GOALS, [{"goal": "Later", "due": "in spring"}]) == "Later, in spring"


def test_a_cell_of_another_type_is_text() -> None:
    assert format_answer(GOALS, [{"goal": ["a"], "due": 5}]).replace("\\", "") == "['a'], 5"

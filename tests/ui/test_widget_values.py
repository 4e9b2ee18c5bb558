from datetime import date, time
from decimal import Decimal

import pytest

from lib.content.model import ColumnKind
from lib.forms.model import EditableColumn, Field, FieldKind
from lib.forms.number_answers import is_number_kind, read_number_answer
from lib.ui.widget_values import (
    apply_row_edits,
    json_to_widget_value,
    number_duplicate_labels,
    rows_to_frame,
    widget_value_to_json,
)

COLUMNS = (
    EditableColumn(key="item", label="Item"),
    EditableColumn(key="seats", label="Seats", kind=ColumnKind.NUMBER),
    EditableColumn(key="due", label="Due", kind=ColumnKind.DATE),
)
KEPT = {
    FieldKind.TEXT: ("Anna", "Anna"),
    FieldKind.LONG_TEXT: ("Two\nlines", "Two\nlines"),
    FieldKind.CHOICE: ("renewed", "renewed"),
    FieldKind.MULTI: (["a", "b"], ["a", "b"]),
    FieldKind.WHOLE: (1200, "1.200"),
    FieldKind.DECIMAL: (Decimal("12.5"), "12,5"),
    FieldKind.MONEY: (Decimal("12.5"), "12,50"),
    FieldKind.PERCENT: (Decimal("7.25"), "7,25"),
    FieldKind.YES_NO: (False, False),
    FieldKind.DATE: ("2026-11-23", date(2026, 11, 23)),
    FieldKind.TIME: ("10:07", time(10, 7)),
    FieldKind.ROWS: ([{"item": "Core"}], [{"item": "Core"}]),
}
GERMAN = "de-DE"
BLANK = {FieldKind.TEXT: "", FieldKind.LONG_TEXT: "", FieldKind.MULTI: [], FieldKind.ROWS: []}


def field(kind: FieldKind) -> Field:
    return Field(key="x", label="X", kind=kind, columns=COLUMNS)


def read_back(asked: Field, shown: object) -> object:
    if is_number_kind(asked.kind):
        return read_number_answer(shown, asked, GERMAN, {})
    return widget_value_to_json(shown)


def read_cell(column: EditableColumn, text: str, row: dict[str, object]) -> object:
    return read_number_answer(text, column, GERMAN, row)


@pytest.mark.parametrize("kind", FieldKind)
def test_every_kind_of_answer_survives_the_way_into_a_widget_and_back(kind):
    kept, shown = KEPT[kind]
    assert json_to_widget_value(field(kind), kept, GERMAN) == shown
    assert read_back(field(kind), shown) == kept


@pytest.mark.parametrize("kind", FieldKind)
@pytest.mark.parametrize("garbage", [None, {"a": 1}, "2026-99-99", [], [{}], -1, float("nan"), "x" * 10])
def test_what_a_widget_cannot_hold_is_an_empty_widget(kind, garbage):
    shows_text = kind in (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.CHOICE) or is_number_kind(kind)
    expected = "" if is_number_kind(kind) else BLANK.get(kind)
    if shows_text and isinstance(garbage, str):
        expected = garbage
    elif is_number_kind(kind) and garbage == -1:
        expected = "-1,00" if kind is FieldKind.MONEY else "-1"
    assert json_to_widget_value(field(kind), garbage, GERMAN) == expected


@pytest.mark.parametrize("kind", FieldKind)
def test_unanswered_is_null(kind):
    assert read_back(field(kind), json_to_widget_value(field(kind), None, GERMAN)) is None


def test_rows_are_edited_deleted_and_added_in_their_places():
    rows = [{"item": "A", "seats": 1, "extra": "kept"}, {"item": "B", "seats": 2}, {"item": "C", "seats": 3}]
    changes = {
        "edited_rows": {0: {"seats": "9.000"}, "2": {"due": "2026-12-24T00:00:00.000Z"}},
        "deleted_rows": [1],
        "added_rows": [{"item": "D", "unknown": 1, "seats": "nine"}],
    }
    assert apply_row_edits(COLUMNS, rows, changes, read_cell) == [
        {"item": "A", "seats": 9000, "extra": "kept"},
        {"item": "C", "seats": 3, "due": "2026-12-24"},
        {"item": "D", "seats": "nine"},
    ]


def test_no_rows_still_have_typed_columns():
    frame = rows_to_frame(COLUMNS, [], GERMAN)
    assert [str(kind) for kind in frame.dtypes] == ["string", "string", "datetime64[s]"]


def test_odd_cells_do_not_stop_the_editor():
    frame = rows_to_frame(COLUMNS, [{"item": 5, "seats": "many", "due": "never"}, {"due": "9999-12-31"}], GERMAN)
    assert frame["item"][0] == "5"
    assert frame["seats"][0] == "many"
    assert frame["seats"].isna()[1]
    assert frame["due"].isna()[0]


def test_duplicate_labels_are_numbered():
    assert list(number_duplicate_labels(["Ana, CFO", "Bo", "Ana, CFO"])) == ["Ana, CFO", "Bo", "Ana, CFO (2)"]

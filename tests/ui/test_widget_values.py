from datetime import date, time

import pytest

from lib.content.model import Column, ColumnKind
from lib.forms.model import Field, FieldKind
from lib.ui.widget_values import (
    apply_row_edits,
    json_to_widget_value,
    number_duplicate_labels,
    rows_to_frame,
    widget_value_to_json,
)

COLUMNS = (
    Column(key="item", label="Item"),
    Column(key="seats", label="Seats", kind=ColumnKind.NUMBER),
    Column(key="due", label="Due", kind=ColumnKind.DATE),
)
KEPT = {
    FieldKind.TEXT: ("Anna", "Anna"),
    FieldKind.LONG_TEXT: ("Two\nlines", "Two\nlines"),
    FieldKind.CHOICE: ("renewed", "renewed"),
    FieldKind.MULTI: (["a", "b"], ["a", "b"]),
    FieldKind.WHOLE: (30, 30),
    FieldKind.MONEY: (12.5, 12.5),
    FieldKind.PERCENT: (7.0, 7.0),
    FieldKind.YES_NO: (False, False),
    FieldKind.DATE: ("2026-11-23", date(2026, 11, 23)),
    FieldKind.TIME: ("10:07", time(10, 7)),
    FieldKind.ROWS: ([{"item": "Core"}], [{"item": "Core"}]),
}
BLANK = {FieldKind.TEXT: "", FieldKind.LONG_TEXT: "", FieldKind.MULTI: [], FieldKind.ROWS: []}


def field(kind: FieldKind) -> Field:
    return Field(key="x", label="X", kind=kind, columns=COLUMNS)


@pytest.mark.parametrize("kind", FieldKind)
def test_every_kind_of_answer_survives_the_way_into_a_widget_and_back(kind):
    kept, shown = KEPT[kind]
    assert json_to_widget_value(field(kind), kept) == shown
    assert widget_value_to_json(field(kind), shown) == kept


@pytest.mark.parametrize("kind", FieldKind)
@pytest.mark.parametrize("garbage", [None, {"a": 1}, "2026-99-99", [], [{}], -1, float("nan"), "x" * 10])
def test_what_a_widget_cannot_hold_is_an_empty_widget(kind, garbage):
    shown = json_to_widget_value(field(kind), garbage)
    assert shown == garbage or shown == BLANK.get(kind) or isinstance(shown, list | float | int)


@pytest.mark.parametrize("kind", FieldKind)
def test_unanswered_is_null(kind):
    assert widget_value_to_json(field(kind), json_to_widget_value(field(kind), None)) is None


def test_rows_are_edited_deleted_and_added_in_their_places():
    rows = [{"item": "A", "seats": 1, "extra": "kept"}, {"item": "B", "seats": 2}, {"item": "C", "seats": 3}]
    changes = {
        "edited_rows": {0: {"seats": 9.0}, "2": {"due": "2026-12-24T00:00:00.000Z"}},
        "deleted_rows": [1],
        "added_rows": [{"item": "D", "unknown": 1}],
    }
    assert apply_row_edits(COLUMNS, rows, changes) == [
        {"item": "A", "seats": 9, "extra": "kept"},
        {"item": "C", "seats": 3, "due": "2026-12-24"},
        {"item": "D"},
    ]


def test_no_rows_still_have_typed_columns():
    frame = rows_to_frame(COLUMNS, [])
    assert [str(kind) for kind in frame.dtypes] == ["string", "Float64", "datetime64[s]"]


def test_odd_cells_do_not_stop_the_editor():
    frame = rows_to_frame(COLUMNS, [{"item": 5, "seats": "many", "due": "never"}, {"due": "9999-12-31"}])
    assert frame["item"][0] == "5"
    assert frame["seats"].isna().all()
    assert frame["due"].isna()[0]


def test_duplicate_labels_are_numbered():
    assert list(number_duplicate_labels(["Ana, CFO", "Bo", "Ana, CFO"])) == ["Ana, CFO", "Bo", "Ana, CFO (2)"]

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.content.model import ColumnKind
from lib.forms.answer_validation import build_initial_answers, clean_answers, validate_answers
from lib.forms.model import EditableColumn, Field, FieldKind, Form, Option
from tests.slides.malformed_answers import MALFORMED_ANSWERS

AB = (Option(value="a", label="A"), Option(value="b", label="B"))
COLUMNS = (
    EditableColumn(key="item", label="Item", required=True),
    EditableColumn(key="seats", label="Seats", kind=ColumnKind.NUMBER, minimum=1, maximum=10),
    EditableColumn(key="by", label="By", kind=ColumnKind.DATE),
)
KEPT: dict[FieldKind, tuple[Any, ...]] = {
    FieldKind.TEXT: ("Zoë",),
    FieldKind.LONG_TEXT: ("one\ntwo",),
    FieldKind.CHOICE: ("a",),
    FieldKind.MULTI: (["a", "b"],),
    FieldKind.WHOLE: (3, 3.0, -1),
    FieldKind.DECIMAL: (12.5, -3),
    FieldKind.MONEY: (12.5, 0),
    FieldKind.PERCENT: (0, 99.9, 100),
    FieldKind.YES_NO: (True, False),
    FieldKind.DATE: ("2027-01-31",),
    FieldKind.TIME: ("09:30",),
    FieldKind.ROWS: ([{"item": "x", "seats": 2, "by": None}],),
}
WRONG: dict[FieldKind, tuple[Any, ...]] = {
    FieldKind.TEXT: (3, True, ["x"], "x" * 501),
    FieldKind.LONG_TEXT: (3, "x" * 200_001),
    FieldKind.CHOICE: ("c", 3, ["a"]),
    FieldKind.MULTI: (["a", "c"], "a", [1]),
    FieldKind.WHOLE: (3.5, "3", True, float("nan")),
    FieldKind.DECIMAL: ("12", True, float("inf")),
    FieldKind.MONEY: ("12", True, float("inf"), 1e300),
    FieldKind.PERCENT: (-1, 101, "5"),
    FieldKind.YES_NO: ("yes", 1),
    FieldKind.DATE: ("31.01.2027", "2027-02-30", "20270131", "2027-W01-1", 5),
    FieldKind.TIME: ("9:30", "25:00", 930, "09:30:00"),
    FieldKind.ROWS: (
        "x",
        [1],
        [{"seats": 2}],
        [{"item": "x", "seats": 0}],
        [{"item": "x", "seats": "2"}],
        [{"item": "x", "by": "soon"}],
        [{"item": "x"}] * 101,
    ),
}


def form_of(kind: FieldKind, **given: Any) -> Form:
    options = AB if kind in (FieldKind.CHOICE, FieldKind.MULTI) else ()
    columns = COLUMNS if kind is FieldKind.ROWS else ()
    field = Field(key="it", label="It", kind=kind, options=options, columns=columns, **given)
    return Form(title="Form", fields=(field,))


@pytest.mark.parametrize("kind", FieldKind)
def test_valid_answer_of_each_kind_is_no_error(kind: FieldKind) -> None:
    assert [validate_answers(form_of(kind), {"it": value}) for value in KEPT[kind]] == [()] * len(KEPT[kind])


@pytest.mark.parametrize("kind", FieldKind)
def test_invalid_answer_of_each_kind_is_an_error_in_a_sentence(kind: FieldKind) -> None:
    for value in WRONG[kind]:
        faults = validate_answers(form_of(kind), {"it": value})
        assert faults, value
        assert all("“It”" in fault and fault.endswith(".") for fault in faults)


@pytest.mark.parametrize("kind", FieldKind)
@pytest.mark.parametrize("blank", [None, "", "  \n", "\u200b", [], [{}], [{"item": " ", "seats": None}]], ids=repr)
def test_blank_is_no_answer(kind: FieldKind, blank: Any) -> None:
    assert validate_answers(form_of(kind), {"it": blank}) == ()
    assert validate_answers(form_of(kind, required=True), {"it": blank}) == ("“It” needs an answer.",)
    assert validate_answers(form_of(kind, required=True), {"it": blank}, draft=True) == ()
    assert clean_answers(form_of(kind), {"it": blank}) == {"it": None}


@pytest.mark.parametrize("answer", [0, False])
def test_zero_and_no_are_answers(answer: Any) -> None:
    kind = FieldKind.YES_NO if answer is False else FieldKind.MONEY
    assert not validate_answers(form_of(kind, required=True), {"it": answer})


def test_answer_may_be_required_by_another() -> None:
    form = Form(
        title="Form",
        fields=(
            Field(key="code", label="Code", kind=FieldKind.CHOICE, options=AB, required=True),
            Field(
                key="why", label="Why", kind=FieldKind.TEXT, required_when=lambda answers: answers.get("code") == "b"
            ),
        ),
    )
    assert validate_answers(form, {"code": "a"}) == ()
    assert validate_answers(form, {"code": "b"}) == ("“Why” needs an answer.",)
    assert validate_answers(form, {}) == ("“Code” needs an answer.",)


def test_all_errors_are_named_at_once_and_unknown_keys_are_ignored() -> None:
    fields = (
        *form_of(FieldKind.WHOLE, minimum=1).fields,
        Field(key="day", label="Day", kind=FieldKind.DATE, required=True),
    )
    faults = validate_answers(Form(title="Form", fields=fields), {"it": 0, "gone": object()})
    assert faults == ("“It” is below 1.", "“Day” needs an answer.")


def test_error_in_a_row_names_the_row() -> None:
    rows = [{"item": "x", "seats": 2}, {}, {"item": None, "seats": 11}]
    assert validate_answers(form_of(FieldKind.ROWS), {"it": rows}) == (
        "“It”, row 2, item: needs an answer.",
        "“It”, row 2, seats: is above 10.",
    )


def test_initial_answer_is_the_stored_one_over_the_default() -> None:
    form = form_of(FieldKind.CHOICE, default="a")
    assert build_initial_answers(form, {}) == {"it": "a"}
    assert build_initial_answers(form, {"it": "b"}) == {"it": "b"}
    assert build_initial_answers(form, {"it": None}) == {"it": None}


def test_stored_answer_no_widget_can_show_is_replaced_by_the_default() -> None:
    assert build_initial_answers(form_of(FieldKind.CHOICE, default="a"), {"it": "gone"}) == {"it": "a"}
    assert build_initial_answers(form_of(FieldKind.DATE, default="2027-01-01"), {"it": 5}) == {"it": "2027-01-01"}
    assert build_initial_answers(form_of(FieldKind.WHOLE, maximum=5), {"it": 9}) == {"it": 9}


def test_cleaned_answers_have_no_blanks_or_invisible_characters() -> None:
    assert clean_answers(form_of(FieldKind.TEXT), {"it": " Zoë\u202e ", "other": 1}) == {"it": "Zoë"}
    rows = [{"item": "x", "seats": 1, "more": 2}, {"item": "", "seats": None}]
    assert clean_answers(form_of(FieldKind.ROWS), {"it": rows}) == {"it": [{"item": "x", "seats": 1, "by": None}]}


@pytest.mark.parametrize("kind", FieldKind)
@pytest.mark.parametrize("garbage", MALFORMED_ANSWERS, ids=lambda value: repr(value)[:30])
def test_malformed_answers_break_no_form(kind: FieldKind, garbage: Any) -> None:
    form = form_of(kind, required=True, minimum=0, maximum=9)
    answers = {"it": garbage}
    assert isinstance(validate_answers(form, answers), tuple)
    assert set(build_initial_answers(form, answers)) == set(clean_answers(form, answers)) == {"it"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["item", "seats", "by", "x"]), inner),
    max_leaves=8,
)


@given(kind=st.sampled_from(FieldKind), value=JSON)
def test_any_json_validates_the_same_after_cleaning(kind: FieldKind, value: Any) -> None:
    form = form_of(kind)
    faults = validate_answers(form, {"it": value})
    if not faults:
        assert validate_answers(form, clean_answers(form, {"it": value})) == ()

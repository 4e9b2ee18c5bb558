from typing import Any

import pytest

from lib.actions.company_action_steps import CompanyActionSpec, FollowUpStep, SetFieldStep
from lib.actions.company_action_validation import CompanyActionContent
from lib.actions.handlers.snooze import NoteMentions
from lib.chat.tools.record_tools import SearchNotesParameters
from lib.chat.tools.side_effect_tools import _build_save_answer_type
from lib.content.model import ColumnKind
from lib.forms.answer_validation import build_initial_answers, clean_answers
from lib.forms.model import EditableColumn, Field, FieldKind, Form
from lib.forms.schema_errors import ValidationFailed, parse_schema_values

LINES = " one \r\n\n two\u2028three "
FORM = Form(
    title="",
    fields=(
        Field(key="text", label="Text", kind=FieldKind.TEXT),
        Field(key="long", label="Long", kind=FieldKind.LONG_TEXT),
        Field(
            key="rows",
            label="Rows",
            kind=FieldKind.ROWS,
            columns=(EditableColumn(key="a", label="A"), EditableColumn(key="n", label="N", kind=ColumnKind.NUMBER)),
        ),
    ),
)


def test_an_answer_of_one_line_holds_one_line() -> None:
    answers = clean_answers(FORM, {"text": LINES, "long": "a\nb", "rows": [{"a": LINES, "n": 1}]})
    assert answers == {"text": "one two three", "long": "a\nb", "rows": [{"a": "one two three", "n": 1}]}


def test_blanks_within_a_line_stay_as_typed() -> None:
    assert clean_answers(FORM, {"text": "a  b"})["text"] == "a  b"


def test_a_stored_answer_with_line_breaks_is_shown_on_one_line() -> None:
    assert build_initial_answers(FORM, {"text": "a\nb", "long": "a\nb"}) == {
        "text": "a b",
        "long": "a\nb",
        "rows": None,
    }


@pytest.mark.parametrize(
    ("schema", "field", "others"),
    [
        (CompanyActionContent, "name", {}),
        (FollowUpStep, "title", {"in_days": 1}),
        (NoteMentions, "value", {}),
        (SetFieldStep, "value", {"field": "competitor"}),
        (CompanyActionSpec, "question", {"steps": [{"do": "add_note", "body": "{words}"}]}),
    ],
)
def test_a_field_of_one_line_takes_no_line_breaks_from_a_model(schema: Any, field: str, others: dict[str, Any]) -> None:
    assert getattr(schema.model_validate({field: LINES, **others}), field) == "one two three"


def test_the_summary_of_a_customer_keeps_its_lines() -> None:
    assert SetFieldStep(field="summary", value="a\nb").value == "a\nb"


def test_an_answer_that_a_model_suggests_is_on_one_line_before_it_is_approved() -> None:
    suggestion = _build_save_answer_type(FORM.fields)
    assert suggestion.model_validate({"field": "text", "value": LINES}).value == "one two three"
    assert suggestion.model_validate({"field": "long", "value": "a\nb"}).value == "a\nb"


def test_a_search_that_a_model_asks_for_is_on_one_line() -> None:
    assert SearchNotesParameters.model_validate({"query": LINES}).query == "one two three"


def test_a_line_that_is_too_long_or_blank_is_named_as_such() -> None:
    for name, sentence in (("x" * 401, "“Task” is longer than 400 characters."), (" \n ", "“Task” needs an answer.")):
        with pytest.raises(ValidationFailed) as refused:
            parse_schema_values(FollowUpStep, {"title": name, "in_days": 1})
        assert refused.value.messages == (sentence,)

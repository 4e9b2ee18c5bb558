"""Numbers among answers: exact on the way to JSON and back, text where they are unclear."""

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lib.content.model import ColumnKind
from lib.forms.answer_validation import build_initial_answers, validate_answers
from lib.forms.model import EditableColumn, Field, FieldKind, Form
from lib.forms.number_answers import has_unread_number, list_number_questions, read_number_answer
from lib.text.json_values import to_exact_numbers, to_json_numbers

AMOUNT = Field(key="amount", label="Amount", kind=FieldKind.MONEY, minimum=0, maximum=10**11)
PRICE = EditableColumn(
    key="price", label="List price", kind=ColumnKind.MONEY, usual=lambda row: row.get("listed"), usual_name="list price"
)
LINES = Field(key="lines", label="Lines", kind=FieldKind.ROWS, columns=(PRICE,))


def test_a_typed_number_is_an_exact_answer():
    assert read_number_answer("41.066,50", AMOUNT, "de-DE", {}) == Decimal("41066.50")
    assert read_number_answer("  ", AMOUNT, "de-DE", {}) is None


def test_text_that_is_no_number_stays_the_answer_until_it_is_one():
    answer = read_number_answer("about 5", AMOUNT, "en-US", {})
    assert answer == "about 5"
    form = Form(title="", fields=(AMOUNT,))
    assert build_initial_answers(form, {"amount": answer}) == {"amount": "about 5"}
    assert validate_answers(form, {"amount": answer}) == ("“Amount” must be an amount.",)
    [question] = list_number_questions(AMOUNT, answer, "en-US")
    assert question.message == "“Amount” must be an amount, such as 1,234.50."
    assert question.is_about_text("“Amount” must be an amount.")


def test_an_answer_with_unread_text_among_its_numbers_is_told_apart():
    assert has_unread_number(AMOUNT, "about 5")
    assert has_unread_number(LINES, [{"price": Decimal(1)}, {"price": "1.5.5"}])
    assert not has_unread_number(AMOUNT, Decimal(5))
    assert not has_unread_number(LINES, [{"price": Decimal(1), "item": "text"}, {"price": " "}])


def test_a_price_is_compared_with_that_of_its_own_row():
    rows = [{"listed": Decimal(420), "price": "8,450"}, {"listed": Decimal(8000), "price": Decimal(8450)}]
    [question] = list_number_questions(LINES, rows, "en-US")
    assert question.message.startswith("“Lines”, row 1, list price: is far from the list price of 420.00.")
    assert (question.column_key, question.text, question.readings[-1]) == ("price", "8,450", 8450)
    assert read_number_answer("8,450", PRICE, "en-US", rows[1]) == 8450


def test_a_number_out_of_bounds_is_said_at_once():
    [question] = list_number_questions(AMOUNT, Decimal(-1), "en-US")
    assert question.message == "“Amount” is below 0."


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_a_decimal_is_the_same_after_json(number):
    stored = json.loads(json.dumps(to_json_numbers({"rows": [{"price": number}]})))
    assert to_exact_numbers(stored) == {"rows": [{"price": number}]}

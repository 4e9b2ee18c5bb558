"""Arguments of a tool call that waits for approval, as they are edited."""

import pytest

from lib.chat.tools.side_effect_tools import ProposalField
from lib.errors import InvalidInput
from lib.forms.model import Field, FieldKind
from lib.ui.chat import approval_card
from lib.ui.chat.approval_card import parse_tool_argument, to_argument_widget_value

AMOUNT = Field(key="amount", label="Amount", kind=FieldKind.MONEY, minimum=0)


@pytest.fixture(params=["de-DE"], autouse=True)
def locale(request, monkeypatch) -> None:
    monkeypatch.setattr(approval_card, "get_number_locale", lambda: request.param)


def proposed(value: object) -> ProposalField:
    return ProposalField(key="value", label="Amount", value=value, form_field=AMOUNT)


def test_a_number_is_edited_as_the_person_writes_numbers():
    assert to_argument_widget_value(proposed(41066.5)) == "41.066,50"
    assert parse_tool_argument(proposed(41066.5), "41.066,50") == 41066.5
    assert parse_tool_argument(proposed(41066.5), "84,50") == 84.5
    assert parse_tool_argument(proposed(41066.5), "1.234") == 1234


@pytest.mark.parametrize("typed", ["1,234", "-5", "about 5", "[1]"])
def test_an_unclear_number_is_asked_about_and_not_approved(typed):
    with pytest.raises(InvalidInput):
        parse_tool_argument(proposed(1), typed)


def test_what_is_no_number_is_edited_as_before():
    text = ProposalField(key="value", label="Why", value="Because", form_field=None)
    assert to_argument_widget_value(text) == "Because"
    assert parse_tool_argument(text, "1,234") == "1,234"
    rows = ProposalField(key="value", label="Lines", value=[{"a": 1}], form_field=None)
    assert parse_tool_argument(rows, '[{"a": 2}]') == [{"a": 2}]

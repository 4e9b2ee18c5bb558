"""What the database judges by a code has its words."""

import json
from typing import Any, get_args

import pytest

from lib.forecasts.forecast_call_evidence import (
    CATEGORY_RULES,
    EVIDENCE_RULES,
    REASON_QUESTIONS,
    UNMET_WORDS,
    describe_recorded_evidence,
)
from lib.forecasts.forecast_moves import CALL_LABELS, CAUSE_LABELS, CAUSE_RULES, ForecastCall
from lib.forecasts.model import STATE_LABELS, CallCategory, Evidence, ForecastState
from tests.database.factories import fetch_value

NOTHING: dict[str, Any] = {"today": "2026-11-30", "open_p1": 1, "has_price": False, "band": "red"}


@pytest.mark.parametrize("category", CallCategory)
def test_the_evidence_of_a_category_is_that_the_database_asks_for(sql, category):
    unmet = fetch_value(sql, "select private.unmet_evidence(%s, %s)", category.value, json.dumps(NOTHING))
    assert unmet == list(EVIDENCE_RULES[category])
    assert set(unmet) <= UNMET_WORDS.keys()


def test_every_rule_of_evidence_says_what_the_records_show():
    evidence = Evidence(
        today="2026-11-30", buyer_contact_on=None, supporter_contact_on=None, has_price=False, open_p1=0, band=None
    )  # type: ignore[arg-type]
    assert all(describe_recorded_evidence(code, evidence) for code in UNMET_WORDS)


def test_every_category_state_call_and_cause_has_its_words():
    assert CATEGORY_RULES.keys() == REASON_QUESTIONS.keys() == EVIDENCE_RULES.keys() == set(CallCategory)
    assert STATE_LABELS.keys() == set(get_args(ForecastState))
    assert CALL_LABELS.keys() == set(ForecastCall)
    assert CAUSE_LABELS.keys() == CAUSE_RULES.keys()

"""The codes in the parameters of actions are those of the reference tables."""

from lib.actions.handlers.escalate import RESPONSE_DAYS, SEVERITY_LABELS
from lib.actions.handlers.skip import SKIP_REASON_LABELS, SkipReason
from tests.support.company_rules import STOCK_RULES


def test_severities_have_the_labels_and_days_of_the_database():
    assert {each.code: (each.label, each.response_days) for each in STOCK_RULES.severities} == {
        severity.value: (label, RESPONSE_DAYS[severity]) for severity, label in SEVERITY_LABELS.items()
    }


def test_skip_reasons_have_the_labels_of_the_database_and_only_other_needs_words():
    assert {each.code: each.label for each in STOCK_RULES.skip_reasons} == {
        reason.value: label for reason, label in SKIP_REASON_LABELS.items()
    }
    assert [each.code for each in STOCK_RULES.skip_reasons if each.needs_words] == [SkipReason.OTHER]

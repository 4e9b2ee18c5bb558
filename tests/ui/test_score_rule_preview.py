from dataclasses import replace

from lib.companies.score_rules import BackTest, RulePreview, ScoreKind
from lib.ui.settings.score_rule_preview import describe_back_test

PREVIEW = RulePreview(
    customer_count=52,
    changed_count=0,
    changed=(),
    bands_before={},
    bands_after={},
    days_ahead=60,
    back_test_before=BackTest(n=19, losses=9, flagged_losses=5, false_alarms=1),
    back_test_after=BackTest(n=19, losses=9, flagged_losses=6, false_alarms=4),
)


def test_a_back_test_names_both_rules_and_warns_of_a_small_sample():
    assert describe_back_test(ScoreKind.HEALTH, PREVIEW) == (
        "These rules would have flagged (red) 6 of 9 losses, with 4 false alarms, 60 days ahead; the current rules "
        "5 of 9 losses, with 1 false alarm. That is from 19 closed renewals only: too few to rely on."
    )


def test_twenty_closed_renewals_are_enough():
    enough = replace(PREVIEW, back_test_after=replace(PREVIEW.back_test_after, n=20))
    assert describe_back_test(ScoreKind.PRIORITY, enough).endswith(" From 20 closed renewals.")


def test_without_closed_renewals_there_is_nothing_to_say():
    none = replace(PREVIEW, back_test_after=BackTest(n=0, losses=0, flagged_losses=0, false_alarms=0))
    assert describe_back_test(ScoreKind.HEALTH, none).startswith("There are no closed renewals")

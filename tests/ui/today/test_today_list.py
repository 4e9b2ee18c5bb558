import re
from datetime import timedelta
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from lib.customers.stuck_run_reasons import StuckReason, StuckState
from lib.customers.today_items import PriceToApprove, TodayItemKind, Urgency
from lib.ui.today.item_html import build_item_html, build_score_html
from tests.pages.assertions import page_text, read_html
from tests.ui.today.dashboards import TODAY, make_escalation, make_follow_up, make_item, make_open_run


def test_a_broken_item_leaves_the_others_standing(caplog):
    def script():
        from typing import Any, cast

        from lib.ui.today.today_list import draw_today_list
        from tests.ui.today.dashboards import make_dashboard, make_item

        class Role:
            leads_team = False

        class Person:
            role, time_zone = Role(), "UTC"

        class Services:
            person, executions = Person(), None

        items = tuple(
            make_item(key=name, customer_id=name, customer_name=name, health_band=band)
            for name, band in (("Harbour", "green"), ("Kiln", "purple"), ("Pike", "red"))
        )
        draw_today_list(make_dashboard(items=items), cast(Any, Services()))

    page = AppTest.from_function(script, default_timeout=20).run()
    seen = page_text(page)
    assert "Harbour" in seen
    assert "Pike" in seen
    assert "Something went wrong here." in seen
    assert [button.label for button in page.button] == ["Open", "Open"]
    caplog.clear()


def item_text(**given) -> str:
    return read_html(build_item_html(make_item(**given), TODAY, "UTC", show_owner=False))


def test_health_and_priority_are_named():
    seen = item_text()
    assert "Health 62 · needs attention" in seen
    assert "Priority 78 of 100" in seen


def test_the_reasons_say_by_which_version_of_the_rules_they_are():
    assert "of 100, by rule version 3" in read_html(build_score_html(make_item(rule_version=3)))
    assert "by rule version" not in read_html(build_score_html(make_item()))


def test_an_escalation_says_who_asks_what_and_until_when():
    seen = item_text(kind=TodayItemKind.ESCALATION, urgency=Urgency.ESCALATED, escalation=make_escalation())
    for part in ("Escalated to you by Alice Moreau", "May we?", "Critical. First answer"):
        assert part in seen


def test_a_decision_stands_above_what_was_asked():
    decided = make_escalation(decision="Yes, 15%.", is_over=True, to_me=False)
    seen = item_text(kind=TodayItemKind.HAND_BACK, urgency=Urgency.HANDED_BACK, escalation=decided)
    assert seen.index("Handed back by Carol Adeyemi") < seen.index("Yes, 15%.") < seen.index("You asked: May we?")


def test_an_overdue_run_says_since_when_and_where_it_stands():
    late = make_open_run(due_on=TODAY - timedelta(days=60))
    seen = item_text(kind=TodayItemKind.RUN, urgency=Urgency.OVERDUE, run=late, execution_id="e1")
    assert "Overdue by 60 days" in seen
    assert "2 of 9 slides done" in seen


def test_a_customer_of_a_colleague_has_no_score_and_no_health():
    seen = item_text(kind=TodayItemKind.FOLLOW_UP, urgency=Urgency.DUE_TODAY, follow_up=make_follow_up(), score=None)
    assert "Send the offer" in seen
    assert "Priority" not in seen
    assert "Health" not in seen


@pytest.mark.parametrize(
    ("given", "days", "dates"),
    [
        ({}, 1, 1),
        ({"urgency": Urgency.DUE_TODAY, "notice_deadline": TODAY, "days_to_notice": 0}, 1, 0),
        ({"kind": TodayItemKind.RUN, "urgency": Urgency.OVERDUE, "run": "late"}, 1, 1),
        ({"kind": TodayItemKind.RUN, "run": "late"}, 1, 1),
    ],
)
def test_the_notice_deadline_is_said_once(given, days, dates):
    """In days once, and the date once: as why it cannot wait, as the strongest reason, or among the figures."""
    passed = TODAY - timedelta(days=4)
    if given.get("run"):
        run = make_open_run(due_on=passed)
        given = given | {"run": run, "execution_id": "e1", "notice_deadline": passed, "days_to_notice": -4}
    seen = item_text(**given)
    said = re.findall(r"[Dd]eadline (?:is )?(?:today|in \d+ days?)|passed \d+ days? ago|Overdue by \d+ days?", seen)
    assert len(said) == days
    assert len(re.findall(r"\d+ (?:Jan|Feb) 2027", seen)) == dates


def test_a_leaders_items_say_what_to_decide_or_whom_to_ask():
    price = PriceToApprove(
        id="p1", execution_id="e1", customer_id="c1", customer_name="Obsidian Black", requested_by_name="Alice Moreau",
        off_list_percent=Decimal(15), lacks_list_price=False, total=Decimal(42_500), list_total=Decimal(50_000),
    )  # fmt: skip
    seen = item_text(kind=TodayItemKind.PRICE, urgency=Urgency.APPROVAL, price=price)
    assert "Alice Moreau asks for your approval" in seen
    assert "$42,500 a year instead of $50,000" in seen
    stuck = StuckState(
        reason=StuckReason.NO_ANSWER, since=TODAY, worker_name="Alice Moreau", about_name="Carol Adeyemi"
    )
    seen = item_text(kind=TodayItemKind.STUCK, stuck=stuck, run=make_open_run(), execution_id="e1")
    assert "Stuck with Alice Moreau: Carol Adeyemi has not answered the escalation" in seen
    assert "At risk, and nobody has begun. " in item_text(kind=TodayItemKind.RENEWAL)

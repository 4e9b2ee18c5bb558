"""The page of the forecast, as a CSM and as a manager meet it."""

from datetime import date, timedelta

import pytest

from lib.text.format import format_date
from tests.database.factories import fetch_value
from tests.database.forecast_calls import Renewal, give_call, keep_forecast
from tests.database.rpc import call_rpc
from tests.pages.assertions import assert_page_inert, button_labels, find_button, page_html, page_text
from tests.pages.dialogs import dialog_field, fill_dialog, submit_dialog
from tests.pages.factories import INERT
from tests.support.requests import record_requests

PAGE = "team/forecast.py"


@pytest.fixture
def renewal(sql, company):
    today: date = fetch_value(sql, "select private.today()")
    return lambda **given: Renewal(sql, company, today, **given)


@pytest.fixture
def show(open_page, company):
    def open_forecast(member=None, **params):
        return open_page(member or company.manager, PAGE, **params)

    return open_forecast


def test_someone_signed_out_sees_nothing(open_page):
    assert "You are not signed in." in [header.value for header in open_page(None, PAGE).header]


def test_without_renewals_it_says_what_will_be_here(show):
    seen = page_text(show())
    assert "Nothing is due" in seen
    assert "0 renewals" not in seen


def test_a_renewal_stands_with_its_three_calls(show, company, renewal):
    due = renewal(name="Bolt")
    give_call(company.csm, due, "likely", amount=50_000)
    seen = page_text(show())
    assert "1 renewal with $60,000 ARR due; none is decided yet." in seen
    assert "93%, benchmark; none like it yet" in seen
    assert "$55,800" in seen
    assert "Likely · $50,000" in seen
    assert "1 without the manager's call ($60,000)" in seen
    assert "CSM's call lacks evidence: no contact with a supporter within 60 days." in seen


def test_a_decided_renewal_says_what_became_of_it(show, company, renewal):
    renewal(name="Cora", ends_in=0).complete("downgraded", amount=40_000)
    page = show()
    assert "renewed for less" in page_text(page)
    assert "1 decided: $60,000 became $40,000." in page_text(page)
    assert "Make a call" not in button_labels(page)


def test_a_csm_sees_and_calls_their_own_alone(show, company, renewal):
    renewal(name="Mine")
    renewal(name="Theirs", owner=company.other_csm)
    page = show(company.csm)
    assert "Mine" in page_text(page)
    assert "Theirs" not in page_text(page)
    assert button_labels(page).count("Make a call") == 1


def test_a_call_is_given_in_its_dialog(show, company, renewal, sql):
    due = renewal(name="Bolt")
    page = find_button(show(), "Make a call").click().run()
    page = fill_dialog(page, category="commit").run()
    seen = page_text(page)
    assert "Missing: Contact with the economic buyer within 30 days (none on record)" in seen
    assert "On record: No open P1 ticket (none open)" in seen
    page = submit_dialog(fill_dialog(page, reason="Signed on paper.", amount="45,000"))
    assert "Saved your call on Bolt: commit." in page_text(page)
    assert "Commit · $45,000" in page_text(page)
    stored = "select (level, category, amount, reason)::text from public.forecast_calls where contract_id = %s"
    assert fetch_value(sql, stored, due.contract) == '(leader,commit,45000.00,"Signed on paper.")'


def test_a_call_without_its_evidence_asks_for_a_reason(show, renewal):
    renewal(name="Bolt")
    page = fill_dialog(find_button(show(), "Make a call").click().run(), category="commit").run()
    page = submit_dialog(page)
    assert "Say why you expect it without this evidence." in page_text(page)
    assert dialog_field(page, ".category").value == "commit"


def test_a_call_somebody_gave_meanwhile_is_a_conflict_that_loses_nothing(show, company, renewal):
    due = renewal(name="Bolt")
    page = fill_dialog(find_button(show(), "Make a call").click().run(), category="lost").run()
    give_call(company.admin, due, "likely", level="leader")
    page = submit_dialog(fill_dialog(page, reason="Gone."))
    assert any("since you opened it" in error for error in list_errors(page))
    assert dialog_field(page, ".reason").value == "Gone."


def list_errors(page) -> list[str]:
    return [page_text(page), *[each.value for each in page.error]]


def test_earlier_calls_are_read_in_the_dialog(show, company, renewal):
    due = renewal(name="Bolt")
    give_call(company.csm, due, "doubtful", reason="Budget is frozen.")
    seen = page_text(find_button(show(), "Make a call").click().run())
    assert "Calls so far: 1" in seen
    assert "Budget is frozen." in seen
    assert company.csm.full_name in seen


def test_the_address_says_what_is_shown(show, company, renewal):
    renewal(name="Open")
    renewal(name="Done", ends_in=0).complete("renewed", amount=60_000)
    page = show(state="decided", colour="blue")
    seen = page_text(page)
    assert "Done" in seen
    assert "Open" not in [line.split(" · ")[0] for line in seen.splitlines()]
    assert "Part of this link could not be read (colour)" in seen


def test_a_name_means_nothing_to_the_browser(show, renewal):
    renewal(name=INERT)
    assert_page_inert(show())


def test_a_customer_leads_to_its_page(show, renewal):
    due = renewal(name="Bolt")
    assert any(f"/customer?id={due.account.id}" in element.value for element in page_html(show()))


def test_the_page_costs_one_request_and_a_rerun_none(show, renewal):
    renewal()
    with record_requests() as sent:
        page = show()
    assert sent.count("POST /rest/v1/rpc/forecast") == 1
    with record_requests() as sent:
        page.run()
    assert not sent


def test_another_company_is_not_seen(show, renewal, new_company):
    renewal(name="Bolt")
    answer = call_rpc(new_company().admin, "forecast")
    assert answer["rows"] == []


def test_without_a_snapshot_it_says_that_there_is_none_yet(show, renewal):
    renewal()
    seen = page_text(show(show="moves"))
    assert "No snapshot yet" in seen


def test_what_moved_is_told_by_cause_and_opens_its_renewals(show, company, renewal, sql):
    due = renewal(name="Bolt")
    renewal(name="Cora")
    keep_forecast(sql, company)
    due.complete("churned")
    page = show(show="moves")
    seen = page_text(page)
    assert "Computed moved by -\\$55,800 since" in seen
    assert "Lost -$55,800 · 1 renewal" in seen
    assert any(f"/customer?id={due.account.id}" in element.value for element in page_html(page))


def test_a_week_without_a_snapshot_is_named_and_nothing_stands_in_for_it(show, company, renewal, sql):
    renewal()
    today: date = fetch_value(sql, "select private.today()")
    for weeks in (2, 0):
        keep_forecast(sql, company, today - timedelta(weeks=weeks))
    missed = today - timedelta(days=today.weekday() + 7)
    seen = page_text(show(show="moves"))
    assert f"No snapshot in the week of {format_date(missed)}: the worker did not run then." in seen
    assert f"No snapshot in the week of {format_date(missed)}" in page_text(show(show="moves", week=missed.isoformat()))


def test_the_track_record_claims_nothing_from_few_renewals(show, company, renewal, sql):
    assert "No calls to check yet" in page_text(show(show="record"))
    due = renewal()
    give_call(company.csm, due, "commit")
    due.complete("renewed", amount=60_000)
    seen = page_text(show(show="record"))
    assert "Fewer than 20 renewals: too few to draw conclusions." in seen
    assert "CSM's call 1 1 too few to tell" in " ".join(seen.split())
    assert "CSM's call Commit 95% 1 1 of 1 21% to 100% too few to tell" in seen


def test_retention_stands_beside_the_benchmark_with_its_source(show, company, renewal):
    due = renewal(ends_in=-100)
    due.insert_next_term(45_000)
    seen = page_text(show(show="retention"))
    assert "All 1 $60,000 75% 93% 75% 105%" in seen
    assert "SaaS Capital 2023" in seen
    assert "Gross retention (GRR): of the ARR at the start" in seen


@pytest.mark.parametrize("tab", ["moves", "record", "retention"])
def test_each_part_costs_one_request_more_and_a_rerun_none(show, renewal, tab):
    renewal()
    function = {"moves": "forecast_moves", "record": "forecast_record", "retention": "forecast_retention"}[tab]
    with record_requests() as sent:
        page = show(show=tab)
    asked = [each for each in sent if "/rpc/forecast" in each]
    assert sorted(asked) == sorted(["POST /rest/v1/rpc/forecast", f"POST /rest/v1/rpc/{function}"])
    with record_requests() as sent:
        page.run()
    assert not sent

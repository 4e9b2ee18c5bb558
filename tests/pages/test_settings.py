"""Settings of the company: who edits them, a preview before new rules, and what is typed when somebody was faster."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.database.action_calls import escalate
from tests.database.factories import fetch_value, insert_customer, insert_row
from tests.database.rpc import call_rpc
from tests.pages.assertions import button_labels, find_button, page_text
from tests.support.requests import record_requests

PAGE = "company/settings.py"


@pytest.fixture
def company(new_company):
    return new_company()


@pytest.fixture
def show(open_page, company):
    def open_settings(section: str | None = None, member=None):
        page = open_page(member or company.admin, PAGE)
        if section is not None:
            control = next(each for each in page.get("button_group") if section in each.options)
            control.set_value(section).run()
        return page

    return open_settings


def number_field(page, label: str) -> Any:
    return next(each for each in page.text_input if each.label == label)


def set_weights(page, **weights: int):
    for label, weight in weights.items():
        number_field(page, label).set_value(str(weight))
    return page.run()


def press(page, label: str):
    return find_button(page, label).click().run()


def version_of(company, kind: str = "health") -> int:
    return call_rpc(company.admin, "score_rules")[kind]["version"]


def test_someone_signed_out_sees_nothing(open_page):
    page = open_page(None, PAGE)
    assert "You are not signed in." in [header.value for header in page.header]


def test_the_page_costs_three_requests_and_a_rerun_none(show):
    with record_requests() as sent:
        page = show()
    assert {"company_settings", "score_rules", "company_rules"} <= {each.rpartition("/")[2] for each in sent}
    with record_requests() as again:
        page.run()
    assert again == []


@pytest.mark.parametrize("who", ["csm", "manager"])
@pytest.mark.parametrize(
    "section", ["Company", "Health", "Priority", "Suggestions", "Codes and limits", "Model", "Events"]
)
def test_others_read_every_section_and_change_none(show, company, who, section):
    page = show(section, getattr(company, who))
    assert not page.exception
    assert not {"Save", "Show what changes"} & set(button_labels(page))
    fields = [each for kind in ("text_area", "text_input") for each in page.get(kind)]
    assert all(each.disabled for each in fields if each.key.startswith("settings.field"))


def shown_year(page) -> int:
    return next(each for each in page.get("button_group") if each.label == "Holidays").value


def shown_holidays(page) -> list[tuple[date, str]]:
    names = [each.value for each in page.text_input if each.label == "Name of the holiday"]
    return list(zip([each.value for each in page.date_input], names, strict=True))


def add_holiday(page, month: int, day: int, name: str):
    """A further row of the year that is shown, filled in."""
    year = shown_year(page)
    page = find_button(page, "Add a holiday").click().run()
    page.date_input[-1].set_value(date(year, month, day))
    [each for each in page.text_input if each.label == "Name of the holiday"][-1].set_value(name)
    return page.run()


def stored_holidays(company) -> list[str]:
    return [each["name"] for each in call_rpc(company.csm, "company_settings")["holidays"]]


def save_as_somebody_else(company, **changes: Any) -> None:
    settings = call_rpc(company.admin, "company_settings")
    call_rpc(company.admin, "save_company_settings", p_settings=settings | changes, p_revision=settings["revision"])


def test_holidays_are_added_copied_to_the_next_year_and_removed(show, company):
    page = add_holiday(add_holiday(show(), 12, 25, "Christmas"), 1, 1, "New Year")
    year = shown_year(page)
    page = press(page, "Save")
    assert "The settings are saved." in page_text(page)
    assert shown_holidays(page) == [(date(year, 1, 1), "New Year"), (date(year, 12, 25), "Christmas")]
    page = press(page, f"Copy to {year + 1}")
    assert shown_holidays(page) == [(date(year + 1, 1, 1), "New Year"), (date(year + 1, 12, 25), "Christmas")]
    page = press(find_button(page, "Remove").click().run(), "Save")
    assert stored_holidays(company) == ["New Year", "Christmas", "Christmas"]


def test_a_holiday_without_a_name_or_twice_is_named_and_cannot_be_saved(show, company):
    page = add_holiday(show(), 12, 25, " ")
    assert f"Name the holiday on 25 Dec {shown_year(page)}" in page_text(page)
    assert find_button(page, "Save").disabled
    page = add_holiday(add_holiday(show(), 12, 25, "Christmas"), 12, 25, "Again")
    assert "stands twice" in page_text(page)
    assert find_button(page, "Save").disabled
    assert call_rpc(company.csm, "company_settings")["revision"] == 1


def test_what_is_typed_stays_when_somebody_saved_meanwhile(show, company):
    page = add_holiday(show(), 12, 25, "Christmas")
    eve = {"day": f"{shown_year(page)}-12-24", "name": "Eve"}
    save_as_somebody_else(company, currency="EUR", holidays=[eve])
    page = press(page, "Save")
    assert "Somebody else saved these settings meanwhile" in page_text(page)
    assert [name for _, name in shown_holidays(page)] == ["Christmas"]
    assert [name for _, name in shown_holidays(press(press(page, "Keep mine"), "Save"))] == ["Christmas"]
    assert stored_holidays(company) == ["Christmas"]


def test_theirs_can_be_taken(show, company):
    page = add_holiday(show(), 12, 25, "Christmas")
    save_as_somebody_else(company, holidays=[{"day": f"{shown_year(page)}-12-24", "name": "Eve"}])
    page = press(press(page, "Save"), "Take theirs")
    assert [name for _, name in shown_holidays(page)] == ["Eve"]


def test_rules_are_saved_only_after_their_preview(show, company, sql):
    customer = insert_row(
        sql, "customers", company_id=company.id, owner_id=company.csm.id, name="Acme", segment="mid",
        customer_since="2020-01-01",
    )  # fmt: skip
    today = fetch_value(sql, "select current_date")
    called = {"kind": "call", "body": "Well.", "happened_on": today, "author_id": company.csm.id}
    insert_row(sql, "notes", company_id=company.id, customer_id=customer, **called)
    page = show("Health")
    assert find_button(page, "Show what changes").disabled
    number_field(page, "Green from").set_value("100").run()
    number_field(page, "Yellow from").set_value("99").run()
    assert "Save as version 2" not in button_labels(page)
    page = press(page, "Show what changes")
    seen = page_text(page)
    assert "None of 1 customer would move." in seen
    assert "There are no closed renewals with a score to try these rules on." in seen
    page = set_weights(page, Usage=0, Engagement=50, Support=50, Voice=0)
    assert "Save as version 2" not in button_labels(page), "other figures want another preview"
    page = press(press(page, "Show what changes"), "Save as version 2")
    assert "Health rules version 2 are in force." in page_text(page)
    assert version_of(company) == 2
    assert "Version 2, by" in page_text(page)


def test_weights_that_do_not_add_up_are_refused_in_words(show, company):
    page = set_weights(show("Health"), Usage=50)
    assert "Weights add up to 110; they have to add up to 100." in page_text(page)
    assert "they have to add up to 100" in page_text(press(page, "Show what changes"))
    assert version_of(company) == 1


def test_a_segment_gets_thresholds_of_its_own(show, company):
    page = show("Health")
    next(each for each in page.checkbox if each.label.startswith("Enterprise")).check().run()
    number_field(page, "Enterprise: green from").set_value("80").run()
    press(press(page, "Show what changes"), "Save as version 2")
    rules = call_rpc(company.admin, "score_rules")["health"]["rules"]
    assert rules["segments"] == {"enterprise": {"green": 80, "yellow": 45}}


def test_the_line_of_today_is_a_rule_of_priority(show, company):
    page = show("Priority")
    number_field(page, "Customers wait on Today from a priority of").set_value("55").run()
    press(press(page, "Show what changes"), "Save as version 2")
    assert call_rpc(company.admin, "score_rules")["priority"]["rules"]["today_from"] == 55


def test_changes_can_be_discarded(show):
    page = set_weights(show("Health"), Usage=50)
    page = press(page, "Discard changes")
    assert number_field(page, "Usage").value == "40"


def press_limits(page):
    """See what other limits change, then save them."""
    return press(press(page, "Show what changes"), "Save")


def press_codes(page):
    """See what other codes change, then save them."""
    page = [each for each in page.button if each.label == "Show what changes"][-1].click().run()
    return [each for each in page.button if each.label == "Save"][-1].click().run()


def press_of(page, label: str, key: str):
    """The first button of that label whose key has `key`."""
    return next(each for each in page.button if each.label == label and key in each.key).click().run()


def code_buttons(page, label: str):
    """The buttons of that label in the lists of codes, which come after the limits."""
    first = next(place for place, each in enumerate(page.button) if each.label == "Add a severity")
    return [each for each in page.button[first:] if each.label == label]


def test_an_admin_sets_limits_and_clocks(show, company):
    page = show("Codes and limits")
    number_field(page, "CSM, %").set_value("5.0").run()
    number_field(page, "Days to answer Critical").set_value("3").run()
    assert "Save" not in button_labels(page), "first what it does"
    page = press(page, "Show what changes")
    assert "No open price and no open escalation would change." in page_text(page)
    page = press(page, "Save")
    assert "The limits are saved." in page_text(page)
    rules = call_rpc(company.csm, "company_rules")
    assert rules["own_discount_limit"] == 5
    assert rules["severities"][0]["response_days"] == 3


@pytest.mark.parametrize("text", ["", "a few", "-1", "101", "1,5,0", "1e3", "٪"])
def test_a_limit_that_is_no_percentage_is_named_and_not_saved(show, company, text):
    page = show("Codes and limits")
    number_field(page, "CSM, %").set_value(text).run()
    assert find_button(page, "Show what changes").disabled
    assert ":material/error:" in page_text(page)
    number_field(page, "CSM, %").set_value("7.5 %").run()
    press_limits(page)
    assert call_rpc(company.csm, "company_rules")["own_discount_limit"] == 7.5


def test_a_threshold_that_is_no_number_stops_the_preview_until_it_goes(show):
    page = show("Health")
    box = next(each for each in page.checkbox if each.label.startswith("Enterprise"))
    box.check().run()
    number_field(page, "Enterprise: green from").set_value("high").run()
    assert find_button(page, "Show what changes").disabled
    next(each for each in page.checkbox if each.label.startswith("Enterprise")).uncheck().run()
    assert not set_weights(page, Usage=50).exception
    assert not find_button(page, "Show what changes").disabled


def test_limits_that_make_no_sense_are_refused_in_words(show, company):
    page = show("Codes and limits")
    number_field(page, "CSM, %").set_value("25.0").run()
    assert "A manager has to be allowed more than a CSM" in page_text(press(page, "Show what changes"))
    assert call_rpc(company.csm, "company_rules")["own_discount_limit"] == 10


def test_what_other_limits_do_to_open_work_is_seen_before_they_are_saved(show, company, sql):
    customer = str(insert_customer(sql, company.id, company.csm.id))
    run = call_rpc(company.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=customer)
    escalate(company.csm, run["execution_id"], company.manager, severity="medium")
    page = show("Codes and limits")
    number_field(page, "Days to answer Medium").set_value("2").run()
    page = press(page, "Show what changes")
    seen = page_text(page)
    assert "The due date of 1 open escalation moves." in seen
    assert company.manager.full_name in seen
    number_field(page, "Days to answer Medium").set_value("3").run()
    assert "Save" not in button_labels(page), "other days want another preview"


def test_a_person_gets_a_limit_of_their_own(show, company):
    assert company.manager
    page = show("Codes and limits")
    choice = next(each for each in page.selectbox if each.label == "Give a person a limit of their own")
    choice.set_value(str(company.manager.id)).run()
    number_field(page, f"{company.manager.full_name}, %").set_value("25").run()
    page = press_limits(page)
    assert call_rpc(company.manager, "company_rules")["own_discount_limit"] == 25
    assert number_field(page, f"{company.manager.full_name}, %").value == "25"
    press_limits(press_of(page, "Remove", "person_limits"))
    assert call_rpc(company.manager, "company_rules")["own_discount_limit"] == 20


def test_a_severity_is_added_and_archived(show, company):
    page = press(show("Codes and limits"), "Add a severity")
    next(each for each in page.text_input if each.label == "Severity" and not each.value).set_value("Legal").run()
    assert find_button(page, "Show what changes").disabled, "without its days"
    number_field(page, "Days to answer Legal").set_value("3").run()
    page = press_limits(page)
    severities = {each["code"]: each for each in call_rpc(company.csm, "company_rules")["severities"]}
    assert severities["legal"]["response_days"] == 3
    page = press(find_button(page, "Archive").click().run(), "Show what changes")
    assert "Critical can no longer be chosen; 0 open and 0 ended escalations keep it." in page_text(page)
    page = press(page, "Save")
    severities = {each["code"]: each for each in call_rpc(company.csm, "company_rules")["severities"]}
    assert severities["critical"]["is_archived"]


def test_limits_clocks_reasons_and_outcomes_are_listed(show, company, sql):
    insert_row(sql, "severities", company_id=company.id, code="someday", label="Some day", response_days=60, position=9)
    seen = page_text(show("Codes and limits", company.manager))
    for words in ("Approval limits", "Some day", "Duplicate of another run", "Renewed for less"):
        assert words in seen
    assert fetch_value(sql, "select count(*) from public.severities where company_id = %s", company.id) == 1


def test_days_conversations_are_kept_show_what_would_be_deleted_before_saving(show, company, sql):
    page = show()
    number_field(page, "Days conversations are kept").set_value("9")
    page.run()
    assert find_button(page, "Save").disabled
    number_field(page, "Days conversations are kept").set_value("90")
    page.run()
    assert "Kept for 90 days: no conversation would be deleted now." in page_text(page)
    press(page, "Save")
    stored = "select chat_retention_days from public.company_settings where company_id = %s"
    assert fetch_value(sql, stored, company.id) == 90


def test_budgets_of_the_model_are_typed_checked_and_saved(show, company, sql):
    page = show("Model")
    assert "Used this month: 0 tokens." in page_text(page)
    number_field(page, "Each person, tokens a month").set_value("many")
    page.run()
    assert find_button(page, "Save").disabled
    number_field(page, "Each person, tokens a month").set_value("50,000")
    number_field(page, "Whole company, tokens a month").set_value("40,000")
    page.run()
    page = press(page, "Save")
    assert "The budget of one person cannot be above that of the company." in page_text(page)
    number_field(page, "Whole company, tokens a month").set_value("")
    page.run()
    page = press(page, "Save")
    assert "The model budget is saved." in page_text(page)
    stored = "select model_budget_per_person from public.company_settings where company_id = %s"
    assert fetch_value(sql, stored, company.id) == 50_000


def find_token(page) -> str | None:
    return next((each.value for each in page.code if each.value.startswith("zen_events_")), None)


def test_a_token_is_shown_once_listed_and_revoked(show, company):
    page = show("Events")
    next(each for each in page.text_input if each.label == "What is it for?").set_value("Product").run()
    page = press(page, "Make a token")
    token = find_token(page)
    assert token is not None
    answer = call_rpc(company.admin, "receive_events", p_token=token, p_events=[{"id": "1"}])
    assert (answer["accepted"], len(answer["refused"])) == (0, 1)
    page = press(page, "I have copied it")
    assert find_token(page) is None
    assert "Product" in page_text(page)
    assert "used" in page_text(press(page, "Refresh"))
    page = press(press(page, "Revoke…"), "Revoke")
    assert "Product is revoked." in page_text(page)
    assert call_rpc(company.admin, "list_event_tokens") == []


def test_a_token_without_a_name_is_refused_in_words(show, company):
    page = press(show("Events"), "Make a token")
    assert "Name what the token is for." in page_text(page)
    assert call_rpc(company.admin, "list_event_tokens") == []


def test_customers_that_events_name_and_nobody_knows_are_listed_for_admins(show, company, sql):
    made = call_rpc(company.admin, "create_event_token", p_name="Product", p_scopes=["usage"])
    happened = {"type": "usage", "happened_at": datetime.now(UTC).isoformat(), "user": "u1"}
    events = [
        {"id": "1", "source": "billing", "customer_id": "c-7"} | happened,
        {"id": "2", "customer_domain": "twin.test"} | happened,
    ]
    for name in ("Twin", "Twin Inc."):
        insert_customer(sql, company.id, company.csm.id, name=name, domain="twin.test")
    call_rpc(company.admin, "receive_events", p_token=made["token"], p_events=events)
    seen = page_text(show("Events"))
    for words in ("c-7", "in billing", "1 event, last", "2 customers have this domain: merge them on the page Import"):
        assert words in seen


def label_fields(page) -> list[Any]:
    return [each for each in page.text_input if each.label == "Label"]


def test_a_reason_is_renamed_archived_and_added_and_restored(show, company):
    page = show("Codes and limits")
    label_fields(page)[0].set_value("Not for us").run()
    page = press(page, "Add a reason")
    next(each for each in label_fields(page) if not each.value).set_value("They merge").run()
    page = [each for each in page.button if each.label == "Show what changes"][-1].click().run()
    seen = page_text(page)
    assert "1 change, 1 new." in seen
    assert "Renamed to “Not for us”" in seen
    page = [each for each in page.button if each.label == "Save"][-1].click().run()
    assert "The reasons and outcomes are saved." in page_text(page)
    labels = {each["code"]: each["label"] for each in call_rpc(company.csm, "company_rules")["skip_reasons"]}
    assert (labels["not_relevant"], labels["they_merge"]) == ("Not for us", "They merge")
    page = code_buttons(page, "Archive")[0].click().run()
    assert "Not for us" not in [each.value for each in label_fields(page)]
    page = press_codes(page)
    archived = [each for each in call_rpc(company.csm, "company_rules")["skip_reasons"] if each["is_archived"]]
    assert [each["label"] for each in archived] == ["Not for us"]
    page = press_codes(find_button(page, "Restore").click().run())
    assert not any(each["is_archived"] for each in call_rpc(company.csm, "company_rules")["skip_reasons"])


def test_an_outcome_no_workflow_may_end_with_is_refused_and_what_was_edited_stays(show, company):
    page = show("Codes and limits")
    categories = next(each for each in page.get("button_group") if each.label == "Workflows that may end so")
    categories.set_value([]).run()
    page = [each for each in page.button if each.label == "Show what changes"][-1].click().run()
    assert "Choose which workflows may end with" in page_text(page).replace("\\", "")
    assert next(each for each in page.get("button_group") if each.label == "Workflows that may end so").value == []
    assert call_rpc(company.csm, "company_settings")["revision"] == 1

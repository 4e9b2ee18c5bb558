"""When workflows are suggested, on the page of the settings: change, order, switch off, seen before it is saved."""

from typing import Any

import pytest

from tests.database.factories import AccountFactory, fetch_value, publish_workflow
from tests.database.rpc import call_rpc
from tests.pages.assertions import button_labels, find_button, page_text

PAGE = "company/settings.py"
LARGE = "obsidian-black-renewal"
STANDARD = "standard-renewal"


@pytest.fixture
def company(new_company, sql):
    """A company with a customer of 300,000 ARR whose notice deadline is near."""
    made = new_company()
    today = fetch_value(sql, "select current_date")
    AccountFactory(sql, made.id, made.csm.id, day=today).insert_contract(notice_in=30, seats=3000)
    return made


@pytest.fixture
def show(open_page, company):
    def open_suggestions(member=None):
        page = open_page(member or company.admin, PAGE)
        control = next(each for each in page.get("button_group") if "Suggestions" in each.options)
        control.set_value("Suggestions").run()
        return page

    return open_suggestions


def press(page, label: str):
    return find_button(page, label).click().run()


def press_of(page, workflow_id: str, what: str):
    """A button in the row of a workflow."""
    return next(each for each in page.button if (each.key or "").endswith(f"{workflow_id}.{what}")).click().run()


def field_of(page, kind: str, workflow_id: str, name: str) -> Any:
    found = [each for each in page.get(kind) if f".{workflow_id}." in each.key and each.key.endswith(f".{name}")]
    return found[0]


def rule_of(company, workflow_id: str) -> dict[str, Any]:
    rules = call_rpc(company.csm, "suggestion_rules")["rules"]
    return next(each for each in rules if each["workflow_id"] == workflow_id)


def test_an_admin_changes_a_rule_and_sees_first_what_it_does(show, company):
    page = press_of(show(), LARGE, "open")
    field_of(page, "text_input", LARGE, "arr").set_value("250000").run()
    assert "ARR from $250,000" in page_text(page)
    assert "Save" not in button_labels(page)
    page = press(page, "Show what changes")
    assert "1 of 1 customer would get another suggestion." in page_text(page)
    assert "Standard renewal 1 → 0" in page_text(page)
    assert rule_of(company, LARGE)["rule"]["arr_from"] == 400_000
    page = press(page, "Save")
    assert "The suggestions are saved." in page_text(page)
    assert rule_of(company, LARGE)["rule"] == {"arr_from": 250_000, "deadline_points_from": 1}
    page = press_of(press_of(page, LARGE, "open"), LARGE, "reset")
    assert field_of(page, "text_input", LARGE, "arr").value == "400,000"
    press(press(page, "Show what changes"), "Save")
    assert rule_of(company, LARGE)["rule"] == rule_of(company, LARGE)["definition_rule"]


def test_a_preview_is_of_what_stands_in_the_fields(show):
    page = press_of(show(), LARGE, "open")
    page = press(field_of(page, "text_input", LARGE, "arr").set_value("250000").run(), "Show what changes")
    page = field_of(page, "text_input", LARGE, "arr").set_value("260000").run()
    assert "would get another suggestion" not in page_text(page)
    assert "Save" not in button_labels(page)


def test_a_workflow_is_switched_off(show, company):
    page = field_of(show(), "checkbox", STANDARD, "on").uncheck().run()
    page = press(page, "Show what changes")
    assert "No suggestion 0 → 1" in page_text(page)
    press(page, "Save")
    assert rule_of(company, STANDARD)["is_suggested"] is False


def test_workflows_change_places(show, company, sql):
    publish_workflow(sql, company.id, "our-renewal")
    page = field_of(show(), "checkbox", "our-renewal", "on").check().run()
    page = press(page, "Show what changes")
    assert "None of 1 customer would get another suggestion." in page_text(page)
    while page.button and not next(each for each in page.button if each.key.endswith("our-renewal.up")).disabled:
        page = press_of(page, "our-renewal", "up")
    page = press(press(page, "Show what changes"), "Save")
    assert call_rpc(company.csm, "suggestion_rules")["rules"][0]["workflow_id"] == "our-renewal"
    assert rule_of(company, "our-renewal")["is_suggested"]


def test_signals_and_days_to_the_notice_deadline_are_chosen(show, company):
    page = press_of(show(), STANDARD, "open")
    field_of(page, "button_group", STANDARD, "signals").set_value(["silence", "low_usage"]).run()
    field_of(page, "checkbox", STANDARD, "leading").check().run()
    page = field_of(page, "text_input", STANDARD, "not_within").set_value("30").run()
    assert "Strongest signal: low usage or silence; no notice deadline within 30 days" in page_text(page)
    press(press(page, "Show what changes"), "Save")
    assert rule_of(company, STANDARD)["rule"] == {
        "signals": ["low_usage", "silence"], "only_leading": True, "deadline_points_below": 30,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["soon", "118", "-1", "1.5"])
def test_a_number_that_is_none_is_named_and_not_sent(show, text):
    page = press_of(show(), LARGE, "open")
    page = field_of(page, "checkbox", STANDARD, "on").uncheck().run()
    page = field_of(page, "text_input", LARGE, "within").set_value(text).run()
    assert ":material/error:" in page_text(page)
    assert find_button(page, "Show what changes").disabled


def test_a_blank_number_of_days_is_no_limit(show, company):
    page = press_of(show(), LARGE, "open")
    page = field_of(page, "text_input", LARGE, "within").set_value("").run()
    assert "ARR from $400,000" in page_text(page)
    press(press(page, "Show what changes"), "Save")
    assert rule_of(company, LARGE)["rule"] == {"arr_from": 400_000}


def test_days_that_never_fit_are_refused_in_words(show):
    page = press_of(show(), LARGE, "open")
    field_of(page, "text_input", LARGE, "within").set_value("20").run()
    page = field_of(page, "text_input", LARGE, "not_within").set_value("60").run()
    page = press(page, "Show what changes")
    assert "Large account renewal: “Within” needs more days than “but not within”." in page_text(page)


def test_what_is_edited_stays_when_somebody_saved_meanwhile(show, company):
    page = field_of(show(), "checkbox", STANDARD, "on").uncheck().run()
    page = press(page, "Show what changes")
    settings = call_rpc(company.admin, "company_settings")
    call_rpc(company.admin, "save_company_settings", p_settings=settings, p_revision=settings["revision"])
    page = press(page, "Save")
    assert "Somebody else saved these settings meanwhile" in page_text(page)
    press(press(page, "Keep mine"), "Save")
    assert rule_of(company, STANDARD)["is_suggested"] is False


def test_a_workflow_published_meanwhile_joins_the_rows(show, company, sql):
    page = field_of(show(), "checkbox", STANDARD, "on").uncheck().run()
    publish_workflow(sql, company.id, "our-renewal", name="Our own renewal")
    page = press(page, "Show what changes")
    assert "A workflow was published or archived meanwhile." in page_text(page)
    assert "Our own renewal" in page_text(page)
    press(press(page, "Show what changes"), "Save")
    assert rule_of(company, STANDARD)["is_suggested"] is False


@pytest.mark.parametrize("who", ["csm", "manager"])
def test_others_read_the_suggestions(show, company, who):
    page = show(getattr(company, who))
    assert "Notice deadline within 117 days; ARR from $400,000" in page_text(page)
    assert not {"Save", "Show what changes", "Change", "Up"} & set(button_labels(page))

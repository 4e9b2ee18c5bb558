"""Company actions: everybody reads, managers edit them."""

from typing import Any

import pytest

from lib.ui import session_keys
from tests.database.factories import fetch_rows, fetch_value, insert_row
from tests.pages.assertions import button_labels, find_button, page_text, primary_labels
from tests.pages.factories import INERT
from tests.support.requests import break_supabase, record_requests

PAGE = "work/company_actions.py"
LIST = "POST /rest/v1/rpc/available_actions"
NOTE = {"do": "add_note", "body": "{customer} was asked"}


@pytest.fixture
def show(open_page, company):
    def open_actions(member=None):
        return open_page(member or company.manager, PAGE)

    return open_actions


def add_company_action(sql, company, steps: list[dict[str, Any]], **given: Any) -> str:
    values = {"name": "Ask for a reference", "description": "For happy ones."} | given
    owner = company.manager.id
    parameters = {"steps": steps}
    return str(
        insert_row(
            sql,
            "saved_actions",
            company_id=company.id,
            kind="custom",
            parameters=parameters,
            created_by=owner,
            **values,
        )
    )


def read_company_actions(sql, company) -> list[dict[str, Any]]:
    return fetch_rows(sql, "select * from public.saved_actions where company_id = %s order by created_at", company.id)


def text_field(page, label: str, of: int = 0) -> Any:
    found = [each for kind in ("text_input", "text_area", "number_input", "selectbox") for each in page.get(kind)]
    return [each for each in found if each.label == label][of]


def add_step(page, kind: str):
    return page.menu_button[0].click(kind).run()


def test_someone_signed_out_sees_nothing(open_page):
    page = open_page(None, PAGE)
    assert "You are not signed in." in [header.value for header in page.header]


def test_without_company_actions_the_page_says_what_they_are_for(show):
    seen = page_text(show())
    assert "No company actions yet" in seen
    assert "**Snooze**" in seen


def test_a_csm_sees_the_steps_and_no_editing_buttons(show, company, sql):
    add_company_action(sql, company, [NOTE])
    page = show(company.csm)
    assert "1. Adds a note: “\\[customer\\] was asked”." in page_text(page)
    assert not {"New action", "Edit", "Archive", "Hide"} & set(button_labels(page))


def test_the_list_costs_one_request_and_a_rerun_none(show):
    with record_requests() as sent:
        page = show()
    assert sent.count(LIST) == 1
    with record_requests() as again:
        page.run()
    assert again == []


def test_a_leader_writes_an_action_of_several_steps_with_a_preview(show, company, sql):
    page = find_button(show(), "New action").click().run()
    assert primary_labels(page) == ["Save"]
    text_field(page, "Name").set_value("Ask for a reference")
    add_step(page, "add_note")
    text_field(page, "Note").set_value("{customer}: {words}").run()
    add_step(page, "follow_up")
    text_field(page, "Task").set_value("Call {customer}")
    text_field(page, "Due in days").set_value("7").run()
    seen = page_text(page)
    assert "1. Adds a note: “Obsidian Black: the answer given then”." in seen
    assert "2. Creates a follow-up for the customer's owner in 7 days: “Call Obsidian Black”." in seen
    find_button(page, "Save").click().run()
    (made,) = read_company_actions(sql, company)
    assert made["name"] == "Ask for a reference"
    assert made["parameters"]["steps"] == [
        {"do": "add_note", "body": "{customer}: {words}"},
        {"do": "follow_up", "title": "Call {customer}", "in_days": 7, "person": "owner"},
    ]
    assert "“Ask for a reference” is saved." in page_text(page)


def test_all_errors_are_named_at_once_and_the_fields_stay(show, company, sql):
    page = find_button(show(), "New action").click().run()
    add_step(page, "add_note")
    text_field(page, "Note").set_value("{nobody}").run()
    find_button(page, "Save").click().run()
    seen = page_text(page)
    assert ":small[:red[:material/error: Needs an answer.]]" in seen
    assert ":small[:red[:material/error: {nobody} is not a placeholder." in seen.replace("∶", ":").replace("\\", "")
    assert text_field(page, "Note").value == "{nobody}"
    assert read_company_actions(sql, company) == []
    text_field(page, "Name").set_value("Mine").run()
    assert "Needs an answer." not in page_text(page)
    assert "is not a placeholder" in page_text(page)
    text_field(page, "Note").set_value("{customer}").run()
    assert "is not a placeholder" not in page_text(page)


def test_missing_steps_are_named_below_the_steps(show, company, sql):
    page = find_button(show(), "New action").click().run()
    text_field(page, "Name").set_value("Mine").run()
    find_button(page, "Save").click().run()
    assert ":small[:red[:material/error: An action has 1 to 10 steps.]]" in page_text(page)
    add_step(page, "add_note")
    assert "An action has 1 to 10 steps." not in page_text(page)


def test_steps_move_and_are_removed_with_their_answers(show, company, sql):
    page = find_button(show(), "New action").click().run()
    text_field(page, "Name").set_value("Two notes")
    for said in ("First", "Second"):
        add_step(page, "add_note")
        text_field(page, "Note", -1).set_value(said).run()
    find_button(page, "Down").click().run()
    assert [each.value for each in page.text_area if each.label == "Note"] == ["Second", "First"]
    find_button(page, "Remove").click().run()
    find_button(page, "Save").click().run()
    assert read_company_actions(sql, company)[0]["parameters"]["steps"] == [{"do": "add_note", "body": "First"}]


def test_ten_steps_are_the_most(show):
    page = find_button(show(), "New action").click().run()
    for _ in range(10):
        add_step(page, "add_note")
    assert "An action has at most 10 steps." in page_text(page)
    assert not page.menu_button


def test_two_clicks_on_save_make_one_action(show, company, sql):
    page = find_button(show(), "New action").click().run()
    draft = page.session_state[session_keys.ACTION_DRAFT]
    text_field(page, "Name").set_value("Once")
    add_step(page, "add_note")
    text_field(page, "Note").set_value("Hello").run()
    find_button(page, "Save").click().run()
    assert session_keys.ACTION_DRAFT not in page.session_state
    assert draft.error is None
    assert len(read_company_actions(sql, company)) == 1


def test_an_action_changed_by_somebody_else_meanwhile_is_shown_and_chosen_between(show, company, sql):
    action = add_company_action(sql, company, [NOTE])
    page = find_button(show(), "Edit").click().run()
    sql.execute("update public.saved_actions set name = 'Theirs', revision = revision + 1 where id = %s", [action])
    text_field(page, "Name").set_value("Mine").run()
    find_button(page, "Save").click().run()
    seen = page_text(page)
    assert "was changed after you opened it." in seen
    assert "“Theirs” as it is now" in seen
    assert text_field(page, "Name").value == "Mine"
    find_button(page, "Keep mine").click().run()
    find_button(page, "Save").click().run()
    assert read_company_actions(sql, company)[0]["name"] == "Mine"


def test_take_theirs_replaces_the_edited_action(show, company, sql):
    action = add_company_action(sql, company, [NOTE])
    page = find_button(show(), "Edit").click().run()
    sql.execute("update public.saved_actions set name = 'Theirs', revision = revision + 1 where id = %s", [action])
    find_button(page, "Save").click().run()
    find_button(page, "Take theirs").click().run()
    assert text_field(page, "Name").value == "Theirs"


def test_archived_it_is_offered_no_more_and_can_come_back(show, company, sql):
    add_company_action(sql, company, [NOTE])
    page = find_button(show(), "Archive").click().run()
    assert read_company_actions(sql, company)[0]["archived_at"] is not None
    assert "1 archived" in [found.label for found in page.expander]
    find_button(page, "Restore").click().run()
    assert read_company_actions(sql, company)[0]["archived_at"] is None


def test_a_global_action_is_hidden_and_shown(show, company, sql):
    page = find_button(show(), "Hide").click().run()
    hidden = "select count(*) from public.hidden_saved_actions where company_id = %s"
    assert fetch_value(sql, hidden, company.id) == 1
    assert "hidden in your company" in page_text(page)
    find_button(page, "Show").click().run()
    assert fetch_value(sql, hidden, company.id) == 0


def test_what_a_leader_may_no_longer_do_is_refused_with_a_sentence(show, company, sql):
    add_company_action(sql, company, [NOTE])
    page = show()
    sql.execute("update public.profiles set role = 'csm' where id = %s", [company.manager.id])
    find_button(page, "Archive").click().run()
    assert read_company_actions(sql, company)[0]["archived_at"] is None
    assert "You can no longer change company actions." in page_text(page)


def test_which_workflow_is_started_is_a_choice_among_those_there_are(show):
    page = find_button(show(), "New action").click().run()
    add_step(page, "start_workflow")
    assert "Standard renewal" in text_field(page, "Workflow").options


def test_names_are_inert(show, company, sql):
    add_company_action(sql, company, [{"do": "add_note", "body": INERT}], name=INERT, description=INERT)
    page = show()
    everything = [element.value for element in (*page.markdown, *page.caption)]
    assert all("<b>" not in value and ":red[hot" not in value and "[x](" not in value for value in everything)


def test_with_supabase_gone_there_is_a_sentence_and_a_way_to_try_again(show):
    page = show()
    del page.session_state[session_keys.ALL_ACTIONS]
    with break_supabase():
        page.run()
        assert "cannot reach its database" in page_text(page)
    find_button(page, "Try again").click().run()
    assert "**Snooze**" in page_text(page)

"""The builder: what is typed is saved, slides come, go and move, and what that costs."""

import json
from typing import Any

import pytest

from lib.ui import session_keys
from lib.ui.builder.slide_outline import queue_outline_command
from tests.database.factories import fetch_value, insert_draft
from tests.pages.assertions import assert_page_inert, button_labels, find_button, page_text
from tests.pages.factories import INERT, add_company_workflow, add_customer
from tests.support.requests import break_supabase, record_requests

PAGE = "workflows/builder.py"
SLIDES = ["greeting", "draft-email", "summary"]
UPDATE = "PATCH /rest/v1/workflow_drafts"


@pytest.fixture
def draft(sql, company):
    return str(insert_draft(sql, company.id, company.csm.id, name="Our renewal", slide_sequence=SLIDES))


@pytest.fixture
def open_builder(open_page, company, draft):
    """The builder with a draft as somebody sees it: `open_builder(slide="greeting")`."""

    def at(member=None, **query):
        page = open_page(member or company.csm, PAGE)
        for name, value in {"draft": draft, **query}.items():
            page.query_params[name] = value
        return page.run()

    return at


def find_field(page: Any, label: str) -> Any:
    fields = (*page.text_input, *page.text_area, *page.selectbox)
    return next(field for field in fields if field.label == label)


def query(page: Any) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in page.query_params.items()}


def stored(sql, draft: str, column: str) -> Any:
    return fetch_value(sql, f"select {column} from public.workflow_drafts where id = %s", draft)


def test_signed_out_there_is_no_draft(open_page):
    page = open_page(None, PAGE)
    assert "You are not signed in." in [header.value for header in page.header]


def test_without_a_draft_the_page_leads_to_the_workflows(open_page, company):
    assert "No draft is open" in page_text(open_page(company.csm, PAGE))


@pytest.mark.parametrize("address", ["nothing", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_draft_is_reported(open_builder, address):
    assert "does not exist, or you don't have access to it" in page_text(open_builder(draft=address))


def test_a_draft_opens_on_its_own_fields(open_builder):
    page = open_builder()
    assert find_field(page, "Name").value == "Our renewal"
    assert "Your draft · 3 slides" in page_text(page)


def test_a_text_is_saved_with_one_request(open_builder, sql, draft):
    page = open_builder(slide="greeting")
    with record_requests() as sent:
        find_field(page, "Lead").set_value("Look at {{ customer.name }} first.").run()
    assert sent == [UPDATE]
    assert stored(sql, draft, "slide_contexts")["greeting"]["lead"] == "Look at {{ customer.name }} first."
    assert "Saved" in page_text(page)


def test_a_rerun_sends_nothing(open_builder):
    page = open_builder(slide="greeting")
    with record_requests() as sent:
        page.run()
    assert sent == []


def test_a_field_as_the_library_has_it_is_not_stored(open_builder, sql, draft):
    page = open_builder(slide="greeting")
    default = find_field(page, "Lead").value
    find_field(page, "Lead").set_value("Mine").run()
    find_field(page, "Lead").set_value(default).run()
    assert stored(sql, draft, "slide_contexts") == {}


def test_the_librarys_text_comes_back(open_builder, sql, draft):
    page = open_builder(slide="greeting")
    default = find_field(page, "Lead").value
    find_field(page, "Lead").set_value("Mine").run()
    find_button(page, "Back to the library's text").click().run()
    assert find_field(page, "Lead").value == default
    assert stored(sql, draft, "slide_contexts") == {}


def test_a_checklist_is_a_point_a_line(open_builder, sql, draft):
    page = open_builder(slide="greeting")
    find_field(page, "Checklist").set_value("One\n\n  Two  ").run()
    assert stored(sql, draft, "slide_contexts")["greeting"]["checklist"] == ["One", "Two"]


def test_minutes_are_a_whole_number_and_what_is_none_stays_in_the_field(open_builder, sql, draft):
    page = open_builder(slide="greeting")
    find_field(page, "Minutes").set_value("7").run()
    assert stored(sql, draft, "slide_contexts")["greeting"]["minutes"] == 7
    for text, error in (
        ("seven", "Must be a whole number"),
        ("7.5", "Has no decimals"),
        ("500", "From 1 to 120, please."),
    ):
        find_field(page, "Minutes").set_value(text).run()
        assert find_field(page, "Minutes").value == text
        assert error in page_text(page)
    assert stored(sql, draft, "slide_contexts")["greeting"]["minutes"] == 7


def test_slides_move_and_go_by_buttons(open_builder, sql, draft):
    page = open_builder(slide="draft-email")
    find_button(page, "Move up").click().run()
    assert stored(sql, draft, "slide_sequence") == ["draft-email", "greeting", "summary"]
    find_button(page, "Remove slide").click().run()
    assert stored(sql, draft, "slide_sequence") == ["greeting", "summary"]
    assert query(page)["slide"] == "greeting"


def test_an_unknown_placeholder_is_named_where_it_is(open_builder):
    page = open_builder(slide="greeting")
    find_field(page, "Lead").set_value("{{ customer.nam }} renews").run()
    seen = page_text(page)
    assert "1 problem to solve" in seen
    assert "There is no variable “customer.nam”. Did you mean “customer.name”?".lower() in seen.lower()


def test_a_problem_leads_to_its_slide(open_builder):
    page = open_builder(slide="greeting")
    find_field(page, "Lead").set_value("{{ nobody }}").run()
    page.query_params["slide"] = "summary"
    page.run()
    find_button(page, next(label for label in button_labels(page) if "nobody" in label)).click().run()
    assert query(page)["slide"] == "greeting"
    assert find_field(page, "Lead").value == "{{ nobody }}"


def test_a_workflow_without_a_summary_is_not_published(open_builder, company, sql):
    draft = str(insert_draft(sql, company.id, company.manager.id, slide_sequence=["greeting"]))
    page = open_builder(company.manager, draft=draft)
    find_button(page, "Publish…").click().run()
    assert "“Summary” is missing" in "".join(button_labels(page))
    assert find_button(page, "Publish").disabled


def test_undo_and_redo_go_through_this_tabs_changes(open_builder, sql, draft):
    page = open_builder(slide="draft-email")
    find_field(page, "Title").set_value("Write to them").run()
    find_button(page, "Move up").click().run()
    find_button(page, "Undo").click().run()
    assert stored(sql, draft, "slide_sequence") == SLIDES
    find_button(page, "Undo").click().run()
    assert stored(sql, draft, "slide_contexts") == {}
    assert find_field(page, "Title").value == ""
    find_button(page, "Redo").click().run()
    assert stored(sql, draft, "slide_contexts") == {"draft-email": {"title": "Write to them"}}
    assert find_field(page, "Title").value == "Write to them"


def test_a_save_that_fails_is_said_and_tried_again(open_builder, sql, draft):
    page = open_builder(slide="greeting")
    with break_supabase():
        find_field(page, "Lead").set_value("Kept").run()
    assert "Not saved" in page_text(page)
    assert find_field(page, "Lead").value == "Kept"
    find_button(page, "Try again").click().run()
    assert stored(sql, draft, "slide_contexts")["greeting"]["lead"] == "Kept"


def test_a_change_in_another_tab_is_a_choice(open_builder, sql, draft):
    here, there = open_builder(slide="greeting"), open_builder(slide="greeting")
    find_field(there, "Lead").set_value("Theirs").run()
    find_field(here, "Lead").set_value("Mine").run()
    assert "You changed this draft in another tab" in page_text(here)
    assert find_field(here, "Lead").value == "Mine"
    find_button(here, "Keep these").click().run()
    assert stored(sql, draft, "slide_contexts")["greeting"]["lead"] == "Mine"


def test_the_other_tabs_draft_can_be_taken_and_undone(open_builder):
    here, there = open_builder(slide="greeting"), open_builder(slide="greeting")
    find_field(there, "Lead").set_value("Theirs").run()
    find_field(here, "Lead").set_value("Mine").run()
    find_button(here, "Take the other tab's").click().run()
    assert find_field(here, "Lead").value == "Theirs"
    find_button(here, "Undo").click().run()
    assert find_field(here, "Lead").value == "Mine"


def test_a_draft_that_was_discarded_can_be_kept_as_a_new_one(open_builder, sql, draft, company):
    page = open_builder(slide="greeting")
    sql.execute("delete from public.workflow_drafts where id = %s", (draft,))
    find_field(page, "Lead").set_value("Kept").run()
    assert "published or discarded elsewhere" in page_text(page)
    find_button(page, "Keep it as a new draft").click().run()
    kept = fetch_value(sql, "select slide_contexts from public.workflow_drafts where author_id = %s", company.csm.id)
    assert kept["greeting"]["lead"] == "Kept"


def test_a_colleagues_draft_is_read_and_copied(open_builder, sql, company, draft):
    page = open_builder(company.other_csm, slide="greeting")
    assert find_field(page, "Lead").disabled
    assert "Move up" not in button_labels(page)
    find_button(page, "Make a copy").click().run()
    assert not find_field(page, "Lead").disabled
    authors = "select count(*) from public.workflow_drafts where author_id = %s"
    assert fetch_value(sql, authors, company.other_csm.id) == 1


def test_a_csm_does_not_publish_and_reads_who_does(open_builder):
    page = open_builder()
    assert "Publish…" not in button_labels(page)
    assert "only a manager can publish it" in page_text(page)


def test_a_manager_publishes_with_a_note(open_builder, sql, company):
    slides = ["greeting", "summary"]
    draft = str(insert_draft(sql, company.id, company.manager.id, name="Ours", slide_sequence=slides))
    page = open_builder(company.manager, draft=draft)
    find_button(page, "Publish…").click().run()
    find_field(page, "What is new in it (optional)").set_value("Shorter.").run()
    find_button(page, "Publish").click().run()
    assert "“Ours” is published as version 1" in page_text(page)
    note = "select note from public.workflow_definition_versions where company_id = %s"
    assert fetch_value(sql, note, company.id) == "Shorter."


def test_a_slide_is_previewed_with_a_customer_and_writes_nothing(open_builder, sql, company):
    add_customer(sql, company, company.csm, "Acme")
    page = open_builder(slide="greeting")
    find_field(page, "Lead").set_value("Hello {{ customer.name }}.").run()
    with record_requests() as sent:
        page.run()
    assert "Hello Acme." in page_text(page)
    assert sent == []
    runs = "select count(*) from public.workflow_executions where company_id = %s"
    assert fetch_value(sql, runs, company.id) == 0


def test_another_customer_costs_one_request(open_builder, sql, company):
    add_customer(sql, company, company.csm, "Acme")
    bolt = add_customer(sql, company, company.csm, "Bolt")
    page = open_builder(slide="greeting")
    with record_requests() as sent:
        find_field(page, "Preview with").set_value(bolt).run()
    assert sent == ["POST /rest/v1/rpc/customer_account"]
    assert "Bolt" in page_text(page)


def test_the_elements_commands_add_and_move(open_builder, sql, draft):
    page = open_builder(slide="greeting")
    state = page.session_state[session_keys.BUILDER_PAGE_STATE]
    queue_outline_command(state, {"name": "add", "address": "set-goals", "place": 1})
    with record_requests() as sent:
        page.run()
    assert sent == [UPDATE]
    assert stored(sql, draft, "slide_sequence") == ["greeting", "set-goals", "draft-email", "summary"]
    queue_outline_command(state, {"name": "move", "address": "set-goals", "place": 3})
    page.run()
    assert stored(sql, draft, "slide_sequence") == [*SLIDES, "set-goals"]


def test_a_slide_is_duplicated_with_its_texts_and_labelled(open_builder, sql, draft):
    page = open_builder(slide="draft-email")
    find_field(page, "Subject").set_value("The first").run()
    with record_requests() as sent:
        find_button(page, "Duplicate slide").click().run()
    assert sent == [UPDATE]
    assert query(page)["slide"] == "draft-email:second"
    find_field(page, "Subject").set_value("The second").run()
    find_field(page, "Label").set_value("board").run()
    assert stored(sql, draft, "slide_sequence") == ["greeting", "draft-email", "draft-email:board", "summary"]
    subjects = {key: context["subject"] for key, context in stored(sql, draft, "slide_contexts").items()}
    assert subjects == {"draft-email": "The first", "draft-email:board": "The second"}
    find_field(page, "Label").set_value("Two words").run()
    assert "cannot be a slide's label" in page_text(page)
    assert find_button(open_builder(slide="summary"), "Duplicate slide").disabled


def test_a_colleague_who_edits_another_draft_is_named(open_builder, sql, company, draft):
    workflow = fetch_value(sql, "select workflow_id from public.workflow_drafts where id = %s", draft)
    insert_draft(sql, company.id, company.other_csm.id, workflow_id=workflow)
    assert f"{company.other_csm.full_name} is editing a draft of this workflow" in page_text(open_builder())
    assert "is editing it just now" in page_text(open_builder(company.manager))


@pytest.mark.parametrize(
    "asked",
    [{}, {"name": "add", "address": "nothing"}, {"name": "move", "address": "greeting", "place": True},
     {"name": "move", "address": 3, "place": 1}, {"name": "remove", "address": None},
     {"name": "choose", "address": []}],
)  # fmt: skip
def test_what_the_element_cannot_ask_changes_nothing(open_builder, sql, draft, asked):
    page = open_builder(slide="greeting")
    queue_outline_command(page.session_state[session_keys.BUILDER_PAGE_STATE], asked)
    page.run()
    assert stored(sql, draft, "slide_sequence") == SLIDES


def test_texts_of_people_are_inert(open_builder, sql, company):
    add_customer(sql, company, company.csm, INERT)
    contexts = json.dumps({"greeting": {"title": INERT, "question": INERT}})
    draft = str(
        insert_draft(sql, company.id, company.csm.id, name=INERT, slide_sequence=SLIDES, slide_contexts=contexts)
    )
    assert_page_inert(open_builder(draft=draft, slide="greeting"))


def test_a_workflow_of_the_company_gets_a_draft_of_its_next_version(open_page, sql, company):
    workflow = add_company_workflow(sql, company, company.manager, ["greeting", "summary"])
    page = open_page(company.csm, "workflows/catalogue.py")
    page.query_params["workflow"] = workflow
    page.run()
    find_button(page, "Edit").click().run()
    assert fetch_value(sql, "select count(*) from public.workflow_drafts where company_id = %s", company.id) == 1


def open_chat(page: Any) -> Any:
    return page.segmented_control[0].set_value("chat").run()


def test_a_question_of_the_chat_is_added_with_a_fixed_answer(open_builder, sql, draft):
    page = open_chat(open_builder(slide="greeting"))
    find_button(page, "Add a question").click().run()
    assert "Has no label" in page_text(page)
    find_field(page, "Question").set_value("Where do I begin?").run()
    with record_requests() as sent:
        find_field(page, "Answer").set_value("With {{ customer.name }}.").run()
    assert sent == [UPDATE]
    [branch] = stored(sql, draft, "chat_branches")["greeting"]
    assert branch | {"branch_key": ""} == {
        "branch_key": "", "branch_type": "fixed", "label": "Where do I begin?",
        "response_text": "With {{ customer.name }}.",
    }  # fmt: skip
    assert "problem" not in page_text(page)


def add_branches(sql, draft: str, *branches: dict[str, Any]) -> None:
    listed = json.dumps({"greeting": branches})
    sql.execute("update public.workflow_drafts set chat_branches = %s where id = %s", (listed, draft))


FIXED = {"branch_key": "begin", "branch_type": "fixed", "label": "Begin", "response_text": "Here."}
ASKED = {
    "branch_key": "ask",
    "branch_type": "rag",
    "label": "Ask",
    "prompt": "What happened?",
    "next_branch_key": "begin",
}


def open_branch(page: Any, label: str) -> Any:
    return find_button(page, next(each for each in button_labels(page) if each.startswith(label))).click().run()


def test_a_text_stays_when_the_kind_of_answer_changes(open_builder, sql, draft):
    add_branches(sql, draft, FIXED)
    page = open_branch(open_chat(open_builder(slide="greeting")), "Begin")
    find_field(page, "Answer comes from").set_value("llm").run()
    assert find_field(page, "What the model is asked").value == "Here."
    assert stored(sql, draft, "chat_branches")["greeting"][0]["prompt"] == "Here."


def test_an_action_that_snoozes_is_proposed(open_builder, sql, draft):
    add_branches(sql, draft, FIXED)
    page = open_branch(open_chat(open_builder(slide="greeting")), "Begin")
    find_field(page, "Answer comes from").set_value("saved_action").run()
    assert "Has no action" in page_text(page)
    action = fetch_value(sql, "select id::text from public.saved_actions where name = 'Snooze' and company_id is null")
    find_field(page, "Action").set_value(action).run()
    assert stored(sql, draft, "chat_branches")["greeting"][0]["saved_action_id"] == action
    assert "problem" not in page_text(page)


def test_a_branch_that_snoozes_says_for_how_many_days(open_builder, sql, draft):
    action = fetch_value(sql, "select id::text from public.saved_actions where name = 'Snooze' and company_id is null")
    skip = fetch_value(sql, "select id::text from public.saved_actions where kind = 'skip' and company_id is null")
    add_branches(sql, draft, {"branch_key": "later", "branch_type": "saved_action", "label": "Later"})
    page = open_branch(open_chat(open_builder(slide="greeting")), "Later")
    find_field(page, "Action").set_value(action).run()
    find_field(page, "For how many days").set_value("30").run()
    assert stored(sql, draft, "chat_branches")["greeting"][0]["snooze_days"] == 30
    for typed, problem in (("731", "From 1 to 730"), ("0", "From 1 to 730"), ("soon", "number")):
        find_field(page, "For how many days").set_value(typed).run()
        assert problem in page_text(page)
        assert stored(sql, draft, "chat_branches")["greeting"][0]["snooze_days"] == 30
    find_field(page, "Action").set_value(skip).run()
    assert "snooze_days" not in stored(sql, draft, "chat_branches")["greeting"][0]


def test_a_blank_number_of_days_is_the_usual_one(open_builder, sql, draft):
    action = fetch_value(sql, "select id::text from public.saved_actions where name = 'Snooze' and company_id is null")
    later = {"branch_key": "later", "branch_type": "saved_action", "label": "Later", "saved_action_id": action}
    add_branches(sql, draft, later | {"snooze_days": 5})
    page = open_branch(open_chat(open_builder(slide="greeting")), "Later")
    assert find_field(page, "For how many days").value == "5"
    find_field(page, "For how many days").set_value("").run()
    assert stored(sql, draft, "chat_branches")["greeting"] == [later]


def test_a_follow_up_goes_with_the_question_it_leads_to(open_builder, sql, draft):
    add_branches(sql, draft, FIXED, ASKED)
    page = open_branch(open_chat(open_builder(slide="greeting")), "Begin")
    find_button(page, "Later").click().run()
    assert [each["branch_key"] for each in stored(sql, draft, "chat_branches")["greeting"]] == ["ask", "begin"]
    find_button(page, "Remove question").click().run()
    [left] = stored(sql, draft, "chat_branches")["greeting"]
    assert "next_branch_key" not in left


def test_a_loop_of_follow_ups_leads_to_its_question(open_builder, sql, draft):
    add_branches(sql, draft, FIXED | {"next_branch_key": "ask"}, ASKED)
    page = open_builder(slide="summary")
    open_branch(page, "Where we stand, Chat, “Begin”")
    assert query(page)["slide"] == "greeting"
    assert find_field(page, "Question").value == "Begin"


def test_a_removed_slide_takes_its_questions_along(open_builder, sql, draft):
    add_branches(sql, draft, FIXED)
    page = open_builder(slide="greeting")
    find_button(page, "Remove slide").click().run()
    assert stored(sql, draft, "chat_branches") == {}
    find_button(page, "Undo").click().run()
    assert stored(sql, draft, "chat_branches") == {"greeting": [FIXED]}


RULE = {"rank": 100, "only_leading": False}


def test_a_rule_of_its_own_says_when_today_suggests_it(open_builder, sql, draft):
    page = open_builder()
    page.checkbox[0].set_value(True).run()
    assert stored(sql, draft, "suggested_when") == {**RULE}
    page.multiselect[0].set_value(["sponsor_left"]).run()
    find_field(page, "ARR from (optional)").set_value("50,000").run()
    assert stored(sql, draft, "suggested_when") == {
        "rank": 100,
        "only_leading": False,
        "signals": ["sponsor_left"],
        "arr_from": 50000,
    }
    assert "Sponsor left; ARR from" in page_text(page)
    find_button(page, "Undo").click().run()
    assert stored(sql, draft, "suggested_when") == {**RULE, "signals": ["sponsor_left"]}
    page.checkbox[0].set_value(False).run()
    assert stored(sql, draft, "suggested_when") is None


def test_a_stored_rule_is_not_changed_by_looking_at_it(open_builder, sql, company):
    rule = {"rank": 7, "signals": ["seats_full", "champion_left"], "deadline_points_from": 11}
    draft = str(insert_draft(sql, company.id, company.csm.id, suggested_when=json.dumps(rule)))
    page = open_builder(draft=draft)
    with record_requests() as sent:
        page.run()
    assert sent == []
    assert stored(sql, draft, "suggested_when") == rule


def open_questions(page: Any) -> Any:
    return page.segmented_control[0].set_value("questions").run()


def test_a_question_of_ones_own_is_asked_and_previewed(open_builder, sql, company, draft):
    add_customer(sql, company, company.csm, "Acme")
    page = open_questions(open_builder(slide="greeting"))
    find_button(page, "Add a question of your own").click().run()
    with record_requests() as sent:
        find_field(page, "Question").set_value("Who audits them?").run()
    assert sent == [UPDATE]
    find_field(page, "Answered with").set_value("choice").run()
    find_field(page, "Choices").set_value("Us\nSomebody else").run()
    [question] = stored(sql, draft, "slide_contexts")["greeting"]["questions"]
    assert question == {
        "key": "own_question_1", "label": "Who audits them?", "kind": "choice", "choices": ["Us", "Somebody else"],
    }  # fmt: skip
    assert any(control.label.startswith("Who audits them?") for control in page.segmented_control)
    find_button(page, "Remove question").click().run()
    assert stored(sql, draft, "slide_contexts") == {}


def test_half_a_question_is_not_saved_and_says_why(open_builder, sql, draft):
    page = open_questions(open_builder(slide="greeting"))
    find_button(page, "Add a question of your own").click().run()
    find_field(page, "Answered with").set_value("choice").run()
    with record_requests() as sent:
        find_field(page, "Choices").set_value("Only one").run()
    assert sent == []
    assert "one of a list needs at least two choices" in page_text(page)


def test_a_free_slide_shows_what_is_chosen(open_builder, sql, company):
    draft = insert_draft(sql, company.id, company.csm.id, slide_sequence=["custom:review", "summary"])
    page = open_builder(draft=str(draft), slide="custom:review")
    shows = next(field for field in page.multiselect if field.label == "Shows")
    shows.set_value(["contacts", "usage_chart"]).run()
    assert stored(sql, draft, "slide_contexts")["custom:review"]["shows"] == ["contacts", "usage_chart"]
    assert "problem" not in page_text(page)


def test_a_slide_is_shown_when_a_fact_says_so(open_builder, sql, draft):
    page = open_builder(slide="draft-email")
    find_button(page, "Add a comparison").click().run()
    with record_requests() as sent:
        find_field(page, "Fact").set_value("arr").run()
        find_field(page, "Compared by").set_value("at_least").run()
    assert set(sent) == {UPDATE}
    find_field(page, "Value").set_value("50,000").run()
    condition = {"all": [{"fact": "arr", "comparison": "at_least", "value": 50_000}]}
    assert stored(sql, draft, "slide_contexts")["draft-email"]["shown_when"] == condition
    again = open_builder(slide="draft-email")
    with record_requests() as sent:
        again.run()
    assert sent == []
    find_button(page, "Remove comparison").click().run()
    assert stored(sql, draft, "slide_contexts") == {}


def test_a_condition_looks_at_an_earlier_answer(open_builder, sql, company):
    slides = ["greeting", "contract-terms", "draft-email", "summary"]
    draft = str(insert_draft(sql, company.id, company.csm.id, slide_sequence=slides))
    page = open_builder(draft=draft, slide="draft-email")
    find_button(page, "Add a comparison").click().run()
    find_field(page, "Fact").set_value("answer").run()
    options = find_field(page, "Answer").options
    assert any(label.startswith("Contract terms: ") for label in options)
    assert "Add a comparison" not in button_labels(open_builder(draft=draft, slide="greeting"))
    [test] = stored(sql, draft, "slide_contexts")["draft-email"]["shown_when"]["all"]
    assert test["fact"] == "answer"
    assert "problem" not in page_text(page)

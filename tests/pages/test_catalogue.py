from datetime import UTC, datetime, timedelta

import pytest

from lib.ui import session_keys
from tests.database.factories import fetch_value, insert_draft, insert_row, publish_next_version, publish_workflow
from tests.pages.assertions import assert_page_inert, button_labels, find_button, page_text, primary_labels
from tests.pages.factories import INERT, add_company_workflow, add_customer, count_open_runs
from tests.support.pages import REPOSITORY
from tests.support.requests import break_supabase, record_requests

PAGE = "workflows/catalogue.py"
CATALOGUE = "POST /rest/v1/rpc/workflow_catalogue"
INVALID_SLIDES = ["greeting", "greting", "sumary"]


@pytest.fixture
def open_catalogue(open_page, company):
    """The catalogue as somebody of the company sees it: `open_catalogue(workflow="standard-renewal")`."""

    def at(member=None, **query):
        page = open_page(member or company.csm, PAGE)
        for name, value in query.items():
            page.query_params[name] = value
        return page.run() if query else page

    return at


def search(page, words):
    return page.text_input(key=session_keys.CATALOGUE_QUERY).set_value(words).run()


def select_customer(page, customer_id):
    found = next(box for box in page.selectbox if box.label == "For a customer")
    return found.set_value(customer_id).run()


def begin_run(page):
    """Open what a run would begin with, and start it. AppTest forgets the page that the page itself switched to."""
    find_button(page, "Open").click().run()
    page.switch_page(str(REPOSITORY / "pages/workflows/run.py")).run()
    find_button(page, "Start the run").click().run()


def test_signed_out_there_is_no_workflow(open_page):
    page = open_page(None, PAGE)
    assert "You are not signed in." in [header.value for header in page.header]
    assert "Standard renewal" not in "".join(element.value for element in page.markdown)


def test_the_six_stock_workflows_are_listed_with_their_size(open_catalogue):
    seen = page_text(open_catalogue())
    assert "6 workflows." in seen
    assert "Standard renewal" in seen.splitlines()
    assert "9 slides, about" in seen
    assert "no runs yet" in seen


def test_search_covers_slide_titles_and_counts_results(open_catalogue):
    page = search(open_catalogue(), "stakeholder")
    seen = page_text(page)
    assert "of 6 workflows." in seen
    assert "Standard renewal" not in seen


def test_a_search_without_result_offers_all_workflows(open_catalogue):
    page = search(open_catalogue(), "unicorn")
    assert "No matching workflows" in page_text(page)
    find_button(page, "Show all workflows").click().run()
    assert "6 workflows." in page_text(page)


def test_category_and_origin_filter_the_list(open_catalogue, sql, company):
    add_company_workflow(sql, company, company.manager, ["greeting", "summary"], category="risk")
    page = open_catalogue()
    page.get_by_key(session_keys.CATALOGUE_ORIGIN).set_value("Your company's").run()
    assert "1 of 7 workflows." in page_text(page)
    page.get_by_key(session_keys.CATALOGUE_CATEGORY).set_value("renewal").run()
    assert "No matching workflows" in page_text(page)


def test_a_workflow_shows_every_slide_with_its_purpose_and_lead(open_catalogue):
    seen = page_text(open_catalogue(workflow="standard-renewal"))
    assert "# Standard renewal" in seen.splitlines()
    assert "9. " in seen
    assert "[last day to act]" in seen


def test_an_unknown_workflow_is_reported(open_catalogue):
    page = open_catalogue(workflow="no-such-thing")
    assert "There is no workflow “no-such-thing”" in page_text(page)
    find_button(page, "All workflows").click().run()
    assert "6 workflows." in page_text(page)


def test_starting_for_a_customer_switches_to_the_run(open_catalogue, sql, company):
    acme = add_customer(sql, company, company.csm, "Acme")
    page = select_customer(open_catalogue(workflow="standard-renewal"), acme)
    assert primary_labels(page) == ["Open"]
    begin_run(page)
    started = fetch_value(sql, "select id::text from public.workflow_executions where customer_id = %s", acme)
    assert page.session_state[session_keys.RUN_PAGE_STATE].execution.id == started


def test_an_open_run_is_resumed(open_catalogue, sql, company):
    acme = add_customer(sql, company, company.csm, "Acme")
    page = select_customer(open_catalogue(workflow="standard-renewal"), acme)
    begin_run(page)
    page = select_customer(open_catalogue(workflow="standard-renewal"), acme)
    assert "Acme already has an open run." in page_text(page)
    find_button(page, "Resume").click().run()
    assert count_open_runs(sql, company) == 1
    assert page.query_params["execution"]


def test_a_csm_starts_for_their_own_customers_a_manager_for_all(open_catalogue, sql, company):
    add_customer(sql, company, company.csm, "Mine")
    add_customer(sql, company, company.other_csm, "Theirs")

    def offered(member):
        return open_catalogue(member, workflow="standard-renewal").selectbox[0].options

    assert offered(company.csm) == ["Mine"]
    assert offered(company.manager) == ["Mine", "Theirs"]


def test_without_customers_the_page_says_how_to_get_some(open_catalogue):
    page = open_catalogue(workflow="standard-renewal")
    assert "You have no customers to start it for." in page_text(page)
    assert "Open" not in button_labels(page)


DRAFTS = "select count(*) from public.workflow_drafts where company_id = %s"


def test_cloning_makes_a_draft_of_ones_own(open_catalogue, sql, company):
    page = open_catalogue(workflow="standard-renewal")
    find_button(page, "Clone").click().run()
    assert "Your draft · 9 slides" in page_text(page)
    assert "Saved" in page_text(page)
    page = open_catalogue(
        workflow=fetch_value(sql, "select id from public.workflow_drafts where company_id = %s", company.id)
    )
    seen = page_text(page)
    assert "your draft" in seen
    assert "A draft cannot be started" in seen
    assert "Publish" not in button_labels(page)
    assert fetch_value(sql, DRAFTS, company.id) == 1
    assert "See your draft" in button_labels(open_catalogue(workflow="standard-renewal"))


def test_a_colleagues_draft_is_in_nobodys_way(open_catalogue, sql, company):
    find_button(open_catalogue(company.other_csm, workflow="standard-renewal"), "Clone").click().run()
    page = open_catalogue(workflow="standard-renewal")
    find_button(page, "Clone").click().run()
    assert "Your draft · 9 slides" in page_text(page)
    assert fetch_value(sql, DRAFTS, company.id) == 2


def test_cloning_twice_is_a_conflict(open_catalogue, sql, company):
    late = open_catalogue(workflow="standard-renewal")
    find_button(open_catalogue(workflow="standard-renewal"), "Clone").click().run()
    find_button(late, "Clone").click().run()
    assert "You already have a draft “Standard renewal” under this id." in page_text(late)
    late.run()
    assert "See your draft" in button_labels(late)
    assert fetch_value(sql, DRAFTS, company.id) == 1


def test_drafts_stand_under_whose_they_are(open_catalogue, sql, company):
    insert_draft(sql, company.id, company.csm.id, name="Alice’s way")
    insert_draft(sql, company.id, company.other_csm.id, name="Łukasz’s way")
    lines = page_text(open_catalogue()).splitlines()
    headings = ["## My drafts", "Alice’s way", "## Colleagues' drafts", "Łukasz’s way", "## Published"]
    assert [line for line in lines if line in headings] == headings
    seen = page_text(open_catalogue(company.manager))
    assert {"Alice’s way", "Łukasz’s way"} <= set(seen.splitlines())
    assert "## My drafts" not in seen.splitlines()
    assert f"draft by {company.csm.full_name}" in seen


def test_archived_workflows_stand_apart_and_are_found_by_their_status(open_catalogue, sql, company):
    for number in range(3):
        definition = publish_workflow(sql, company.id, f"old-{number}", name=f"Old way {number}")
        sql.execute("update public.workflow_definitions set status = 'archived' where id = %s", [definition])
    page = open_catalogue()
    assert "6 workflows." in page_text(page)
    assert "Old way 2" not in page_text(page).splitlines()
    find_button(page, "Show archived (3)").click().run()
    seen = page_text(page)
    assert "3 archived workflows." in seen
    assert "Old way 2" in seen.splitlines()
    assert "Standard renewal" not in seen.splitlines()


def test_a_card_shows_its_figures_and_who_published_it(open_catalogue, sql, company):
    add_used_workflow(sql, company)
    seen = page_text(open_catalogue())
    assert "7 of 9 (45–94%) completed, median 12 days" in seen
    assert "by Zen" in seen


def test_a_draft_with_errors_says_so_on_its_page(open_catalogue, sql, company):
    lead = '{"greeting": {"lead": "{{ 1e400 }}"}}'
    draft = insert_draft(sql, company.id, company.manager.id, name="Broken one", slide_contexts=lead)
    page = open_catalogue(company.manager, workflow=draft)
    assert "1 error in this workflow" in page_text(page)
    assert "Publish" not in button_labels(page)


def test_a_draft_is_discarded_by_its_author(open_catalogue, sql, company):
    draft = insert_draft(sql, company.id, company.csm.id, name="Alice’s way")
    page = open_catalogue(workflow=draft)
    find_button(page, "Discard").click().run()
    assert "6 workflows." in page_text(page)
    assert fetch_value(sql, DRAFTS, company.id) == 0


def test_a_colleagues_draft_that_cannot_be_published_is_discarded_by_a_manager(open_catalogue, sql, company):
    lead = '{"greeting": {"lead": "{{ 1e400 }}"}}'
    draft = insert_draft(sql, company.id, company.csm.id, name="Broken one", slide_contexts=lead)
    assert "Discard" not in button_labels(open_catalogue(company.other_csm, workflow=draft))
    page = open_catalogue(company.manager, workflow=draft)
    find_button(page, "Discard").click().run()
    assert fetch_value(sql, DRAFTS, company.id) == 0


def test_a_published_copy_replaces_the_stock_workflow(open_catalogue, sql, company):
    add_company_workflow(
        sql, company, company.manager, ["greeting", "summary"], workflow_id="standard-renewal", name="Our way"
    )
    assert "# Our way" in page_text(open_catalogue(workflow="standard-renewal")).splitlines()
    stock = fetch_value(
        sql,
        "select id::text from public.workflow_definitions where company_id is null and workflow_id = %s",
        "standard-renewal",
    )
    assert "own “Our way” starts in its place." in page_text(open_catalogue(workflow=stock))


def test_an_invalid_workflow_lists_all_errors_and_cannot_be_started(open_catalogue, sql, company):
    add_customer(sql, company, company.csm, "Acme")
    broken = add_company_workflow(sql, company, company.manager, INVALID_SLIDES, name="Broken one")
    assert "Broken one" in page_text(open_catalogue()).splitlines()
    page = open_catalogue(workflow=broken)
    seen = page_text(page)
    assert "2 errors in this workflow" in seen
    assert "greting" in seen
    assert "sumary" in seen
    assert "Open" not in button_labels(page)


def test_a_text_that_cannot_be_read_harms_its_card_only_and_a_manager_archives_it(open_catalogue, sql, company):
    broken = add_company_workflow(
        sql, company, company.manager, ["greeting", "summary"], name="Broken one",
        slide_contexts='{"greeting": {"lead": "{{ 1e400 }}"}}',
    )  # fmt: skip
    page = open_catalogue()
    assert {"Broken one", "Standard renewal"} <= set(page_text(page).splitlines())
    assert "7 workflows." in page_text(page)
    assert "Archive" not in button_labels(page)
    page = open_catalogue(company.manager)
    assert button_labels(page).count("Archive") == 1
    find_button(page, "Archive").click().run()
    assert "Broken one" not in page_text(page)
    assert "6 workflows." in page_text(page)
    status = "select status from public.workflow_definitions where workflow_id = %s"
    assert fetch_value(sql, status, broken) == "archived"


def test_a_manager_archives_a_workflow_on_its_page_and_restores_it(open_catalogue, sql, company):
    ours = add_company_workflow(sql, company, company.manager, ["greeting", "summary"], name="Ours")
    status = "select status from public.workflow_definitions where workflow_id = %s"
    assert "Archive" not in button_labels(open_catalogue(workflow=ours))
    page = open_catalogue(company.manager, workflow=ours)
    find_button(page, "Archive").click().run()
    assert fetch_value(sql, status, ours) == "archived"
    assert "It is archived: no new run can be started." in page_text(page)
    find_button(page, "Restore").click().run()
    assert fetch_value(sql, status, ours) == "published"
    assert "Archive" in button_labels(page)
    assert "Archive" not in button_labels(open_catalogue(company.manager, workflow="standard-renewal"))


def test_workflows_of_another_company_are_invisible(open_catalogue, sql, new_company):
    theirs = new_company("Brindle")
    hidden = add_company_workflow(sql, theirs, theirs.manager, ["greeting", "summary"], name="Secret plan")
    assert "Secret plan" not in page_text(open_catalogue())
    assert "There is no workflow" in page_text(open_catalogue(workflow=hidden))


def open_comparison(page):
    return page.get_by_key(session_keys.CATALOGUE_SHOWN).set_value("versions").run()


def find_select(page, label):
    return next(box for box in page.selectbox if box.label == label)


def test_two_versions_are_compared_in_words_drafts_included(open_catalogue, sql, company):
    contexts = '{"greeting": {"lead": "Read the figures."}}'
    slides = ["greeting", "review-account", "summary"]
    workflow_id = add_company_workflow(sql, company, company.manager, slides, slide_contexts=contexts)
    version = fetch_value(
        sql, "select id::text from public.workflow_definition_versions where workflow_id = %s", workflow_id
    )
    draft = insert_draft(
        sql, company.id, company.csm.id, workflow_id=workflow_id, base_version_id=version, name="Quarterly review",
        slide_sequence=["summary", "greeting"], slide_contexts='{"greeting": {"lead": "Read all figures."}}',
    )  # fmt: skip
    page = open_catalogue(workflow=draft)
    with record_requests() as sent:
        open_comparison(page)
    assert [request.partition("?")[0] for request in sent] == ["GET /rest/v1/workflow_definition_versions"]
    assert find_select(page, "To").value == "“Quarterly review”, your draft"
    seen = page_text(page)
    assert "Read theall figures." in seen
    assert "Removed: “" in seen
    find_select(page, "To").set_value(find_select(page, "From").value).run()
    assert "Both are the same." in page_text(page)


def test_a_workflow_of_one_version_has_nothing_to_compare(open_catalogue, sql, company):
    workflow_id = add_company_workflow(sql, company, company.manager, ["greeting", "summary"])
    page = open_comparison(open_catalogue(workflow=workflow_id))
    assert "There is only this version so far." in page_text(page)


def test_names_are_inert(open_catalogue, sql, company):
    add_company_workflow(sql, company, company.manager, ["greeting", "summary"], name=INERT, workflow_id="evil")
    add_customer(sql, company, company.csm, INERT)
    for page in (open_catalogue(), open_catalogue(workflow="evil")):
        assert_page_inert(page)
        assert INERT in page_text(page)


def test_the_first_load_costs_two_requests_and_a_rerun_none(open_page, company, sql):
    add_customer(sql, company, company.csm, "Acme")
    page = open_page(company.csm)
    with record_requests() as first:
        page.switch_page(str(REPOSITORY / "pages" / PAGE)).run()
    assert first == [CATALOGUE]
    with record_requests() as again:
        search(page, "renewal")
    assert again == []


def test_without_supabase_there_is_an_error_with_a_retry(open_catalogue):
    page = open_catalogue()
    del page.session_state[session_keys.CATALOGUE]
    with break_supabase():
        page.run()
        assert "cannot reach its database" in page_text(page)
    find_button(page, "Try again").click().run()
    assert "6 workflows." in page_text(page)


def test_without_supabase_the_last_catalogue_stays(open_catalogue):
    page = open_catalogue()
    with break_supabase():
        find_button(page, "Refresh").click().run()
    assert "This is the catalogue as of" in page_text(page)
    assert "6 workflows." in page_text(page)


def insert_ended_run(sql, company, definition, status="completed", **values):
    latest = "select id from public.workflow_definition_versions where definition_id = %s order by version desc limit 1"
    version = fetch_value(sql, latest, definition)
    outcome = {"outcome_code": "renewed", "outcome_amount": 9_000} if status == "completed" else {}
    workflow = fetch_value(sql, "select workflow_id from public.workflow_definitions where id = %s", definition)
    started = datetime.now(UTC) - timedelta(days=20)
    return insert_row(
        sql, "workflow_executions", company_id=company.id, customer_id=add_customer(sql, company, company.csm, "Acme"),
        owner_id=company.csm.id, workflow_id=workflow, definition_version_id=version, status=status,
        current_slide="summary", started_at=started, ended_at=started + timedelta(days=12), **outcome | values,
    )  # fmt: skip


def add_used_workflow(sql, company):
    definition = publish_workflow(sql, company.id, "our-renewal", name="Our way")
    for status in ("completed",) * 7 + ("abandoned",) * 2:
        insert_ended_run(sql, company, definition, status)
    return definition


def test_a_workflow_shows_what_became_of_its_runs(open_catalogue, sql, company):
    add_used_workflow(sql, company)
    page = open_catalogue(workflow="our-renewal", show="Effectiveness")
    seen = page_text(page)
    assert "7 of 9 (45–94%)" in seen
    assert "Fewer than 20 ended runs: too few to draw conclusions." in seen
    assert "12 days" in seen
    assert "Renewed" in seen
    assert "Two versions side by side" not in seen
    assert "Download CSV" in [button.label for button in page.get("download_button")]


def test_versions_stand_side_by_side_without_a_claim_from_few_runs(open_catalogue, sql, company):
    definition = add_used_workflow(sql, company)
    publish_next_version(sql, definition)
    insert_ended_run(sql, company, definition)
    seen = page_text(open_catalogue(workflow="our-renewal", show="Effectiveness"))
    assert "Version 2 beside version 1" in seen
    assert "too few to tell" in seen
    assert "a difference need not come from the workflow" in seen


def test_a_workflow_without_runs_says_what_will_be_here(open_catalogue, sql, company):
    publish_workflow(sql, company.id, "our-renewal", name="Our way")
    assert "No runs yet" in page_text(open_catalogue(workflow="our-renewal", show="Effectiveness"))


def test_a_draft_has_no_runs_to_show(open_catalogue, sql, company):
    draft = insert_draft(sql, company.id, company.csm.id, name="Alice’s way")
    assert "A draft has no runs." in page_text(open_catalogue(workflow=draft, show="Effectiveness"))


def test_the_figures_cost_one_request_when_they_are_shown(open_catalogue, sql, company):
    add_used_workflow(sql, company)
    page = open_catalogue(workflow="our-renewal")
    with record_requests() as sent:
        page.get_by_key(session_keys.CATALOGUE_SHOWN).set_value("effectiveness").run()
        page.run()
    assert sent == ["POST /rest/v1/rpc/workflow_effectiveness"]

import pytest

from lib.ui import keys
from tests.database.factories import fetch_value
from tests.pages.assertions import assert_page_inert, button_labels, find_button, page_text, primary_labels
from tests.pages.factories import INERT, add_company_workflow, add_customer, count_open_runs
from tests.support.pages import REPOSITORY
from tests.support.requests import break_supabase, record_requests

PAGE = "workflows/catalogue.py"
CATALOGUE = "POST /rest/v1/rpc/workflow_catalogue"
INVALID_SLIDES = ["greeting", "greting", "sumary"]


@pytest.fixture
def look(open_page, company):
    """The catalogue as somebody of the company sees it: `look(workflow="standard-renewal")`."""

    def at(member=None, **query):
        page = open_page(member or company.csm, PAGE)
        for name, value in query.items():
            page.query_params[name] = value
        return page.run() if query else page

    return at


def search(page, words):
    return page.text_input(key=keys.CATALOGUE_QUERY).set_value(words).run()


def select_customer(page, customer_id):
    found = next(box for box in page.selectbox if box.label == "Start for a customer")
    return found.set_value(customer_id).run()


def test_someone_signed_out_sees_no_workflow(open_page):
    page = open_page(None, PAGE)
    assert "You are not signed in." in [header.value for header in page.header]
    assert "Standard renewal" not in "".join(element.value for element in page.markdown)


def test_the_six_stock_workflows_are_there_with_what_they_take(look):
    seen = page_text(look())
    assert "6 workflows." in seen
    assert "Standard renewal" in seen.splitlines()
    assert "9 slides, about" in seen
    assert "no runs yet" in seen


def test_search_looks_through_slide_titles_and_says_how_many(look):
    page = search(look(), "stakeholder")
    seen = page_text(page)
    assert "of 6 workflows." in seen
    assert "Standard renewal" not in seen


def test_a_search_without_result_says_so_and_leads_back(look):
    page = search(look(), "unicorn")
    assert "No workflow matches" in page_text(page)
    find_button(page, "Show all workflows").click().run()
    assert "6 workflows." in page_text(page)


def test_category_and_origin_narrow(look, sql, company):
    add_company_workflow(sql, company, company.manager, ["greeting", "summary"], category="risk")
    page = look()
    page.get_by_key(keys.CATALOGUE_ORIGIN).set_value("Your company's").run()
    assert "1 of 7 workflows." in page_text(page)
    page.get_by_key(keys.CATALOGUE_CATEGORY).set_value("renewal").run()
    assert "No workflow matches" in page_text(page)


def test_looking_inside_shows_every_slide_with_its_purpose_and_lead(look):
    seen = page_text(look(workflow="standard-renewal"))
    assert "Standard renewal" in seen.splitlines()
    assert "9. " in seen
    assert "‹contract notice deadline›" in seen


def test_an_unknown_workflow_is_said_plainly(look):
    page = look(workflow="no-such-thing")
    assert "There is no workflow “no-such-thing”" in page_text(page)
    find_button(page, "All workflows").click().run()
    assert "6 workflows." in page_text(page)


def test_starting_for_a_customer_goes_to_the_run(look, sql, company):
    acme = add_customer(sql, company, company.csm, "Acme")
    page = select_customer(look(workflow="standard-renewal"), acme)
    assert primary_labels(page) == ["Start"]
    find_button(page, "Start").click().run()
    started = fetch_value(sql, "select id::text from public.workflow_executions where customer_id = %s", acme)
    assert page.query_params["execution"] == started


def test_a_run_already_open_is_gone_on_with(look, sql, company):
    acme = add_customer(sql, company, company.csm, "Acme")
    find_button(select_customer(look(workflow="standard-renewal"), acme), "Start").click().run()
    page = select_customer(look(workflow="standard-renewal"), acme)
    assert "Acme already has an open run." in page_text(page)
    find_button(page, "Resume").click().run()
    assert count_open_runs(sql, company) == 1
    assert page.query_params["execution"]


def test_a_csm_starts_for_their_own_customers_a_manager_for_all(look, sql, company):
    add_customer(sql, company, company.csm, "Mine")
    add_customer(sql, company, company.other_csm, "Theirs")

    def offered(member):
        return look(member, workflow="standard-renewal").selectbox[0].options

    assert offered(company.csm) == ["Mine"]
    assert offered(company.manager) == ["Mine", "Theirs"]


def test_without_customers_it_says_how_to_get_some(look):
    page = look(workflow="standard-renewal")
    assert "You have no customers to start it for." in page_text(page)
    assert "Start" not in button_labels(page)


def test_cloning_makes_a_draft_of_the_companys_own(look, sql, company):
    page = look(workflow="standard-renewal")
    find_button(page, "Clone").click().run()
    seen = page_text(page)
    assert "is now your company's own, as a draft." in seen
    assert "A draft cannot be started" in seen
    status = "select status from public.workflow_definitions where company_id = %s"
    assert fetch_value(sql, status, company.id) == "draft"


def test_cloning_what_a_colleague_cloned_meanwhile_is_a_plain_sentence(look, company):
    late = look(workflow="standard-renewal")
    find_button(look(company.manager, workflow="standard-renewal"), "Clone").click().run()
    find_button(late, "Clone").click().run()
    assert "Your company already has “Standard renewal” under this id." in page_text(late)
    late.run()
    assert "See your company's copy" in button_labels(late)


def test_a_published_copy_takes_the_stock_ones_place(look, sql, company):
    add_company_workflow(
        sql, company, company.manager, ["greeting", "summary"], workflow_id="standard-renewal", name="Our way"
    )
    assert "Our way" in page_text(look(workflow="standard-renewal")).splitlines()
    stock = fetch_value(
        sql,
        "select id::text from public.workflow_definitions where company_id is null and workflow_id = %s",
        "standard-renewal",
    )
    assert "own “Our way” starts in its place." in page_text(look(workflow=stock))


def test_a_broken_workflow_is_listed_with_every_fault_and_cannot_be_started(look, sql, company):
    add_customer(sql, company, company.csm, "Acme")
    broken = add_company_workflow(sql, company, company.manager, INVALID_SLIDES, name="Broken one")
    assert "Broken one" in page_text(look()).splitlines()
    page = look(workflow=broken)
    seen = page_text(page)
    assert "2 errors in this workflow" in seen
    assert "greting" in seen
    assert "sumary" in seen
    assert "Start" not in button_labels(page)


def test_another_companys_workflows_do_not_exist(look, sql, new_company):
    theirs = new_company("Brindle")
    hidden = add_company_workflow(sql, theirs, theirs.manager, ["greeting", "summary"], name="Secret plan")
    assert "Secret plan" not in page_text(look())
    assert "There is no workflow" in page_text(look(workflow=hidden))


def test_names_are_inert(look, sql, company):
    add_company_workflow(sql, company, company.manager, ["greeting", "summary"], name=INERT, workflow_id="evil")
    add_customer(sql, company, company.csm, INERT)
    for page in (look(), look(workflow="evil")):
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


def test_with_supabase_gone_there_is_a_sentence_and_a_way_to_try_again(look):
    page = look()
    del page.session_state[keys.CATALOGUE]
    with break_supabase():
        page.run()
        assert "cannot reach its database" in page_text(page)
    find_button(page, "Try again").click().run()
    assert "6 workflows." in page_text(page)


def test_with_supabase_gone_the_last_catalogue_stays(look):
    page = look()
    with break_supabase():
        find_button(page, "Refresh").click().run()
    assert "This is the catalogue as of" in page_text(page)
    assert "6 workflows." in page_text(page)

"""The page of a customer: whole, empty, foreign, and its links."""

from datetime import date, timedelta

import pytest

from tests.database.factories import fetch_value, insert_row
from tests.database.rpc import call_rpc
from tests.pages.assertions import assert_page_inert, button_labels, page_text, primary_labels
from tests.pages.dialogs import fill_dialog, submit_dialog
from tests.pages.factories import INERT, add_company_workflow, add_customer, add_usage
from tests.support.requests import record_requests

PAGE = "customers/customer.py"
VERSION_OF_WORKFLOW = """select v.id from public.workflow_definition_versions v
  join public.workflow_definitions d on d.id = v.definition_id where d.workflow_id = %s"""


@pytest.fixture
def show(open_page, company):
    """The page of a customer, as the company's CSM sees it unless said otherwise."""

    def open_customer(customer_id, member=None):
        return open_page(member or company.csm, PAGE, id=customer_id)

    return open_customer


def test_someone_signed_out_sees_nothing(open_page):
    page = open_page(None, PAGE)
    assert "You are not signed in." in [header.value for header in page.header]


def test_without_a_customer_in_the_address_the_page_says_how_to_open_one(open_page, company):
    assert "No customer chosen" in page_text(open_page(company.csm, PAGE))


def test_a_customer_is_shown_whole(show, company, sql):
    customer = add_customer(sql, company, company.csm, "Obsidian Black", industry="Studio", country="Germany")
    add_usage(sql, company, customer)
    of = {"company_id": company.id, "customer_id": customer}
    insert_row(sql, "contacts", **of, name="Ines Ortega", title="CFO", role="economic_buyer")
    insert_row(sql, "notes", **of, author_id=company.csm.id, body="They want a discount.", happened_on="2026-01-02")
    seen = page_text(show(customer))
    for text in ("Obsidian Black", "Studio, Germany", "Ines Ortega, CFO", "Economic buyer", "They want a discount.",
                 "Current term", "105 seats × $450"):  # fmt: skip
        assert text in seen


def test_more_ended_runs_and_files_than_are_listed_are_named(show, company, sql):
    customer = add_customer(sql, company, company.csm)
    for number in range(5):
        run = call_rpc(company.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=customer)
        run_id = run["execution_id"]
        for name in (f"quote-{number}.pdf", f"brief-{number}.pdf"):
            call_rpc(
                company.csm, "record_file", p_execution_id=run_id, p_slide_id="prepare-quote", p_filename=name
            )  # fmt: skip
        call_rpc(company.csm, "abandon_execution", p_execution_id=run_id, p_key=run_id)
    seen = page_text(show(customer))
    assert "2 earlier runs in the timeline, under Runs." in seen
    assert "Earlier files are in the timeline, under Runs." in seen


def test_each_figure_opens_to_the_rows_it_comes_from(show, company, sql):
    customer = add_customer(sql, company, company.csm)
    add_usage(sql, company, customer)
    seen = page_text(show(customer))
    for title in ("Health by part", "Usage by week", "Engagement: latest contact", "Support: tickets counted"):
        assert title in seen


def test_a_customer_costs_one_request_and_a_rerun_none(show, company, sql):
    customer = add_customer(sql, company, company.csm)
    with record_requests() as sent:
        page = show(customer)
    assert sent.count("POST /rest/v1/rpc/customer_page") == 1
    with record_requests() as again:
        page.run()
    assert again == []


@pytest.mark.parametrize("name", [INERT, "Nőrdïc " * 14 + "グループ株式会社" * 12])
def test_a_name_of_any_kind_is_drawn_as_it_is(show, company, sql, name):
    customer = add_customer(sql, company, company.csm, name[:200])
    page = show(customer)
    assert name[:200].strip() in page_text(page)
    assert_page_inert(page)


def test_a_customer_without_anything_says_so(show, company, sql):
    customer = insert_row(
        sql, "customers", company_id=company.id, owner_id=company.csm.id, name="Bare Ltd", segment="smb",
        customer_since="2026-11-01",
    )  # fmt: skip
    seen = page_text(show(str(customer)))
    for sentence in ("No contract on record", "No contact on record", "No usage feed", "No run yet"):
        assert sentence in seen


@pytest.mark.parametrize("customer_id", ["00000000-0000-4000-8000-000000000000", "nonsense", "'; drop table customers"])
def test_an_unknown_customer_is_one_plain_sentence(show, customer_id):
    assert "doesn't exist" in page_text(show(customer_id)).replace("does not exist", "doesn't exist")


def test_a_customer_of_another_company_does_not_exist(show, company, new_company, sql):
    strangers = new_company()
    customer = add_customer(sql, strangers, strangers.csm, "Secret Ltd")
    seen = page_text(show(customer))
    assert "This customer does not exist, or you don't have access to it." in seen
    assert "Secret Ltd" not in seen


def test_the_address_of_a_merged_customer_leads_to_the_one_it_was_merged_into(show, company, sql):
    kept, removed = (add_customer(sql, company, company.csm, name) for name in ("Bolt", "Bolt *Ltd*"))
    arguments = {"p_table": "customers", "p_kept_id": kept, "p_removed_id": removed}
    call_rpc(company.manager, "merge_records", **arguments)
    page = show(removed)
    assert "Bolt *Ltd* was merged into Bolt." in page_text(page)
    link = next(each.proto for each in page.get("page_link") if each.proto.label == "Open Bolt")
    assert kept in link.query_string


def test_the_address_of_an_erased_customer_says_so(show, company, sql):
    customer, other = add_customer(sql, company, company.csm, "Bolt"), add_customer(sql, company, company.csm, "Cora")
    for subject, mode in ((customer, "remove"), (other, "pseudonymise")):
        of = {"p_subject": "customer", "p_subject_id": subject, "p_mode": mode, "p_reason": "They asked us to."}
        call_rpc(company.manager, "erase_subject", **of)
    assert "This customer was erased on" in page_text(show(customer))
    seen = page_text(show(other))
    assert "Names and texts of this customer were erased on" in seen
    assert "Cora" not in seen


def test_goals_are_shown_with_the_slide_they_are_from(show, company, sql):
    workflow_id = add_company_workflow(sql, company, company.manager, ["greeting", "set-goals", "summary"])
    customer = add_customer(sql, company, company.csm, "Bolt")
    assert "Goals" not in page_text(show(customer))
    run = call_rpc(company.csm, "start_workflow", p_workflow_id=workflow_id, p_customer_id=customer)["execution_id"]
    goal = {"goal": "Half the tickets", "owner": "Ines", "due": "2027-06-30", "measure": "Tickets a month"}
    saved = {"p_execution_id": run, "p_slide_id": "set-goals", "p_answers": {"goals": [goal]}, "p_revision": 0}
    call_rpc(company.csm, "save_step", **saved)
    seen = page_text(show(customer))
    assert "Half the tickets" in seen
    assert "Ines · by 30 Jun 2027 · measured by Tickets a month" in seen
    assert "Set goals, Quarterly review, " in seen


def test_files_are_listed_with_the_slide_that_makes_them(show, company, sql):
    workflow_id = add_company_workflow(sql, company, company.manager, ["greeting", "prepare-quote", "summary"])
    customer = add_customer(sql, company, company.csm, "Bolt")
    assert "Files" not in page_text(show(customer)).splitlines()
    run = call_rpc(company.csm, "start_workflow", p_workflow_id=workflow_id, p_customer_id=customer)["execution_id"]
    made = {"p_execution_id": run, "p_slide_id": "prepare-quote", "p_filename": "quote-<b>Bolt</b>.pdf"}
    call_rpc(company.csm, "record_file", **made)
    seen = page_text(show(customer))
    assert "quote-<b>Bolt</b>.pdf" in seen.splitlines()
    assert f"Prepare the quote, by {company.csm.full_name}, " in seen
    assert "File made: quote-<b>Bolt</b>.pdf · Quarterly review" in seen


def test_who_may_not_write_it_is_not_offered_to_start_anything(show, company, sql):
    customer = add_customer(sql, company, company.other_csm)
    page = show(customer)
    assert primary_labels(page) == []
    assert not page.menu_button


def test_an_archived_customer_is_marked_and_starts_nothing(show, company, sql):
    customer = add_customer(sql, company, company.csm, status="archived")
    page = show(customer)
    assert "Archived" in page_text(page)
    assert not [label for label in button_labels(page) if label.startswith("Start")]


def test_the_customer_is_a_link_on_today(open_page, company, sql):
    customer = add_customer(sql, company, company.csm, "Obsidian Black", notice_in=10)
    page = open_page(company.csm)
    assert f'href="/customer?id={customer}"' in "".join(each.value for each in page.get("html"))


def open_entry(page, key: str, what: str):
    """Choose an entry of the menu whose key ends with `key`."""
    return next(each for each in page.menu_button if key in (each.key or "")).click(what).run()


def press(page, label: str, of: int = 0):
    return [each for each in page.button if each.label == label][of].click().run()


def add_contact(sql, company, customer, **values):
    person = {"name": "Ines Ortega", "role": "champion"} | values
    return insert_row(sql, "contacts", company_id=company.id, customer_id=customer, **person)


def test_a_contact_is_edited_in_a_dialog_and_the_edit_undone(show, company, sql):
    customer = add_customer(sql, company, company.csm)
    contact = add_contact(sql, company, customer)
    page = open_entry(show(customer), f"contact.{contact}", "edit_contact")
    page = submit_dialog(fill_dialog(page, title="COO"))
    assert "Ines Ortega, COO" in page_text(page)
    assert "Saved Ines Ortega." in page_text(page)
    page = press(page, "Undo")
    assert "Ines Ortega, COO" not in page_text(page)


def test_an_edit_of_a_contact_that_a_colleague_changed_is_refused_and_keeps_theirs(show, company, sql):
    customer = add_customer(sql, company, company.csm)
    contact = add_contact(sql, company, customer)
    page = open_entry(show(customer), f"contact.{contact}", "edit_contact")
    sql.execute("update public.contacts set title = 'CEO' where id = %s", [contact])
    page = submit_dialog(fill_dialog(page, title="COO"))
    assert "Somebody changed this contact since you opened it." in page_text(page)
    assert fetch_value(sql, "select title from public.contacts where id = %s", contact) == "CEO"


def test_a_name_of_500_characters_in_two_scripts_is_refused_and_200_of_them_are_drawn(show, company, sql):
    name = "شركة النور Żółta Łódź " * 25
    customer = add_customer(sql, company, company.csm, "Bolt")
    page = open_entry(show(customer), f"customer.{customer}", "edit_customer")
    page = submit_dialog(fill_dialog(page, name=name[:500]))
    stored = "select name from public.customers where id = %s"
    assert fetch_value(sql, stored, customer) == "Bolt"
    assert "200" in page_text(page)
    page = submit_dialog(fill_dialog(page, name=name[:200].strip()))
    assert fetch_value(sql, stored, customer) == name[:200].strip()
    assert name[:200].strip() in page_text(page)


def test_a_customer_handed_over_while_open_is_no_longer_changed(show, company, sql):
    customer = add_customer(sql, company, company.csm)
    contact = add_contact(sql, company, customer)
    page = open_entry(show(customer), f"contact.{contact}", "edit_contact")
    sql.execute("update public.customers set owner_id = %s where id = %s", [company.other_csm.id, customer])
    page = submit_dialog(fill_dialog(page, title="COO"))
    assert "Only the owner of this customer and managers can change it." in page_text(page)


def test_a_manager_adds_the_next_term_where_the_latest_ends(show, company, sql):
    customer = add_customer(sql, company, company.csm)
    page = show(customer, company.manager)
    page = next(each for each in page.button if (each.key or "").startswith("customer.press.add_contract"))
    page = submit_dialog(fill_dialog(page.click().run(), seats="120"))
    assert "Added the term from" in page_text(page)
    assert fetch_value(sql, "select count(*) from public.contracts where customer_id = %s", customer) == 2
    assert "Next term" in page_text(page)


def test_a_csm_is_not_offered_to_change_contracts(show, company, sql):
    customer = add_customer(sql, company, company.csm)
    assert not [each for each in show(customer).menu_button if "contract." in (each.key or "")]


def write_note(page, text: str):
    page.text_area[0].set_value(text)
    return press(page, "Save note")


def test_a_note_is_written_and_undone(show, company, sql):
    customer = add_customer(sql, company, company.csm)
    page = write_note(show(customer), f"Called them. @{company.manager.full_name}, please look.")
    seen = page_text(page)
    assert "Saved the note. 1 colleague notified." in seen
    assert "Called them." in seen
    assert page.text_area[0].value == ""
    page.text_area[0].set_value("The next one, half written")
    page = press(page, "Undo")
    assert fetch_value(sql, "select count(*) from public.notes where customer_id = %s", customer) == 0
    assert page.text_area[0].value == "The next one, half written"


def test_an_empty_note_is_refused_and_five_thousand_are_paged(show, company, sql):
    customer = add_customer(sql, company, company.csm)
    many = "insert into public.notes (company_id, customer_id, author_id, body, happened_on) "
    many += "select %s, %s, %s, 'Note ' || n, current_date - n from generate_series(1, 5000) n"
    sql.execute(many, [company.id, customer, company.manager.id])
    page = show(customer)
    assert "Write something first." in page_text(write_note(page, "  "))
    with record_requests() as sent:
        page = press(page, "Show older")
    assert [request for request in sent if "rpc" in request] == ["POST /rest/v1/rpc/customer_timeline"]
    assert "Note 55" in page_text(page)


def test_the_page_as_of_a_day_is_marked_and_offers_no_change(open_page, company, sql):
    customer = add_customer(sql, company, company.csm)
    page = open_page(company.csm, PAGE, id=customer, on="2026-06-01")
    assert "As of **1 Jun 2026**. Read-only." in page_text(page)
    assert "Search notes and tickets" not in [each.label for each in page.text_input]
    assert not {"Save note", "Add"} & set(button_labels(page))
    page = press(page, "Back to today")
    assert "Read-only." not in page_text(page)
    assert "Search notes and tickets" in [each.label for each in page.text_input]


def test_from_a_past_day_each_other_past_day_can_be_chosen(open_page, company, sql):
    customer = add_customer(sql, company, company.csm)
    page = open_page(company.csm, PAGE, id=customer, on="2026-06-01")
    (day,) = [each for each in page.date_input if each.label == "As of the end of"]
    yesterday = fetch_value(sql, "select private.utc_day(now())") - timedelta(days=1)
    assert (day.value, day.min, abs((day.max - yesterday).days) <= 1) == (date(2026, 6, 1), date(2000, 1, 1), True)
    day.set_value(date(2026, 10, 1)).run()
    assert "As of **1 Oct 2026**. Read-only." in page_text(page)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("1950-01-01", "As of **1 Jan 2000**. Read-only. The earliest day is 1 Jan 2000."),
        ("2999-01-01", "1 Jan 2999 is still to come. This is the page of today."),
        ("soon", "“soon” is not a day. This is the page of today."),
    ],
)
def test_a_day_the_page_cannot_be_of_is_said_in_a_sentence(open_page, company, sql, day, sentence):
    customer = add_customer(sql, company, company.csm)
    page = open_page(company.csm, PAGE, id=customer, on=day)
    assert not page.exception
    assert sentence in page_text(page)
    assert "This is the page of today." not in page_text(press(page, "Back to today"))


def test_a_run_that_was_open_shows_nothing_of_its_state_now(open_page, company, sql):
    workflow_id = add_company_workflow(sql, company, company.manager, ["greeting", "summary"])
    customer = add_customer(sql, company, company.csm)
    version = fetch_value(sql, VERSION_OF_WORKFLOW, workflow_id)
    day = fetch_value(sql, "select private.utc_day(now())") - timedelta(days=10)
    insert_row(
        sql, "workflow_executions", company_id=company.id, customer_id=customer, owner_id=company.csm.id,
        workflow_id=workflow_id, definition_version_id=version, current_slide="greeting",
        started_at=day - timedelta(days=30),
    )  # fmt: skip
    assert "of 2 slides done" in page_text(open_page(company.csm, PAGE, id=customer))
    seen = page_text(open_page(company.csm, PAGE, id=customer, on=day.isoformat()))
    assert "Quarterly review" in seen
    assert "slides done" not in seen


def test_health_and_usage_are_drawn_and_no_data_is_said(show, company, sql):
    customer = add_customer(sql, company, company.csm)
    page = show(customer)
    view = next(each for each in page.get("button_group") if (each.key or "").endswith(".view"))
    seen = page_text(view.set_value("Usage and health").run())
    assert "No usage feed, so no data." in seen

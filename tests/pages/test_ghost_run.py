"""A workflow over real customers, from its page; nothing is written."""

from datetime import UTC, datetime, timedelta

import pytest

from lib.ui import session_keys
from tests.database.factories import (
    fetch_rows,
    fetch_value,
    insert_customer,
    insert_draft,
    insert_row,
    publish_workflow,
)
from tests.pages.assertions import button_labels, find_button, page_text
from tests.pages.factories import add_customer
from tests.support.requests import break_supabase, record_requests

PAGE = "workflows/catalogue.py"
BATCH = "POST /rest/v1/rpc/customer_accounts"
TENANT_TABLES = """
    select c.table_schema, c.table_name from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.column_name = 'company_id' and t.table_type = 'BASE TABLE' and c.table_schema in ('public', 'private')"""
KEPT_BY_THE_WORKER = {"customer_scores"}
STORED = """
    select '{0}' as name, count(*) as rows, md5(string_agg(row::text, '' order by row::text)) as hash
    from (select to_jsonb(t) as row from {0} t where t.company_id = %s) x"""


def hash_tables(sql, company):
    """Number and hash of the company's rows in each table."""
    tables = [
        f"{row['table_schema']}.{row['table_name']}"
        for row in fetch_rows(sql, TENANT_TABLES)
        if row["table_name"] not in KEPT_BY_THE_WORKER
    ]
    stored = " union all ".join(STORED.format(table) for table in tables)
    return {row["name"]: (row["rows"], row["hash"]) for row in fetch_rows(sql, stored, *[company.id] * len(tables))}


@pytest.fixture
def open_ghost(open_page, company):
    def at(workflow="standard-renewal"):
        page = open_page(company.csm, PAGE)
        page.query_params["workflow"], page.query_params["show"] = workflow, "Ghost run"
        return page.run()

    return at


def begin(page, customer=None):
    if customer:
        page.get_by_key(session_keys.GHOST_RUN_CUSTOMER).set_value(customer)
    find_button(page, "Ghost run").click()
    return page.run()


def test_all_customers_are_composed_and_nothing_is_written(open_ghost, sql, company):
    add_customer(sql, company, company.csm, "Acme")
    bare = str(insert_customer(sql, company.id, company.other_csm.id, name="Bare Ltd"))
    page = open_ghost()
    before = hash_tables(sql, company)
    with record_requests() as sent:
        begin(page)
    assert sent[0] == BATCH
    assert "2 customers, composed now; nothing was saved" in page_text(page)
    grid = page.dataframe[0].value
    assert list(grid["Customer"]) == ["Bare Ltd", "Acme"]
    page.get_by_key(session_keys.GHOST_RUN_SHOWN_CUSTOMER).set_value(bare).run()
    page.get_by_key(session_keys.GHOST_RUN_SHOWN_SLIDE).set_value("contract-terms").run()
    seen = page_text(page)
    assert "Ghost run" in seen
    assert "no contract" in seen.lower()
    assert hash_tables(sql, company) == before


def test_one_customer_costs_one_request(open_ghost, sql, company):
    acme = add_customer(sql, company, company.csm, "Acme")
    page = open_ghost()
    with record_requests() as sent:
        begin(page, acme)
    assert sent == ["POST /rest/v1/rpc/customer_account"] * 2  # composed, and the slide as drawn
    assert "1 customer, composed now" in page_text(page)
    assert not page.dataframe


def test_a_draft_that_cannot_be_composed_says_why(open_ghost, sql, company):
    lead = '{"greeting": {"lead": "{{ 1e400 }}"}}'
    draft = insert_draft(sql, company.id, company.csm.id, name="Broken one", slide_contexts=lead)
    assert "cannot be composed" in page_text(begin(open_ghost(draft)))


def test_without_customers_it_says_so(open_ghost):
    assert "No customers to compose for" in page_text(begin(open_ghost()))


def test_a_lost_connection_keeps_what_is_done_and_offers_to_go_on(open_ghost, sql, company):
    add_customer(sql, company, company.csm, "Acme")
    page = open_ghost()
    with break_supabase():
        begin(page)
    assert "Try again" in button_labels(page)
    find_button(page, "Try again").click().run()
    assert "1 customer, composed now" in page_text(page)


def complete_run(sql, company, definition, name="Acme"):
    latest = "select id from public.workflow_definition_versions where definition_id = %s order by version desc limit 1"
    workflow = fetch_value(sql, "select workflow_id from public.workflow_definitions where id = %s", definition)
    ended, customer = datetime.now(UTC) - timedelta(days=2), add_customer(sql, company, company.csm, name)
    return str(
        insert_row(
            sql, "workflow_executions", company_id=company.id, customer_id=customer,
            owner_id=company.csm.id, workflow_id=workflow, definition_version_id=fetch_value(sql, latest, definition),
            status="completed", current_slide="summary", outcome_code="renewed", outcome_amount=9_000,
            started_at=ended - timedelta(days=12), ended_at=ended,
        )
    )  # fmt: skip


def test_a_finished_run_is_kept_as_a_case_and_replayed_over_a_draft(open_ghost, open_page, sql, company):
    run = complete_run(sql, company, publish_workflow(sql, company.id, "our-renewal", name="Our way"))
    page = open_ghost("our-renewal")
    assert "No run is kept as a case yet." in page_text(page)
    page.get_by_key(session_keys.CASE_RUN).set_value(run).run()
    find_button(page, "Keep").click().run()
    assert "Nothing differs." in page_text(page)
    draft = insert_draft(
        sql, company.id, company.csm.id, name="Alice’s way", workflow_id="our-renewal",
        slide_sequence=["greeting", "set-goals", "summary"],
        slide_contexts='{"greeting": {"lead": "Dear {{ customer.name }}"}}',
    )  # fmt: skip
    seen = page_text(open_ghost(draft))
    assert "Dear Acme" in seen
    assert "The slide is new." in seen
    assert "The slide is gone" in seen
    builder = open_page(company.manager, "workflows/builder.py", draft=draft)
    find_button(builder, "Publish…").click().run()
    assert "1 of 1 case would differ" in [each.label for each in builder.expander]


def test_a_case_is_removed_and_its_run_stays(open_ghost, sql, company):
    run = complete_run(sql, company, publish_workflow(sql, company.id, "our-renewal", name="Our way"))
    page = open_ghost("our-renewal")
    page.get_by_key(session_keys.CASE_RUN).set_value(run).run()
    find_button(page, "Keep").click().run()
    find_button(page, "Remove").click().run()
    assert "No run is kept as a case yet." in page_text(page)
    assert fetch_value(sql, "select status from public.workflow_executions where id = %s", run) == "completed"

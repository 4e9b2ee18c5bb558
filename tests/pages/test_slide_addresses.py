"""A run whose workflow has the same slide twice, from the slide list to the summary."""

import pytest

from lib.ui.session_keys import RUN_SLIDE_ROW
from tests.database.factories import fetch_value, publish_workflow
from tests.database.rpc import call_rpc
from tests.pages.assertions import page_text
from tests.pages.factories import add_customer
from tests.pages.test_run import PAGE, find_widget, press_button, read_step

SLIDES = ["greeting", "draft-email", "draft-email:second", "prepare-quote:big", "summary"]


@pytest.fixture
def run(sql, company):
    publish_workflow(sql, company.id, "two-mails", slides=SLIDES, category="renewal")
    acme = add_customer(sql, company, company.csm, "Acme", notice_in=20)
    return call_rpc(company.csm, "start_workflow", p_workflow_id="two-mails", p_customer_id=acme)["execution_id"]


def test_a_second_email_is_written_saved_and_summarized_beside_the_first(open_page, company, run, sql):
    page = open_page(company.csm, PAGE, execution=run, slide="draft-email")
    assert [option.split(": ")[-1] for option in page.button_group(key=RUN_SLIDE_ROW).options] == [
        "Start", "Email", "Email (second)", "Quote (big)", "Outcome",
    ]  # fmt: skip
    find_widget(page, "text_input", "to").set_value("ines@acme.example").run()
    page = press_button(page, "next", "draft-email")
    assert "Draft the email (second)" in page_text(page)
    find_widget(page, "text_input", "to").set_value("bo@acme.example").run()
    page = press_button(page, "next", "draft-email:second")
    to = {slide: read_step(sql, run, slide)["answers"]["to"] for slide in ("draft-email", "draft-email:second")}
    assert to == {"draft-email": "ines@acme.example", "draft-email:second": "bo@acme.example"}
    where = "select current_slide from public.workflow_executions where id = %s"
    assert fetch_value(sql, where, run) == "prepare-quote:big"
    summary = page_text(open_page(company.csm, PAGE, execution=run, slide="summary"))
    assert "Email to ines@acme.example" in summary
    assert "Email to (second) bo@acme.example" in summary


def test_a_link_to_the_quote_finds_it_under_its_label(open_page, company, run):
    page = open_page(company.csm, PAGE, execution=run, slide="prepare-quote")
    assert "Prepare the quote (big)" in page_text(page)

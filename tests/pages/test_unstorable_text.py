"""Text that Postgres does not store: NUL, and halves of surrogate pairs. It is named, and nothing else breaks."""

import pytest

from lib.db.query_execution import execute_write
from lib.errors import InvalidInput
from tests.database.rpc import call_rpc
from tests.pages.assertions import page_text
from tests.pages.factories import add_customer
from tests.pages.test_run import find_widget, press_button, read_step

ODD = ["a\0b", "\ud800", "b\udfff"]


@pytest.fixture
def run(sql, company):
    customer = add_customer(sql, company, company.csm, "Acme", notice_in=20)
    return call_rpc(company.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=customer)[
        "execution_id"
    ]


def test_an_answer_is_saved_without_it(open_page, company, run, sql) -> None:
    page = open_page(company.csm, "workflows/run.py", execution=run, slide="greeting")
    find_widget(page, "text_area", "goal").set_value("a\0b")
    press_button(page, "next", "greeting")
    assert "cannot reach" not in page_text(page)
    assert read_step(sql, run, "greeting")["answers"]["goal"] == "ab"


def test_an_odd_address_of_a_run_is_no_run(open_page, company) -> None:
    page = open_page(company.csm, "workflows/run.py", execution="a\0b")
    assert "cannot reach" not in page_text(page)
    assert not page.exception


def test_a_search_for_it_says_so_or_finds_nothing(open_page, company) -> None:
    page = open_page(company.csm, "conversations/conversations.py", q="a\0b")
    assert "cannot reach" not in page_text(page)
    assert not page.exception


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_a_write_of_it_is_invalid_input(company, run, odd: str) -> None:
    answers = {"p_execution_id": run, "p_slide_id": "greeting", "p_answers": {"goal": odd}, "p_revision": 0}
    with pytest.raises(InvalidInput, match="cannot be stored"):
        execute_write(company.csm.client.rpc("save_step", answers))

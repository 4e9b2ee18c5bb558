"""The same slide twice in a workflow, each under its own address with its own answers."""

import uuid
from typing import Any

import pytest

from tests.database.action_calls import fetch_execution, skip
from tests.database.closing_calls import NOTHING, customer_of, propose, save, start_renewal
from tests.database.factories import Sql, fetch_rows, fetch_value, insert_draft, publish_workflow
from tests.database.price_calls import line, prices
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company

SLIDES = ["draft-email", "draft-email:second", "prepare-quote:big", "assess-departure:one", "assess-departure:two",
          "set-goals:ours", "set-goals:theirs", "review-account:late", "summary"]  # fmt: skip


@pytest.fixture
def company(books: Company) -> Company:
    return books


@pytest.fixture
def run(company: Company, sql: Sql) -> str:
    return start_renewal(company, sql, slides=SLIDES)


def read_answers(sql: Sql, run: str) -> dict[str, Any]:
    rows = fetch_rows(sql, "select slide_id, answers from public.workflow_step_executions where execution_id = %s", run)
    return {row["slide_id"]: row["answers"] for row in rows}


def change_draft(who: Any, draft: str, **values: Any) -> Any:
    return who.client.table("workflow_drafts").update(values).eq("id", draft).execute().data


def test_a_second_email_keeps_answers_of_its_own(company, run, sql):
    save(company.csm, run, "draft-email", {"to": "a@a.example"})
    save(company.csm, run, "draft-email:second", {"to": "b@b.example"})
    assert read_answers(sql, run) == {
        "draft-email": {"to": "a@a.example"},
        "draft-email:second": {"to": "b@b.example"},
    }
    with assert_refused("PT400", "The slide does not ask for “goal”."):
        save(company.csm, run, "assess-departure:one", {"goal": "x"})
    with assert_refused("PT400", "This slide is not part of the run."):
        save(company.csm, run, "draft-email:third", {"to": "c@c.example"})


def test_a_labelled_quote_is_priced_like_any_other(company, run):
    save(company.csm, run, "prepare-quote:big", {"lines": [line(discount=10)]})
    assert prices(company.csm, run)["quote"]["total"] == 45_000


def test_of_two_departures_the_first_answered_one_is_proposed(company, run, sql):
    assert propose(company.csm, run, code="undecided") == NOTHING
    add = "insert into public.contacts (company_id, customer_id, name, role) values (%s, %s, %s, 'champion')"
    for name in ("Ines Ortega", "Bo Lund"):
        sql.execute(add, (company.id, customer_of(sql, run), name))
    for slide, name in (("assess-departure:two", "Bo Lund"), ("assess-departure:one", "Ines Ortega")):
        save(company.csm, run, slide, {"who": "other", "who_else": name, "left_on": "2026-10-01"})
    assert propose(company.csm, run, code="undecided")["contact"]["name"] == "Ines Ortega"


def test_goals_of_both_slides_are_the_customers(company, run, sql):
    save(company.csm, run, "set-goals:ours", {"goals": [{"goal": "Ours"}]})
    save(company.csm, run, "set-goals:theirs", {"goals": [{"goal": "Theirs"}]})
    goals = call_rpc(company.csm, "customer_page", p_customer_id=str(customer_of(sql, run)))["goals"]
    assert {goal["goal"] for goal in goals} == {"Ours", "Theirs"}


def test_a_question_about_the_data_on_a_labelled_review_is_followed_up(company, run, sql):
    save(company.csm, run, "review-account:late", {"data_wrong": "The ARR."})
    count = "select count(*) from public.follow_ups where execution_id = %s and origin = 'data_question'"
    assert fetch_value(sql, count, run) == 1


def test_a_chat_belongs_to_one_address(company, run):
    where = {"execution_id": run, "company_id": str(company.id), "owner_id": str(company.csm.id)}
    threads = company.csm.client.table("workflow_chat_threads")
    assert threads.insert({**where, "slide_id": "draft-email:second"}).execute().data
    second, first = (
        call_rpc(company.csm, "chat_panel", p_execution_id=run, p_slide_id=slide)
        for slide in ("draft-email:second", "draft-email")
    )
    assert second != first
    with assert_refused("PT400", "This slide is not part of the run."):
        threads.insert({**where, "slide_id": "draft-email:third"}).execute()


def test_a_skipped_twin_leaves_the_other_as_it_was(company, run, sql):
    skip(company.csm, run, slide="draft-email:second")
    rows = fetch_rows(sql, "select slide_id, status from public.workflow_step_executions where execution_id = %s", run)
    assert [(row["slide_id"], row["status"]) for row in rows] == [("draft-email:second", "skipped")]
    assert fetch_execution(sql, run)["current_slide"] == "draft-email"


@pytest.mark.parametrize(
    ("sequence", "words"),
    [
        (["draft-email:Second", "summary"], "“Second” cannot be a slide's label."),
        (["draft-email:", "summary"], "“” cannot be a slide's label."),
        (["draft-email:" + "x" * 41, "summary"], "cannot be a slide's label."),
        (["nowhere:second", "summary"], "There is no slide “nowhere”."),
        (["summary", "summary:second"], "A workflow has the slide “summary” once."),
        (["prepare-quote:a", "prepare-quote:b", "summary"], "A workflow has the slide “prepare-quote” once."),
        (["pricing-strategy", "pricing-strategy:b", "summary"], "A workflow has the slide “pricing-strategy” once."),
    ],
)
def test_a_draft_takes_no_bad_address(company, sql, sequence, words):
    draft = insert_draft(sql, company.id, company.csm.id)
    with assert_refused("PT400", words):
        change_draft(company.csm, draft, slide_sequence=sequence)


def test_sixty_slides_are_taken_and_sixty_one_are_not(company, sql):
    draft = insert_draft(sql, company.id, company.csm.id)
    sequence = [*(f"draft-email:n{number}" for number in range(59)), "summary"]
    assert change_draft(company.csm, draft, slide_sequence=sequence)[0]["slide_sequence"] == sequence
    with assert_refused("23514"):
        change_draft(company.csm, draft, slide_sequence=["greeting", *sequence])


def test_a_labelled_summary_can_be_published(company, sql):
    definition = publish_workflow(sql, company.id, f"labelled-{uuid.uuid4()}", slides=["greeting", "summary:end"])
    draft = insert_draft(sql, company.id, company.csm.id, slide_sequence=["greeting:hello", "summary:end"])
    made = call_rpc(company.manager, "publish_workflow", p_draft_id=draft, p_revision=1)
    assert made["slide_sequence"] == ["greeting:hello", "summary:end"]
    assert definition


def test_the_slide_of_an_address_is_what_stands_before_the_colon(sql):
    for address, slide in (("draft-email:second", "draft-email"), ("draft-email", "draft-email"), ("", "")):
        assert fetch_value(sql, "select private.slide_of_address(%s)", address) == slide

"""Files made from the slides of a run: who records one, when, and who reads it."""

import pytest

from tests.database.action_calls import fetch_events
from tests.database.factories import fetch_value
from tests.database.rpc import assert_refused, call_rpc


def record_file(who, run, filename="quote.pdf", slide="summary"):
    return call_rpc(who, "record_file", p_execution_id=run, p_slide_id=slide, p_filename=filename)


def customer_of(sql, run):
    return str(fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", run))


def list_files(who, sql, run, **arguments):
    page = call_rpc(who, "customer_page", p_customer_id=customer_of(sql, run), **arguments)
    return [(each["filename"], each["slide_id"], each["made_by"]) for each in page["files"]]


def test_a_file_is_an_event_of_its_run_once_a_day(company, new_run, sql):
    run = new_run(company)
    assert record_file(company.csm, run) is True
    assert record_file(company.csm, run) is False
    assert record_file(company.manager, run) is True
    made = [each for each in fetch_events(sql, run) if each["kind"] == "file_made"]
    assert [(each["actor_id"], each["slide_id"]) for each in made] == [
        (company.csm.id, "summary"), (company.manager.id, "summary")
    ]  # fmt: skip
    assert {each["payload"]["filename"] for each in made} == {"quote.pdf"}


def test_files_are_on_the_page_of_the_customer_and_in_its_timeline(company, new_run, sql):
    run = new_run(company)
    for filename in ("quote.pdf", "brief.md"):
        record_file(company.csm, run, filename)
    for who in (company.csm, company.other_csm):
        assert list_files(who, sql, run) == [
            (filename, "summary", company.csm.full_name) for filename in ("brief.md", "quote.pdf")
        ]
        timeline = {"p_customer_id": customer_of(sql, run), "p_kinds": ["file"]}
        entries = call_rpc(who, "customer_timeline", **timeline)
        assert [each["detail"]["filename"] for each in entries] == ["brief.md", "quote.pdf"]
        assert {(each["execution_id"], each["slide_id"]) for each in entries} == {(run, "summary")}


def test_as_of_a_day_files_made_later_are_not_there(company, new_run, sql):
    run = new_run(company)
    record_file(company.csm, run)
    yesterday = str(fetch_value(sql, "select private.utc_day(now() - interval '3 days')"))
    assert list_files(company.csm, sql, run, p_as_of=yesterday) == []


def test_a_file_is_recorded_after_the_run_has_ended(company, new_run, sql):
    run = new_run(company)
    revision = fetch_value(sql, "select revision from public.workflow_executions where id = %s", run)
    outcome = {"p_outcome_code": "renewed", "p_amount": 1, "p_reason": None, "p_notes": None}
    call_rpc(company.csm, "complete_workflow", p_execution_id=run, p_revision=revision, **outcome)
    assert record_file(company.csm, run) is True


def test_who_may_not_write_the_run_records_nothing(company, new_run, sql, new_company, uninvited):
    run = new_run(company)
    with assert_refused("PT403", "belongs to a colleague"):
        record_file(company.other_csm, run)
    with assert_refused("PT404", "This run does not exist"):
        record_file(new_company().admin, run)
    with assert_refused("PT403", "not a member of a company"):
        record_file(uninvited, run)
    assert "file_made" not in [each["kind"] for each in fetch_events(sql, run)]


@pytest.mark.parametrize(("slide", "filename"), [("summary", " "), ("summary", "x" * 201), ("set-goals", "a.pdf")])
def test_a_name_or_a_slide_that_cannot_be_is_refused(company, new_run, slide, filename):
    with assert_refused("PT400"):
        record_file(company.csm, new_run(company), filename, slide)

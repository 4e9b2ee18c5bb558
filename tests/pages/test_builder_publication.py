"""Publishing from the builder: what it does to open runs, moving them, taking a move back, and a newer version."""

import json
import uuid
from typing import Any

import pytest

from lib.ui.session_keys import BUILDER_NOTE
from tests.database.factories import fetch_rows, fetch_value, insert_draft, publish_next_version, publish_workflow
from tests.database.rpc import call_rpc
from tests.pages.assertions import button_labels, find_button, page_text
from tests.pages.factories import add_customer
from tests.support.requests import record_requests

PAGE = "workflows/builder.py"
OLD = ["greeting", "review-account", "summary"]
VERSIONS = """
    select v.id::text, v.version, v.slide_contexts, v.note from public.workflow_definition_versions v
    join public.workflow_definitions d on d.id = v.definition_id where d.workflow_id = %s order by v.version
"""


class Line:
    """A workflow of the company with one version, and a draft of the next one by its manager."""

    def __init__(self, sql: Any, company: Any) -> None:
        self.sql, self.company = sql, company
        self.workflow_id = f"line-{uuid.uuid4().hex[:8]}"
        self.definition = publish_workflow(sql, company.id, self.workflow_id, slides=OLD)
        self.draft = self.add_draft(["greeting", "summary"])

    def add_draft(self, slides: list[str], **changes: Any) -> str:
        return insert_draft(
            self.sql, self.company.id, self.company.manager.id, workflow_id=self.workflow_id, slide_sequence=slides,
            base_version_id=self.versions()[-1]["id"], name="Ours", **changes,
        )  # fmt: skip

    def start(self, name: str) -> str:
        customer = add_customer(self.sql, self.company, self.company.csm, name)
        started = call_rpc(self.company.csm, "start_workflow", p_workflow_id=self.workflow_id, p_customer_id=customer)
        return str(started["execution_id"])

    def versions(self) -> list[dict[str, Any]]:
        return fetch_rows(self.sql, VERSIONS, self.workflow_id)

    def version_of_run(self, execution: str) -> int:
        statement = """
            select v.version from public.workflow_executions e
            join public.workflow_definition_versions v on v.id = e.definition_version_id where e.id = %s
        """
        return int(fetch_value(self.sql, statement, execution))


@pytest.fixture
def line(sql, company):
    return Line(sql, company)


@pytest.fixture
def open_draft(open_page, company):
    def at(draft, member=None):
        page = open_page(member or company.manager, PAGE)
        page.query_params["draft"] = draft
        return page.run()

    return at


def press(page: Any, label: str) -> Any:
    return find_button(page, label).click().run()


def test_publishing_first_shows_the_open_runs_with_what_becomes_of_their_answers(open_draft, line, company):
    run = line.start("Acme")
    call_rpc(
        company.csm, "save_step", p_execution_id=run, p_slide_id="review-account", p_answers={"stands_out": "Usage"},
        p_revision=0,
    )  # fmt: skip
    page = open_draft(line.draft)
    with record_requests() as sent:
        page = press(page, "Publish…")
    assert sent == ["POST /rest/v1/rpc/preview_publication", "POST /rest/v1/rpc/workflow_cases"]
    seen = page_text(page)
    assert "Publish this draft as version 2" in seen
    assert "1 open run is on an older version" in seen
    assert "Acme" in seen
    assert "set aside: Review the account" in seen


def test_open_runs_name_their_own_customer_in_the_titles_of_slides(open_draft, line):
    line.start("Acme")
    titles = json.dumps({"greeting": {"title": "{{ customer.name }}: the renewal ahead"}})
    seen = page_text(press(open_draft(line.add_draft(OLD, slide_contexts=titles)), "Publish…"))
    assert "Acme: the renewal ahead" in seen
    assert "[customer]" not in seen


def test_while_a_draft_is_published_only_that_is_on_the_page(open_draft, line):
    page = open_draft(line.draft)
    assert "About this workflow" in page_text(page)
    page = press(page, "Publish…")
    assert "About this workflow" not in page_text(page)
    assert "Undo" not in button_labels(page)
    assert "About this workflow" in page_text(press(page, "Back to editing"))
    seen = page_text(press(press(page, "Publish…"), "Publish"))
    assert "is published as version 2" in seen
    assert "Your draft" not in seen


def test_a_manager_publishes_a_csms_draft_with_a_note(open_draft, open_page, sql, company):
    draft = insert_draft(sql, company.id, company.csm.id, name="Alice’s way", workflow_id="standard-renewal")
    page = open_draft(draft, company.csm)
    assert "Publish…" not in button_labels(page)
    page = press(open_draft(draft), "Publish…")
    page.text_area(key=BUILDER_NOTE).set_value("Shorter.").run()
    assert "“Alice’s way” is published as version 1" in page_text(press(page, "Publish"))
    version = "select note from public.workflow_definition_versions where company_id = %s and version = 1"
    assert fetch_value(sql, version, company.id) == "Shorter."
    assert fetch_value(sql, "select count(*) from public.workflow_drafts where company_id = %s", company.id) == 0
    catalogue = open_page(company.csm, "workflows/catalogue.py", workflow="standard-renewal")
    assert "# Alice’s way" in page_text(catalogue).splitlines()


def test_chosen_runs_are_moved_and_taken_back(open_draft, line):
    acme, bolt = line.start("Acme"), line.start("Bolt")
    page = press(press(open_draft(line.draft), "Publish…"), "Publish")
    assert "is published as version 2" in page_text(page)
    assert find_button(page, "Move them").disabled
    page.multiselect[0].set_value([acme]).run()
    with record_requests() as sent:
        page = press(page, "Move them")
    assert sent == ["POST /rest/v1/rpc/move_runs_to_version"]
    assert (line.version_of_run(acme), line.version_of_run(bolt)) == (2, 1)
    assert "1 run moved." in page_text(page)
    press(page, "Undo for Acme")
    assert line.version_of_run(acme) == 1
    assert "Undo for Acme" not in button_labels(page)


def test_all_runs_can_be_chosen_at_once(open_draft, line):
    runs = [line.start("Acme"), line.start("Bolt")]
    page = press(press(open_draft(line.draft), "Publish…"), "Publish")
    press(press(page, "Choose all"), "Move them")
    assert [line.version_of_run(run) for run in runs] == [2, 2]


def test_a_run_that_changed_meanwhile_stays_and_is_named(open_draft, line, company):
    run = line.start("Acme")
    page = press(press(open_draft(line.draft), "Publish…"), "Publish")
    call_rpc(
        company.csm, "save_step", p_execution_id=run, p_slide_id="greeting", p_answers={"goal": "Stay"}, p_revision=0
    )
    press(press(page, "Choose all"), "Move them")
    assert "Acme stays on its version" in page_text(page)
    assert line.version_of_run(run) == 1


def publish_lead(line: Line, lead: str) -> None:
    """A colleague's next version with another lead on the first slide."""
    contexts = json.dumps({"greeting": {"lead": lead}})
    line.sql.execute(
        "update public.workflow_definitions set slide_contexts = %s where id = %s", (contexts, line.definition)
    )
    publish_next_version(line.sql, line.definition)


def test_a_newer_version_is_merged_and_never_overwritten(open_draft, line):
    publish_lead(line, "Theirs")
    page = press(open_draft(line.draft), "Publish…")
    assert "Version 2 was published after this draft was begun." in page_text(page)
    assert "Publish" not in button_labels(page)
    page = press(page, "Show the difference and merge")
    assert "Theirs" in page_text(page)
    page = press(page, "Merge into my draft")
    page = press(page, "Publish")
    assert "is published as version 3" in page_text(page)
    assert line.versions()[-1]["slide_contexts"] == {"greeting": {"lead": "Theirs"}}


def test_a_place_both_changed_is_decided_by_the_author(open_draft, line):
    draft = line.add_draft(["greeting", "summary"], slide_contexts=json.dumps({"greeting": {"lead": "Mine"}}))
    publish_lead(line, "Theirs")
    page = press(press(open_draft(draft), "Publish…"), "Show the difference and merge")
    assert find_button(page, "Merge into my draft").disabled
    choice = next(control for control in page.segmented_control if control.label.startswith("What becomes of"))
    choice.set_value("keep").run()
    press(press(page, "Merge into my draft"), "Publish")
    assert line.versions()[-1]["slide_contexts"] == {"greeting": {"lead": "Mine"}}


def test_a_version_published_while_the_panel_is_open_is_met_with_the_merge(open_draft, line):
    page = press(open_draft(line.draft), "Publish…")
    publish_lead(line, "Theirs")
    page = press(page, "Publish")
    assert "which this draft did not begin with" in page_text(page)
    assert "Show the difference and merge" in button_labels(page)
    assert len(line.versions()) == 2


def test_back_to_editing_publishes_nothing(open_draft, line):
    page = press(press(open_draft(line.draft), "Publish…"), "Back to editing")
    assert "Publish…" in button_labels(page)
    assert len(line.versions()) == 1

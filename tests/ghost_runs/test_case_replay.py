from datetime import UTC, datetime
from typing import Any

import pytest

from lib.errors import InvalidInput
from lib.ghost_runs.case_replay import replay_case
from lib.ghost_runs.workflow_cases import WorkflowCase
from lib.workflows.composer import compose_workflow
from lib.workflows.model import WorkflowVersion
from tests.support.sample_accounts import full_account

SLIDES = ("greeting", "review-account", "summary")


def make_version(slides: tuple[str, ...] = SLIDES, **contexts: Any) -> WorkflowVersion:
    return WorkflowVersion(
        id="v", definition_id="d", workflow_id="w", company_id="c", version=1, name="Ours", description="",
        category="renewal", slide_sequence=slides, slide_contexts=contexts,
    )  # fmt: skip


def replay(before: WorkflowVersion, after: WorkflowVersion, answers: Any = None) -> list[tuple[str, str, str, str]]:
    case = WorkflowCase(
        id="case", name="A usual one", execution_id="run", customer_name="Acme", kept_by_name="Alice", may_remove=True,
        ended_at=datetime.now(UTC), version=before, account=full_account(), answers=answers or {},
    )  # fmt: skip
    found = replay_case(case, compose_workflow(after), "Alice Moreau")
    return [(each.slide, each.field, each.before, each.after) for each in found]


def test_the_same_content_differs_in_nothing():
    version = make_version(greeting={"lead": "Hello {{ customer.name }}."})
    assert replay(version, version) == []


def test_a_reworded_text_is_shown_with_the_data_of_the_case():
    name = full_account().customer.name
    before, after = (make_version(greeting={"lead": f"{word} {{{{ customer.name }}}}."}) for word in ("Hello", "Dear"))
    assert replay(before, after) == [("greeting", "lead", f"Hello {name}.", f"Dear {name}.")]


def test_two_sources_that_read_the_same_do_not_differ():
    name = full_account().customer.name
    before = make_version(greeting={"lead": "Hello {{ customer.name }}."})
    assert replay(before, make_version(greeting={"lead": f"Hello {name}."})) == []


def test_slides_that_came_and_went_are_named():
    found = replay(make_version(), make_version(("greeting", "set-goals", "summary")))
    assert [(slide, field) for slide, field, _, _ in found] == [("review-account", "removed"), ("set-goals", "added")]


def test_a_version_that_can_no_longer_be_composed_says_so():
    with pytest.raises(InvalidInput):
        replay(make_version(("gone-slide", "summary")), make_version())


def test_a_slide_that_a_condition_leaves_out_now_is_named_with_the_reason():
    condition = {"all": [{"fact": "segment", "comparison": "is", "value": "smb"}]}
    (found,) = replay(make_version(), make_version(**{"review-account": {"shown_when": condition}}))
    assert found[:2] == ("review-account", "left_out")
    assert "segment" in found[3]
    (back,) = replay(make_version(**{"review-account": {"shown_when": condition}}), make_version())
    assert back[:2] == ("review-account", "shown")


def test_a_required_answer_that_was_not_asked_for_is_missing():
    question = {"key": "own_budget", "label": "Budget", "kind": "text", "is_required": True}
    asked = make_version(greeting={"questions": [question]})
    assert ("greeting", "missing_answers") in [found[:2] for found in replay(make_version(), asked)]
    assert replay(make_version(), asked, {"greeting": {"own_budget": "a lot"}}) == []

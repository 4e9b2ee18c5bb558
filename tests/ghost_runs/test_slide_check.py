from dataclasses import replace
from typing import Any

import pytest

from lib.ghost_runs.slide_check import (
    GhostWorkflow,
    build_slide_input_of_new_run,
    check_slides_for_account,
    estimate_question_tokens,
)
from lib.ghost_runs.unfilled_placeholders import find_unfilled_placeholders
from lib.slides import template
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import build_template_values
from lib.workflows.chat_branch_content import FixedBranchContent, PromptBranchContent
from lib.workflows.composer import compose_workflow
from lib.workflows.model import WorkflowDraft
from lib.workflows.stock_seed import read_stock_workflows
from tests.support.sample_accounts import bare_account, full_account, nasty_account

NO_COMPETITOR = replace(full_account(), customer=replace(full_account().customer, competitor=None))


def make_ghost(
    slides: tuple[str, ...] = ("greeting", "summary"), branches: Any = None, **contexts: Any
) -> GhostWorkflow:
    draft = WorkflowDraft(
        id="d", company_id="c", author_id="a", workflow_id="w", name="Ours", description="", category="renewal",
        slide_sequence=slides, slide_contexts=contexts, revision=1,
    )  # fmt: skip
    return GhostWorkflow(workflow=compose_workflow(draft), branches=branches or {})


def check(account: Any, **given: Any) -> Any:
    return check_slides_for_account(make_ghost(**given), account, "Alice Moreau").cells[0]


def test_a_placeholder_without_a_value_is_named_by_its_meaning():
    lead = "They also look at {{ customer.competitor }}."
    cell = check(NO_COMPETITOR, greeting={"lead": lead})
    assert len(cell.unfilled) == 1
    assert cell.summary == "1 missing"
    assert check(full_account(), greeting={"lead": lead}).unfilled == ()


def test_a_text_that_reads_well_without_a_value_lacks_nothing():
    lead = "Hello.{% if customer.competitor %} They look at {{ customer.competitor }}.{% endif %}"
    assert check(NO_COMPETITOR, greeting={"lead": lead}).unfilled == ()


def test_every_text_of_a_slide_is_looked_at():
    for field in set(SlideContext.model_fields) - {"minutes"}:
        value: Any = "{{ customer.competitor }}"
        contexts = {"greeting": {field: (value,) if field == "checklist" else value}}
        if field in ("title", "lead", "checklist", "question", "subject", "body"):
            assert check(NO_COMPETITOR, **contexts).unfilled, field


def test_a_text_reads_the_same_however_often_and_in_whatever_way_it_was_filled_in_before():
    lead = "Renew *{{ customer.name }}* with {{ customer.competitor }}."
    account = replace(NO_COMPETITOR, customer=replace(NO_COMPETITOR.customer, name="Ab_c* [d]"))
    ghost = make_ghost(greeting={"lead": lead})
    values = build_template_values(
        build_slide_input_of_new_run(ghost.workflow, ghost.workflow.slides[0], account, "Alice")
    )
    markdown, text = "Renew *Ab_c\\* \\[d\\]* with no data.", "Renew *Ab_c* [d]* with no data."
    for _ in range(2):
        assert template.render_template_as_markdown(lead, values) == markdown
        assert template.render_template_as_text(lead, values) == text
        assert find_unfilled_placeholders(lead, values) == ("Competitor under evaluation",)


def test_facts_and_charts_without_data_are_named():
    assert "ARR" in check(bare_account()).missing_data
    assert check(full_account()).missing_data == ()


def test_a_branch_that_cannot_be_filled_in_is_dead():
    branches = {
        "greeting": (
            FixedBranchContent(branch_key="a", label="Rival", response_text="It is {{ customer.competitor }}."),
            PromptBranchContent(
                branch_key="b", branch_type="llm", label="Plan", prompt="Plan for {{ customer.name }}."
            ),
        )
    }
    assert check(NO_COMPETITOR, branches=branches).dead_branches == ("Rival",)
    assert check(full_account(), branches=branches).dead_branches == ()


@pytest.mark.parametrize("stock", read_stock_workflows(), ids=lambda stock: f"{stock.workflow_id}.v{stock.version}")
@pytest.mark.parametrize("make_account", [bare_account, full_account, nasty_account])
def test_any_stock_workflow_composes_over_any_account(stock, make_account):
    ghost = GhostWorkflow(workflow=compose_workflow(stock.to_workflow_version()), branches={})
    row = check_slides_for_account(ghost, make_account(), "Alice Moreau")
    assert len(row.cells) == len(stock.slide_sequence)
    assert not any(cell.broken for cell in row.cells)
    assert all(cell.tokens > 0 for cell in row.cells)


def test_tokens_are_bounded_as_the_data_is():
    assert estimate_question_tokens(10**9) == estimate_question_tokens(24_000) > estimate_question_tokens(4_000) > 1_000


CONDITION = {"all": [{"fact": "segment", "comparison": "is", "value": "smb"}]}


def test_a_slide_whose_condition_does_not_hold_is_left_out_with_the_reason():
    ghost = make_ghost(("greeting", "set-goals", "summary"), **{"set-goals": {"shown_when": CONDITION}})
    account = full_account()
    assert account.customer.segment != "smb"
    cell = check_slides_for_account(ghost, account, "Alice Moreau").cells[1]
    assert (cell.summary, cell.problem_count) == ("left out", 0)
    assert "segment" in (cell.left_out or "")
    small = replace(account, customer=replace(account.customer, segment="smb"))
    assert check_slides_for_account(ghost, small, "Alice Moreau").cells[1].left_out is None


def test_an_answer_that_comes_with_the_run_is_no_unfilled_placeholder():
    question = {"key": "own_budget", "label": "Budget", "kind": "text"}
    contexts = {
        "greeting": {"questions": [question]},
        "summary": {"lead": "They have {{ answer.own_budget }}."},
    }
    row = check_slides_for_account(make_ghost(**contexts), full_account(), "Alice Moreau")
    assert row.cells[1].unfilled == ()

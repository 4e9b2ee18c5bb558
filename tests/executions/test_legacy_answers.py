from lib.executions.legacy.answer_mapping import map_old_answers
from lib.executions.legacy.mapping_file import StepRule
from lib.workflows.composer import compose_workflow
from lib.workflows.model import WorkflowVersion
from tests.support.company_rules import STOCK_RULES

WORKFLOW = compose_workflow(
    WorkflowVersion(
        id="v", definition_id="d", workflow_id="w", company_id=None, version=1, name="Renewal", description="",
        category="renewal", slide_sequence=("draft-email", "summary"), slide_contexts={},
    )
)  # fmt: skip


def test_a_recipient_of_the_past_that_is_no_address_is_kept() -> None:
    steps = (StepRule(step="email", slide="draft-email", fields={"recipient": "to"}),)
    mapped = map_old_answers(steps, WORKFLOW, {"email": {"recipient": "Bridget\nSalter", "other": "x"}}, STOCK_RULES)
    assert mapped.answers == {"draft-email": {"to": "Bridget Salter"}}
    assert mapped.unmapped == ("email.other",)

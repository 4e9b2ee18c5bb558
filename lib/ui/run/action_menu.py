"""What can be done with the run on screen: the actions its status and the person's rights leave."""

from lib.actions.model import ActionSource
from lib.auth.model import Person
from lib.executions.model import ExecutionStatus
from lib.ui.actions import buttons
from lib.ui.actions.action_state import ActionTarget, DialogKind
from lib.ui.run.page_state import RunPageState

UNFINISHED_STATUSES = (ExecutionStatus.ACTIVE, ExecutionStatus.SNOOZED)


def draw_action_menu(sitting: RunPageState, person: Person) -> None:
    options = list_offered_dialogs(sitting, person)
    buttons.draw_action_menu(
        options, action_target(sitting), ActionSource.SLIDE, of=f"{sitting.slide_id}.{sitting.execution.status}"
    )


def list_offered_dialogs(sitting: RunPageState, person: Person) -> tuple[DialogKind, ...]:
    """What the database would allow, in order; it decides again."""
    run = sitting.execution
    if not run.may_write:
        return ()
    if not run.is_open:
        return ("reopen",)
    is_lively = run.status in UNFINISHED_STATUSES
    is_theirs = run.owner_id == str(person.id) or person.role.leads_team
    choices: tuple[tuple[DialogKind, bool], ...] = (
        ("snooze", is_lively),
        ("skip_slide", sitting.may_answer and not sitting.is_last_slide),
        ("skip", is_lively),
        ("escalate", is_lively),
        ("company", True),
        ("give", is_theirs),
    )
    return tuple(what for what, is_possible in choices if is_possible)


def action_target(sitting: RunPageState) -> ActionTarget:
    """The run and the slide on screen, with what its dialogs need to know."""
    run, contract = sitting.execution, sitting.account.contract
    return ActionTarget(
        customer_name=run.customer_name,
        customer_id=run.customer_id,
        workflow_id=run.workflow_id,
        workflow_name=sitting.workflow.name,
        execution_id=run.id,
        slide_id=sitting.slide_id,
        slide_title=sitting.slide_title(sitting.slide),
        due_on=run.due_on,
        notice_deadline=contract.notice_deadline if contract else None,
        snooze_count=run.snooze.count,
        owner_id=run.owner_id,
        escalation_id=run.escalation.id if run.escalation else None,
        has_unsaved_answers=sitting.has_unsaved_answers,
    )

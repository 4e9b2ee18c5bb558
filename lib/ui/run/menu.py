"""What can be done with the run on screen: the actions its status and the person's rights leave."""

from lib.actions.model import Source
from lib.auth.model import Person
from lib.executions.model import ExecutionStatus
from lib.ui.acting import buttons
from lib.ui.acting.desk import About, What
from lib.ui.run.sitting import Sitting

LIVELY = (ExecutionStatus.ACTIVE, ExecutionStatus.SNOOZED)


def draw(sitting: Sitting, person: Person) -> None:
    options = offered(sitting, person)
    buttons.menu(options, about(sitting), Source.SLIDE, of=f"{sitting.slide_id}.{sitting.execution.status}")


def offered(sitting: Sitting, person: Person) -> tuple[What, ...]:
    """What the database would allow, in order; it decides again."""
    run = sitting.execution
    if not run.may_write:
        return ()
    if not run.is_open:
        return ("reopen",)
    is_lively = run.status in LIVELY
    is_theirs = run.owner_id == str(person.id) or person.role.leads_team
    choices: tuple[tuple[What, bool], ...] = (
        ("snooze", is_lively),
        ("skip_slide", sitting.may_answer and not sitting.is_last),
        ("skip", is_lively),
        ("escalate", is_lively),
        ("company", True),
        ("give", is_theirs),
    )
    return tuple(what for what, is_possible in choices if is_possible)


def about(sitting: Sitting) -> About:
    """The run and the slide on screen, with what its dialogs need to know."""
    run, contract = sitting.execution, sitting.account.contract
    return About(
        customer_name=run.customer_name,
        customer_id=run.customer_id,
        workflow_id=run.workflow_id,
        workflow_name=sitting.workflow.name,
        execution_id=run.id,
        slide_id=sitting.slide_id,
        slide_title=sitting.title(sitting.slide),
        due_on=run.due_on,
        notice_deadline=contract.notice_deadline if contract else None,
        snoozes=run.snooze.count,
        owner_id=run.owner_id,
        escalation_id=run.escalation.id if run.escalation else None,
        is_unsaved=sitting.has_unsaved,
    )

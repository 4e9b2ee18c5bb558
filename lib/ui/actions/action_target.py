from dataclasses import dataclass
from datetime import date

from lib.actions.model import ActionSubject
from lib.customers.company_codes_and_limits import CompanyRules
from lib.customers.model import Account


@dataclass(frozen=True, kw_only=True)
class ActionTarget:
    """A run, a customer and workflow without one yet, or a colleague, as far as the page knows them.

    `snooze_count`, `rules` and `account` are None where the page did not load them; `worked_by` is who a run is
    assigned to, else its owner. `escalation_people` raised the escalation or have it.
    """

    customer_name: str = ""
    customer_id: str | None = None
    workflow_id: str | None = None
    workflow_name: str | None = None
    execution_id: str | None = None
    slide_id: str | None = None
    slide_title: str | None = None
    due_on: date | None = None
    notice_deadline: date | None = None
    snooze_count: int | None = None
    worked_by: str | None = None
    escalation_id: str | None = None
    escalation_people: tuple[str, ...] = ()
    price_approval_id: str | None = None
    rules: CompanyRules | None = None
    account: Account | None = None
    has_unsaved_answers: bool = False
    person_id: str | None = None
    person_name: str | None = None
    row_id: str | None = None
    row_revision: int = 0

    @property
    def name(self) -> str:
        """The customer's name, or the colleague's."""
        return self.person_name or self.customer_name

    def build_subject(self, *, slide: bool = False) -> ActionSubject:
        if self.execution_id is None:
            return ActionSubject(customer_id=self.customer_id, workflow_id=self.workflow_id)
        return ActionSubject(execution_id=self.execution_id, slide_id=self.slide_id if slide else None)

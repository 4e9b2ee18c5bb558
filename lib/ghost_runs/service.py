"""Ghost runs: a draft or a version over real customers. Reads only."""

from dataclasses import replace

from lib.auth.model import Person
from lib.customers.account_repository import AccountRepository
from lib.customers.model import Account
from lib.ghost_runs.model import GhostRow, GhostRun
from lib.ghost_runs.repository import AccountBatchRepository
from lib.ghost_runs.slide_check import GhostWorkflow, check_slides_for_account
from lib.workflows.chat_branch_content import parse_slide_branches
from lib.workflows.composer import compose_workflow
from lib.workflows.model import WorkflowContent, WorkflowDefinition


class GhostRunService:
    """Composes over the customers that `person` may see; has no way to write."""

    def __init__(self, batches: AccountBatchRepository, accounts: AccountRepository, person: Person) -> None:
        self._batches = batches
        self._accounts = accounts
        self._person = person

    def compose_ghost_workflow(self, source: WorkflowContent) -> GhostWorkflow:
        """Raises InvalidInput naming everything that keeps it from being composed."""
        branches = {} if isinstance(source, WorkflowDefinition) else source.chat_branches
        return GhostWorkflow(
            workflow=compose_workflow(source),
            branches={slide: parse_slide_branches(branches, slide) for slide in branches},
        )

    def check_one_customer(self, ghost: GhostWorkflow, customer_id: str) -> GhostRun:
        """A ghost run over one customer. Raises NotFound. One request."""
        row = check_slides_for_account(ghost, self.fetch_account(customer_id), self._person.full_name)
        return GhostRun(workflow=ghost.workflow, rows=(row,), total=1, last_id=customer_id)

    def check_next_customers(self, ghost: GhostWorkflow, run: GhostRun) -> GhostRun:
        """The run with the next batch of customers. One request."""
        batch = self._batches.fetch_batch(run.last_id)
        rows = tuple(check_slides_for_account(ghost, account, self._person.full_name) for account in batch.accounts)
        found = (*run.rows, *rows)
        # Customers may come and go meanwhile: an empty batch is the end.
        total = batch.total if rows else len(found)
        return replace(
            run, rows=found, total=max(total, len(found)), last_id=rows[-1].customer_id if rows else run.last_id
        )

    def fetch_account(self, customer_id: str) -> Account:
        """The customer as a slide reads it. Raises NotFound. One request."""
        return self._accounts.fetch_account(customer_id)


def sort_ghost_rows(run: GhostRun) -> tuple[GhostRow, ...]:
    """The customers with most problems first, then by name."""
    problems = {row.customer_id: sum(cell.problem_count for cell in row.cells) for row in run.rows}
    return tuple(sorted(run.rows, key=lambda row: (-problems[row.customer_id], row.customer_name.casefold())))

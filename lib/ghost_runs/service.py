"""Ghost runs: a draft or a version over real customers. Reads only."""

from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace

from lib.auth.model import Person
from lib.customers.account_repository import AccountRepository
from lib.customers.model import Account
from lib.ghost_runs.model import GhostRow, GhostRun
from lib.ghost_runs.repository import AccountBatch, AccountBatchRepository
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

    def check_all_customers(self, ghost: GhostWorkflow, run: GhostRun) -> Iterator[GhostRun]:
        """The run after each further batch of customers, until it is finished. One request per 100 customers."""
        reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ghost-run")
        try:
            reading = self._begin_reading(reader, run.last_id)
            while not run.is_finished:
                batch = reading.result()
                if len(run.rows) + len(batch.accounts) < batch.total and batch.accounts:
                    # The database reads the next customers while these are composed.
                    reading = self._begin_reading(reader, batch.accounts[-1].customer.id)
                run = self._add_batch(ghost, run, batch)
                yield run
        finally:
            # Somebody who cancels does not wait for the batch that is being read.
            reader.shutdown(wait=False, cancel_futures=True)

    def _begin_reading(self, reader: Executor, after: str | None) -> Future[AccountBatch]:
        return reader.submit(copy_context().run, self._batches.fetch_batch, after)

    def _add_batch(self, ghost: GhostWorkflow, run: GhostRun, batch: AccountBatch) -> GhostRun:
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

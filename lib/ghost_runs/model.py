"""A workflow composed over real customers, of which nothing is written: what is missing on which slide for whom."""

from dataclasses import dataclass

from lib.workflows.model import ComposedWorkflow


@dataclass(frozen=True, kw_only=True)
class GhostCell:
    """A slide composed for a customer.

    `missing_data`: facts and charts without a value. `unfilled`: placeholders that read "no data", and texts that
    cannot be filled in. `dead_branches`: chat branches of whose texts that is true. `broken`: a part failed.
    `left_out` is why the slide is not shown to this customer. `tokens` estimates what the chat on it would send.
    """

    missing_data: tuple[str, ...] = ()
    unfilled: tuple[str, ...] = ()
    dead_branches: tuple[str, ...] = ()
    broken: bool = False
    left_out: str | None = None
    tokens: int = 0

    @property
    def problem_count(self) -> int:
        return len(self.missing_data) + len(self.unfilled) + len(self.dead_branches) + self.broken

    @property
    def summary(self) -> str:
        """ "left out", "error", "2 missing", "ok": one word or two for a table."""
        if self.left_out is not None:
            return "left out"
        if self.broken:
            return "error"
        return f"{self.problem_count} missing" if self.problem_count else "ok"


@dataclass(frozen=True, kw_only=True)
class GhostRow:
    """A customer with a cell for each slide of the workflow, in its order."""

    customer_id: str
    customer_name: str
    cells: tuple[GhostCell, ...]


@dataclass(frozen=True, kw_only=True)
class GhostRun:
    """A workflow over the customers composed so far, of `total`; `last_id` is the last customer by id."""

    workflow: ComposedWorkflow
    rows: tuple[GhostRow, ...] = ()
    total: int | None = None
    last_id: str | None = None

    @property
    def is_finished(self) -> bool:
        return self.total is not None and len(self.rows) >= self.total

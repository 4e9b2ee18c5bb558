"""What the address of the run page names: a run, or a workflow and a customer to look at before a run is started."""

from collections.abc import Mapping
from dataclasses import dataclass

from lib.executions.model import Execution, build_peek_key


@dataclass(frozen=True, kw_only=True)
class RunUrl:
    """Either `execution_id`, or `workflow_id` and `customer_id`."""

    execution_id: str | None
    workflow_id: str | None = None
    customer_id: str | None = None
    slide_id: str | None = None

    @property
    def page_key(self) -> str:
        return self.execution_id or build_peek_key(self.workflow_id or "", self.customer_id or "")

    def names(self, run: Execution) -> bool:
        """True for the run of the address, and for the one that was started from a peek at it."""
        return self.page_key in (run.id, run.peek_key)


def parse_run_url(params: Mapping[str, str]) -> RunUrl | None:
    """The address in the page's query parameters; None if they name nothing."""
    slide_id = params.get("slide")
    if execution_id := params.get("execution"):
        return RunUrl(execution_id=execution_id, slide_id=slide_id)
    workflow_id, customer_id = params.get("workflow"), params.get("customer")
    if workflow_id and customer_id:
        return RunUrl(execution_id=None, workflow_id=workflow_id, customer_id=customer_id, slide_id=slide_id)
    return None

"""Starting a run, or going on with the one that is open, and going to its page."""

from pathlib import Path
from typing import NoReturn

import streamlit as st

from lib.executions.service import ExecutionService
from lib.ui import keys
from lib.ui.kept import forget

RUN_PAGE = Path(__file__).resolve().parents[2] / "pages" / "workflows" / "run.py"


def start_and_go(executions: ExecutionService, *, workflow_id: str, customer_id: str) -> NoReturn:
    """Start the run and show it. Raises NotFound, NotPermitted or Unavailable, and then nothing was started.

    The database keeps one open run per customer and workflow: however often this is clicked, it is the same one.
    """
    started = executions.start(workflow_id, customer_id)
    forget(keys.ZEN_BOARD)
    forget(keys.CATALOGUE)
    go_to_run(started.execution_id)


def go_to_run(execution_id: str) -> NoReturn:
    """The run's page, at the slide it is at."""
    st.switch_page(RUN_PAGE, query_params=run_address(execution_id))


def run_address(execution_id: str) -> dict[str, str]:
    """Query parameters of the run's page."""
    return {"execution": execution_id}

"""Starting a run, or going on with the one that is open, and going to its page."""

from pathlib import Path
from typing import NoReturn

import streamlit as st

from lib.executions.service import ExecutionService
from lib.ui import keys
from lib.ui.page_cache import invalidate

RUN_PAGE = Path(__file__).resolve().parents[2] / "pages" / "workflows" / "run.py"


def start_run_and_open(executions: ExecutionService, *, workflow_id: str, customer_id: str) -> NoReturn:
    """Start the run and show it. Raises NotFound, NotPermitted or Unavailable, and then nothing was started.

    The database keeps one open run per customer and workflow: however often this is clicked, it is the same one.
    """
    started = executions.start_run(workflow_id, customer_id)
    invalidate(keys.TODAY_DASHBOARD)
    invalidate(keys.CATALOGUE)
    open_run_page(started.execution_id)


def open_run_page(execution_id: str) -> NoReturn:
    """The run's page, at the slide it is at."""
    st.switch_page(RUN_PAGE, query_params=run_query_params(execution_id))


def run_query_params(execution_id: str) -> dict[str, str]:
    """Query parameters of the run's page."""
    return {"execution": execution_id}

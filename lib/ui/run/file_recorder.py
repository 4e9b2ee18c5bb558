"""Files made from a slide, recorded in the history of the run."""

import logging
from collections.abc import Callable

from lib.errors import ZenError
from lib.services import Services
from lib.ui.run.run_page_state import RunPageState

log = logging.getLogger(__name__)


def build_file_recorder(state: RunPageState, services: Services) -> Callable[[str], None] | None:
    """What records a file by its name; None where the person may not write the run, or it is not started."""
    if not (state.execution.may_write and state.execution.is_started):
        return None
    execution_id, slide_id = state.execution.id, state.slide_id

    def record_file(filename: str) -> None:
        # Streamlit makes the file in a thread of its own, maybe long after this run of the page: the token may be over.
        # The person has the file then, and the history lacks it.
        try:
            services.executions.record_file(execution_id, slide_id, filename)
        except ZenError as error:
            log.warning("a file of the run %s was not recorded: %s", execution_id, error)

    return record_file

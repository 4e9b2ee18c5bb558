"""Which request, person, run or job the lines of the log belong to: set here, added to each line by lib/json_log.py.

Context variables of one task or thread. A thread that works for a page begins in a copy: `copy_context().run`.
"""

import re
import secrets

from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def begin_request_log_context(request_id: str = "") -> str:
    """Forget what was logged for before; returns the id, a new one unless `request_id` is one that a proxy made."""
    clear_contextvars()
    chosen = request_id if _REQUEST_ID.fullmatch(request_id) else secrets.token_hex(8)
    bind_contextvars(request=chosen)
    return chosen


def bind_person_to_log(person_id: object) -> None:
    """From here on lines name the person; outside a request, as in a fragment, one begins."""
    if "request" not in get_contextvars():
        begin_request_log_context()
    bind_contextvars(person=str(person_id))


def bind_run_to_log(execution_id: object) -> None:
    """From here on lines name the run."""
    bind_contextvars(run=str(execution_id))


def begin_job_log_context(name: str) -> None:
    """For the worker: from here on lines name the job, and a new id for this run of it."""
    begin_request_log_context()
    bind_contextvars(job=name)


def end_job_log_context() -> None:
    """For the worker: from here on lines belong to no job."""
    clear_contextvars()

import logging
import time
import uuid
from collections.abc import Callable, Mapping

from lib.errors import ZenError
from lib.log_context import begin_job_log_context, end_job_log_context
from lib.worker.model import Job, JobContext
from lib.worker.repository import JobRepository

log = logging.getLogger(__name__)

SHORTEST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0
FIRST_RETRY_SECONDS = 5
LONGEST_RETRY_SECONDS = 300


class Worker:
    """Runs jobs when they are due, one at a time. Any number of workers may share a database.

    A worker that is started again with the same `worker_id` takes over at once what it had claimed.
    """

    def __init__(self, context: JobContext, jobs: Mapping[str, Job], *, worker_id: uuid.UUID | None = None) -> None:
        self._context = context
        self._jobs = jobs
        self._claims = JobRepository(context.client, worker_id or uuid.uuid4())
        self._failures = dict.fromkeys(jobs, 0)
        self._is_database_answering = True

    def run_until_stopped(self, *, is_abandoned: Callable[[], bool] = lambda: False) -> None:
        """Run jobs until `stopping` is set, or `is_abandoned`, which is asked every few seconds."""
        stopping = self._context.stopping
        while not stopping.is_set() and not is_abandoned():
            stopping.wait(self.run_due_job())

    def run_all_due_jobs(self, *, seconds: float = 600.0) -> None:
        """Run jobs until none is due, or the time is up."""
        end = time.monotonic() + seconds
        while not self._context.stopping.is_set() and time.monotonic() < end and self.run_due_job() == 0:
            pass

    def run_due_job(self) -> float:
        """Claim and run one job. Returns the seconds to wait before the next; 0 after a job."""
        try:
            claim = self._claims.claim_due_job(self._jobs)
        except ZenError as error:
            if self._is_database_answering:
                log.warning("no job can be claimed: %s", error)
            self._is_database_answering = False
            return LONGEST_WAIT_SECONDS
        self._is_database_answering = True
        if claim.name is None:
            return min(max(claim.seconds_until_due, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS)
        self._run_job(claim.name)
        end_job_log_context()
        return 0

    def _run_job(self, name: str) -> None:
        begin_job_log_context(name)
        error, pause = None, self._jobs[name].interval
        try:
            if self._jobs[name].run(self._context):
                pause = 0
        except ZenError as failure:
            log.warning("the job failed: %s", failure)
            error = str(failure)
        except Exception as failure:
            log.exception("the job failed")
            error = type(failure).__name__  # its text may quote anything, and is in the log
        self._failures[name] = self._failures[name] + 1 if error else 0
        if error:
            pause = min(FIRST_RETRY_SECONDS * 2 ** min(self._failures[name] - 1, 10), LONGEST_RETRY_SECONDS)
        try:
            self._claims.finish_job(name, pause=pause, error=error)
        except ZenError as failure:
            log.warning("the end of the job was not stored; another run begins in two minutes: %s", failure)

"""Jobs that are claimed before they run, so that of several workers one runs each."""

import re
import threading
import time
import uuid
from collections.abc import Callable

import pytest

from lib.db.client import Client
from lib.errors import Unavailable
from lib.worker.jobs import JOBS
from lib.worker.model import Job, JobContext
from lib.worker.repository import JobRepository
from lib.worker.worker import Worker
from tests.support.requests import record_requests
from tests.support.server import REPOSITORY
from tests.worker.conftest import Sql


def run_once(*answers: bool) -> tuple[list[float], Callable[[JobContext], bool]]:
    """A job that notes when it ran, and answers each time with the next of `answers`, then False."""
    runs: list[float] = []
    left = iter(answers)

    def run(_context: JobContext) -> bool:
        runs.append(time.monotonic())
        return next(left, False)

    return runs, run


def stored(sql: Sql, name: str) -> tuple[float, int, str | None]:
    """Seconds until it is due, failures in a row, last error."""
    row = sql.execute(
        "select extract(epoch from due_at - now())::float8, failures, last_error from private.worker_jobs "
        "where name = %s and worker_id is null and claim_ends_at is null", [name],
    ).fetchone()  # fmt: skip
    assert row
    return row


def test_every_job_of_the_registry_runs_on_an_empty_database(operator: Client, sql: Sql) -> None:
    Worker(JobContext(client=operator), JOBS).run_all_due_jobs()
    rows = sql.execute("select name, last_error from private.worker_jobs where finished_at is not null").fetchall()
    assert sorted(rows) == sorted((name, None) for name in JOBS)


def test_every_job_but_those_of_mails_and_digests_is_among_the_lines_for_pg_cron(operator: Client) -> None:
    page = (REPOSITORY / "docs" / "deploy.md").read_text(encoding="utf-8")
    scheduled = set(re.findall(r"public\.(\w+)\(", "".join(re.findall(r"cron\.schedule\(.*", page))))
    with record_requests() as sent:
        for name in JOBS.keys() - {"send_mails", "queue_digests", "send_posts"}:
            JOBS[name].run(JobContext(client=operator))
    assert {request.rpartition("/")[2] for request in sent} == scheduled


def test_a_job_runs_again_at_once_while_there_is_more_and_then_after_its_interval(operator: Client, sql: Sql) -> None:
    runs, run = run_once(True, True)
    worker = Worker(JobContext(client=operator), {"sort": Job(interval=600, run=run)})
    worker.run_all_due_jobs()
    due_in, failures, error = stored(sql, "sort")
    assert (len(runs), failures, error) == (3, 0, None)
    assert 590 < due_in <= 600
    assert worker.run_due_job() == 5.0


def test_workers_at_once_run_a_job_once(operator: Client, sql: Sql) -> None:
    runs, run = run_once()
    idle = threading.Semaphore(0)

    def run_until_the_others_found_nothing(context: JobContext) -> bool:
        assert all(idle.acquire(timeout=20) for _ in range(4)), "another worker runs it too"
        return run(context)

    def work() -> None:
        jobs = {"sort": Job(interval=600, run=run_until_the_others_found_nothing)}
        Worker(JobContext(client=operator), jobs).run_all_due_jobs()
        idle.release()

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == 1


def test_the_job_of_a_worker_that_died_is_taken_over_when_its_claim_ends(operator: Client, sql: Sql) -> None:
    dead, alive = (JobRepository(operator, uuid.uuid4()) for _ in range(2))
    assert dead.claim_due_job(["sort"]).name == "sort"
    waiting = alive.claim_due_job(["sort"])
    assert waiting.name is None
    assert 110 < waiting.seconds_until_due <= 120
    sql.execute("update private.worker_jobs set claim_ends_at = now()")
    assert alive.claim_due_job(["sort"]).name == "sort"
    dead.finish_job("sort", pause=0)  # too late: the job is another's
    assert dead.claim_due_job(["sort"]).name is None


def test_a_worker_that_is_started_again_takes_over_its_own_claim_at_once(operator: Client, sql: Sql) -> None:
    runs, run = run_once()
    jobs, me = {"sort": Job(interval=600, run=run)}, uuid.uuid4()
    assert JobRepository(operator, me).claim_due_job(jobs).name == "sort"
    Worker(JobContext(client=operator), jobs).run_all_due_jobs()
    assert runs == []
    Worker(JobContext(client=operator), jobs, worker_id=me).run_all_due_jobs()
    assert len(runs) == 1


@pytest.mark.parametrize(
    ("failure", "error"),
    [(Unavailable("The mail server does not answer."), "The mail server does not answer."),
     (KeyError("hunter2"), "KeyError")],
)  # fmt: skip
def test_a_job_that_fails_is_tried_later_and_later_and_stops_no_other(
    operator: Client, sql: Sql, failure: Exception, error: str
) -> None:
    def fail(_context: JobContext) -> bool:
        raise failure

    runs, run = run_once()
    worker = Worker(JobContext(client=operator), {"a_fail": Job(interval=60, run=fail), "b": Job(interval=60, run=run)})
    worker.run_all_due_jobs()
    due_in, failures, last_error = stored(sql, "a_fail")
    assert (failures, last_error, len(runs)) == (1, error, 1)
    assert due_in <= 5
    for _ in range(8):
        sql.execute("update private.worker_jobs set due_at = now()")
        worker.run_all_due_jobs()
    due_in, failures, _ = stored(sql, "a_fail")
    assert (failures, len(runs)) == (9, 9)
    assert 290 < due_in <= 300


def test_a_database_that_does_not_answer_is_asked_again_and_complained_of_once(
    operator: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(JobContext(client=operator), JOBS)

    def fail(*_arguments: object) -> None:
        raise Unavailable("Zen cannot reach its database right now.")

    monkeypatch.setattr(JobRepository, "claim_due_job", fail)
    assert [worker.run_due_job() for _ in range(3)] == [5.0] * 3
    assert [record.getMessage() for record in caplog.records if "no job can be claimed" in record.getMessage()] == [
        "no job can be claimed: Zen cannot reach its database right now."
    ]

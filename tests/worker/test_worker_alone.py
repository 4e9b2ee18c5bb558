"""On hosted Supabase the worker has requirements.txt alone."""

from tests.support.bare_environment import ensure_bare_python
from tests.support.mail_server import MailServer
from tests.worker.conftest import Queue, Sql, StartWorker


def test_the_worker_needs_requirements_txt_alone(
    start_worker: StartWorker, mail_server: MailServer, queue: Queue, sql: Sql
) -> None:
    queued = queue()
    smtp = {"ZEN_SMTP_URL": f"smtp+plain://127.0.0.1:{mail_server.port}", "ZEN_MAIL_FROM": "zen@zen.test"}
    assert start_worker("--once", python=str(ensure_bare_python()), **smtp).wait(60) == 0
    assert mail_server.message_ids == [f"<{queued}@zen.test>"]
    jobs = sql.execute("select name from private.worker_jobs where last_error is not null").fetchall()
    assert jobs == []

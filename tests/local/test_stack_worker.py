"""The worker of the embedded Supabase: one for each database, which ends with it."""

from pathlib import Path

import psutil
import psycopg
import pytest

from lib.local import LocalStack, release_stack, restart_ended_worker, start_stack, stop_stack
from lib.local.paths import LocalPaths
from lib.local.processes import is_process_alive, wait_until
from lib.local.worker_process import find_worker_pid
from tests.local.conftest import pid_in, quiet


@pytest.fixture(autouse=True)
def worker_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZEN_LOCAL_WORKER")
    monkeypatch.delenv("ZEN_SMTP_URL", raising=False)


def start(folder: Path) -> LocalStack:
    return start_stack(folder=folder, seed=False, report=quiet)


def find_workers(folder: Path) -> list[int]:
    """Every worker of the folder that runs, whether or not its file names it."""
    mark = str(LocalPaths(folder).worker_pid)
    return [process.pid for process in psutil.process_iter(["cmdline"]) if mark in (process.info["cmdline"] or ())]


def test_a_stack_has_one_worker_that_ends_with_it(folder: Path) -> None:
    first = start(folder)
    worker = find_worker_pid(LocalPaths(folder))
    assert worker
    start(folder)
    assert find_workers(folder) == [worker]
    release_stack(first)
    assert is_process_alive(worker)
    release_stack(first)
    assert find_workers(folder) == []


def test_a_mail_that_is_queued_is_in_the_mailbox(folder: Path) -> None:
    stack = start(folder)
    with psycopg.connect(stack.database_url) as connection:
        connection.execute(
            "with made as (insert into public.companies (name) values ('Northwind') returning id) "
            "select private.queue_mail(id, 'invitation', 'ann@zen.test', 'Join us', 'Open Zen.', 'k') from made"
        )
    mailbox = LocalPaths(folder).mail
    assert wait_until(lambda: mailbox.exists() and "Open Zen." in mailbox.read_text(), timeout=60)
    assert " mail to ann@zen.test: Join us\n  Open Zen.\n" in mailbox.read_text()


def test_a_worker_that_was_killed_is_started_by_the_next_use(folder: Path) -> None:
    stack = start(folder)
    for restart in (lambda: restart_ended_worker(stack), lambda: start(folder)):
        dead = pid_in(LocalPaths(folder).worker_pid)
        psutil.Process(dead).kill()
        assert wait_until(lambda pid=dead: not is_process_alive(pid), timeout=10)
        restart()
        (alive,) = find_workers(folder)
        assert alive != dead


def test_new_mail_settings_need_a_new_worker(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start(folder)
    before = find_workers(folder)
    monkeypatch.setenv("ZEN_MAIL_FROM", "zen@zen.test")
    start(folder)
    after = find_workers(folder)
    assert (len(after), after == before) == (1, False)


def test_a_stopped_stack_gets_no_worker(folder: Path) -> None:
    stack = start(folder)
    stop_stack(folder=folder, report=quiet)
    assert not restart_ended_worker(stack)
    assert find_workers(folder) == []


def test_there_is_none_where_it_is_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEN_LOCAL_WORKER", "off")
    assert not restart_ended_worker(start(folder))
    assert find_workers(folder) == []


def test_the_key_is_in_no_log_and_no_list_of_processes(folder: Path) -> None:
    stack = start(folder)
    (pid,) = find_workers(folder)
    log = LocalPaths(folder).worker_log
    assert wait_until(lambda: "the worker starts" in log.read_text(), timeout=60)
    assert stack.secret_key not in log.read_text()
    assert log.stat().st_mode & 0o077 == 0
    assert stack.secret_key not in " ".join(psutil.Process(pid).cmdline())

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from lib.errors import Conflict
from lib.ui.command_queue import CommandOutcome, CommandQueue
from lib.ui.page_cache import DataVersion
from tests.support.observed_lock import ObservedLock


def run_all(queue: CommandQueue, *, scope: str = "") -> list[str]:
    """What the pending command did."""
    done: list[str] = []
    queue.run_pending_command(done, scope=scope)
    return done


def test_a_queued_command_runs_once():
    queue = CommandQueue()
    queue.queue_command(lambda done: done.append("saved"))
    assert run_all(queue) == ["saved"]
    assert run_all(queue) == []


def test_the_same_click_twice_in_a_row_runs_once():
    queue = CommandQueue()
    for _ in range(2):
        queue.queue_command(lambda done: done.append("woken"), click="wake.1")
        run_all(queue)
    queue.queue_command(lambda done: done.append("woken"), click="wake.1")
    assert run_all(queue) == []
    queue.queue_command(lambda done: done.append("undone"), click="undo.1")
    assert run_all(queue) == ["undone"]


def test_a_click_that_failed_can_be_repeated():
    queue = CommandQueue()

    def fail(_: list[str]) -> None:
        raise Conflict("Somebody was faster.")

    queue.queue_command(fail, click="wake.1")
    outcome = queue.run_pending_command([])
    assert outcome is not None
    assert isinstance(outcome.error, Conflict)
    queue.queue_command(lambda done: done.append("woken"), click="wake.1")
    assert run_all(queue) == ["woken"]


def test_a_command_of_a_button_that_was_replaced_is_dropped():
    queue = CommandQueue()
    queue.queue_command(lambda done: done.append("next"), scope="greeting")
    assert not queue.has_pending_command(scope="summary")
    assert run_all(queue, scope="summary") == []
    assert run_all(queue, scope="greeting") == []


def test_every_command_makes_loaded_data_stale_also_one_that_failed():
    version = DataVersion()
    queue = CommandQueue(data_version=version)
    assert queue.run_pending_command(None) is None
    assert version.number == 0
    queue.queue_command(lambda _: "Snoozed.")
    assert queue.run_pending_command(None) == CommandOutcome(result="Snoozed.")
    assert version.number == 1


def test_a_rerun_waits_for_the_command_of_the_one_before():
    lock, has_begun, done = ObservedLock(), Event(), []
    queue = CommandQueue(lock=lock)

    def save(into: list[str]) -> None:
        has_begun.set()
        lock.wait_for_waiter()
        into.append("saved")

    queue.queue_command(save)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(queue.run_pending_command, done)
        assert has_begun.wait(20)
        second = threads.submit(queue.run_pending_command, done)
        assert second.result() is None
        assert done == ["saved"]
        first.result()

"""Digests on the morning of each person, and reminders of escalations whose answer is due."""

import logging
from collections.abc import Callable, Sequence
from contextvars import copy_context
from typing import TypeVar

from lib.digests.entries import build_escalation_entry, build_item_entry
from lib.digests.messages import build_escalation_messages, build_morning_messages
from lib.digests.model import DigestChannel, Recipient, Reminder
from lib.digests.repository import DigestQueue
from lib.errors import Unavailable, ZenError
from lib.text.regional_format import use_regional_format
from lib.worker.model import JobContext

log = logging.getLogger(__name__)

BATCH = 20

T = TypeVar("T")


def queue_digests(context: JobContext) -> bool:
    """Put a batch of digests into the outbox, then of reminders. True if more may be due. Raises Unavailable."""
    queue = DigestQueue(context.client, app_url=context.app_url)
    due = queue.list_due_digests(_list_sending_channels(context), BATCH)
    failed = _queue_each_and_count_failures(context, due, lambda recipient: _queue_digest(queue, recipient))
    if len(due) == BATCH and failed < BATCH:
        return True
    # After the digests: what those tell needs no reminder.
    reminders = queue.list_due_reminders(_list_sending_channels(context), BATCH)
    failed += _queue_each_and_count_failures(context, reminders, lambda reminder: _queue_reminder(queue, reminder))
    if failed:
        raise Unavailable(f"{failed} of {len(due) + len(reminders)} digests were not made.")
    return len(reminders) == BATCH


def _list_sending_channels(context: JobContext) -> list[DigestChannel]:
    return [DigestChannel.SLACK, *([DigestChannel.EMAIL] if context.mail is not None else [])]


def _queue_each_and_count_failures(context: JobContext, due: Sequence[T], queue_one: Callable[[T], None]) -> int:
    """One that fails holds up no other. Returns how many did."""
    failed = 0
    for each in due:
        if context.stopping.is_set():
            break
        try:
            copy_context().run(queue_one, each)
        except ZenError as error:
            log.warning("a digest was not made: %s", error)
            failed += 1
        except Exception:
            log.exception("a digest was not made")
            failed += 1
    return failed


def _queue_digest(queue: DigestQueue, recipient: Recipient) -> None:
    use_regional_format(recipient.regional_format)
    digest, rows = queue.fetch_digest_items(recipient)
    entries = [build_item_entry(item, recipient.day, recipient.time_zone, recipient.app_url) for item in digest.items]
    queue.queue_digest(recipient, rows, build_morning_messages(entries, digest.channels, recipient.app_url))


def _queue_reminder(queue: DigestQueue, reminder: Reminder) -> None:
    recipient = reminder.recipient
    use_regional_format(recipient.regional_format)
    entry = build_escalation_entry(queue.fetch_escalation_entry(reminder), recipient.time_zone, recipient.app_url)
    queue.queue_reminder(reminder, build_escalation_messages(entry, recipient.channels, recipient.app_url))

"""The jobs of the worker. A new one is a function and an entry here; `lib.worker.model.Job` says what it must hold."""

import logging

from lib.digests.repository import DigestQueue
from lib.executions.run_status_changes import RunStatusRepository
from lib.imports.event_queue import EventQueue
from lib.imports.repository import ImportQueue
from lib.privacy.repository import ConversationRetention
from lib.services import get_text_embedder
from lib.worker.digest_sender import queue_digests
from lib.worker.model import Job, JobContext
from lib.worker.outbox_sender import send_waiting_mails
from lib.worker.record_embedder import embed_next_records
from lib.worker.repository import ForecastSnapshotRepository, OutboxRepository, ScoreRepository, TriggerRepository
from lib.worker.slack_digest_sender import send_waiting_posts

log = logging.getLogger(__name__)

BATCH = 1000
# A note takes 20 to 60 ms of a processor with the model in the wheel; a run of the job a second or two.
EMBEDDING_BATCH = 30
CHAT_BATCH = 200
# A customer takes a millisecond or two; a run of the job less than a second.
SCORES_BATCH = 300
# Companies whose forecast is kept at once: a tenth of a second for one of two thousand customers.
FORECAST_BATCH = 5
# Triggers looked at in one run of the job: some tenths of a second for one of a company of two thousand customers.
TRIGGER_BATCH = 5


def wake_due_runs(context: JobContext) -> bool:
    woken = RunStatusRepository(context.client).wake_due_runs(BATCH)
    if woken:
        log.info("%d runs woken", woken)
    return woken > 0


def delete_old_mails(context: JobContext) -> bool:
    return OutboxRepository(context.client).delete_old_mails(BATCH) == BATCH


def apply_imports(context: JobContext) -> bool:
    return ImportQueue(context.client).apply_next_batch()


def delete_old_chats(context: JobContext) -> bool:
    deleted = ConversationRetention(context.client).delete_old_chats(CHAT_BATCH)
    if deleted:
        log.info("%d conversations deleted that their company no longer keeps", deleted)
    return deleted > 0


def match_waiting_events(context: JobContext) -> bool:
    EventQueue(context.client).match_waiting_events(BATCH)
    return False


def roll_up_events(context: JobContext) -> bool:
    return EventQueue(context.client).roll_up_usage_events(BATCH) == BATCH


def delete_old_events(context: JobContext) -> bool:
    return EventQueue(context.client).delete_old_events(BATCH) == BATCH


def delete_old_digests(context: JobContext) -> bool:
    return DigestQueue(context.client).delete_old_digests(BATCH) == BATCH


def keep_scores(context: JobContext) -> bool:
    return ScoreRepository(context.client).keep_due_scores(SCORES_BATCH) > 0


def delete_old_scores(context: JobContext) -> bool:
    return ScoreRepository(context.client).delete_old_scores(BATCH) == BATCH


def keep_forecasts(context: JobContext) -> bool:
    kept = ForecastSnapshotRepository(context.client).keep_due_forecasts(FORECAST_BATCH)
    if kept:
        log.info("%d snapshots of the forecast taken", kept)
    return kept > 0


def embed_records(context: JobContext) -> bool:
    embedder = get_text_embedder()
    return embedder is not None and embed_next_records(context.client, embedder, EMBEDDING_BATCH)


def run_triggers(context: JobContext) -> bool:
    return TriggerRepository(context.client).run_due_triggers(TRIGGER_BATCH) == TRIGGER_BATCH


JOBS = {
    "send_mails": Job(interval=5, run=send_waiting_mails),
    "queue_digests": Job(interval=60, run=queue_digests),
    "send_posts": Job(interval=5, run=send_waiting_posts),
    "apply_imports": Job(interval=5, run=apply_imports),
    "match_waiting_events": Job(interval=60, run=match_waiting_events),
    "roll_up_events": Job(interval=60, run=roll_up_events),
    "delete_old_events": Job(interval=3600, run=delete_old_events),
    "wake_runs": Job(interval=60, run=wake_due_runs),
    "run_triggers": Job(interval=60, run=run_triggers),
    "delete_old_chats": Job(interval=3600, run=delete_old_chats),
    "keep_scores": Job(interval=30, run=keep_scores),
    "embed_records": Job(interval=15, run=embed_records),
    "delete_old_digests": Job(interval=3600, run=delete_old_digests),
    "delete_old_scores": Job(interval=6 * 3600, run=delete_old_scores),
    "keep_forecasts": Job(interval=600, run=keep_forecasts),
    "delete_old_mails": Job(interval=3600, run=delete_old_mails),
}

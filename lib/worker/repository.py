import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from lib.db.client import Client
from lib.db.query_execution import execute_write
from lib.worker.mail import Delivery, Mail


@dataclass(frozen=True, kw_only=True)
class JobClaim:
    """`name` of the claimed job; None if none is due, for so many seconds."""

    name: str | None
    seconds_until_due: float


class JobRepository:
    """Claims of jobs, in the name of one worker."""

    def __init__(self, client: Client, worker_id: uuid.UUID) -> None:
        self._client = client
        self._worker = str(worker_id)

    def claim_due_job(self, names: Iterable[str]) -> JobClaim:
        """Claim the job of these that is due longest. One request. Raises Unavailable."""
        claim = execute_write(self._client.rpc("claim_job", {"p_worker": self._worker, "p_names": [*names]}))
        return JobClaim(name=claim["name"], seconds_until_due=float(claim["seconds_until_due"] or 0))

    def finish_job(self, name: str, *, pause: int, error: str | None = None) -> None:
        """End the claim; the job is due again after `pause` seconds. One request. Raises Unavailable."""
        arguments = {"p_worker": self._worker, "p_name": name, "p_pause": pause, "p_error": error}
        execute_write(self._client.rpc("finish_job", arguments))


class OutboxRepository:
    """Mails that wait to be sent. One request each. Raises Unavailable."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def claim_mails(self, most: int) -> list[Mail]:
        """At most `most` mails that are due; no other worker gets them for five minutes."""
        return [Mail(**row) for row in execute_write(self._client.rpc("claim_mails", {"p_most": most}))]

    def finish_mail(self, mail: Mail, delivery: Delivery) -> None:
        arguments = {
            "p_id": mail.id,
            "p_attempt": mail.attempt,
            "p_outcome": delivery.outcome.value,
            "p_error": delivery.error,
        }
        execute_write(self._client.rpc("finish_mail", arguments))

    def claim_post(self) -> tuple[Mail, str] | None:
        """A post that is due, and the webhook it goes to; None if none is. No worker gets it again unless it failed."""
        row = execute_write(self._client.rpc("claim_post", {}))
        return (Mail(**row["post"]), row["url"]) if row else None

    def delete_old_mails(self, most: int) -> int:
        """Delete mails that ended 30 days ago. Returns how many."""
        return int(execute_write(self._client.rpc("delete_old_mails", {"p_most": most})))


class ScoreRepository:
    """Scores of customers that are kept for whoever reads them. One request each. Raises Unavailable."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def keep_due_scores(self, most: int) -> int:
        """Keep scores of at most `most` customers that are stale or lack those of today. Returns of how many."""
        return int(execute_write(self._client.rpc("keep_due_scores", {"p_most": most})))

    def delete_old_scores(self, most: int) -> int:
        """Thin out scores of over thirteen months ago to the last of each month. Returns how many were deleted."""
        return int(execute_write(self._client.rpc("delete_old_scores", {"p_most": most})))


class TriggerRepository:
    """Workflows that begin by themselves. One request. Raises Unavailable."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def run_due_triggers(self, most: int) -> int:
        """Begin the runs of at most `most` triggers that are due. Returns of how many."""
        return int(execute_write(self._client.rpc("run_due_triggers", {"p_most": most})))


class ForecastSnapshotRepository:
    """The weekly snapshots of the forecast. One request. Raises Unavailable."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def keep_due_forecasts(self, most: int) -> int:
        """Take this week's snapshot for at most `most` companies that lack it. Returns for how many."""
        return int(execute_write(self._client.rpc("keep_due_forecasts", {"p_most": most})))

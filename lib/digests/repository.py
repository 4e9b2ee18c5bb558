from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from lib.customers.today_items import EscalationSummary
from lib.db.client import Client
from lib.db.query_execution import execute_write
from lib.db.row_parsing import parse_row
from lib.digests.model import DigestChannel, DigestItems, DigestMessage, Recipient, Reminder


class DigestQueue:
    """Digests that are due, and their messages put into the outbox. One request each, with the operator's client.

    Links lead to `app_url`, without it to where the operator said when they began a company; where neither is known
    nothing is due.
    """

    def __init__(self, client: Client, *, app_url: str | None = None) -> None:
        self._client, self._app_url = client, app_url

    def list_due_digests(self, channels: Sequence[DigestChannel], most: int) -> list[Recipient]:
        """People whose morning it is and for whom nothing is decided yet, at most `most`."""
        rows = self._list_due_rows("list_due_digests", channels, most)
        return [parse_row(Recipient, row) for row in rows]

    def fetch_digest_items(self, recipient: Recipient) -> tuple[DigestItems, list[dict[str, Any]]]:
        """Today's first three as the person sees them, also as rows, which `queue_digest` takes."""
        arguments = {"p_person_id": recipient.person_id, "p_channels": [*recipient.channels]}
        row = execute_write(self._client.rpc("read_digest", arguments))
        return parse_row(DigestItems, row), row["items"]

    def queue_digest(self, recipient: Recipient, rows: list[dict[str, Any]], messages: Sequence[DigestMessage]) -> bool:
        """Decide the person's digest of this day. False if another worker has done it."""
        arguments = {
            "p_person_id": recipient.person_id,
            "p_day": recipient.day.isoformat(),
            "p_items": [{name: row.get(name) for name in ("key", "urgency", "escalation_id")} for row in rows],
            "p_messages": [asdict(message) for message in messages],
        }
        return bool(execute_write(self._client.rpc("queue_digest", arguments)))

    def list_due_reminders(self, channels: Sequence[DigestChannel], most: int) -> list[Reminder]:
        """Escalations whose first answer is due, each with whom to tell, at most `most`."""
        rows = self._list_due_rows("list_due_reminders", channels, most)
        return [parse_row(Reminder, {"recipient": row, "escalation_id": row["escalation_id"]}) for row in rows]

    def fetch_escalation_entry(self, reminder: Reminder) -> EscalationSummary:
        """The escalation as the person sees it."""
        arguments = {"p_person_id": reminder.recipient.person_id, "p_escalation_id": reminder.escalation_id}
        return parse_row(EscalationSummary, execute_write(self._client.rpc("read_escalation_reminder", arguments)))

    def queue_reminder(self, reminder: Reminder, messages: Sequence[DigestMessage]) -> bool:
        """Tell the person of the escalation, once. False if they were told, or it is answered."""
        arguments = {
            "p_person_id": reminder.recipient.person_id,
            "p_escalation_id": reminder.escalation_id,
            "p_messages": [asdict(message) for message in messages],
        }
        return bool(execute_write(self._client.rpc("queue_escalation_reminder", arguments)))

    def delete_old_digests(self, most: int) -> int:
        """Delete digests of more than 90 days ago, but for the last of a person. Returns how many."""
        return int(execute_write(self._client.rpc("delete_old_digests", {"p_most": most})))

    def _list_due_rows(self, function: str, channels: Sequence[DigestChannel], most: int) -> list[dict[str, Any]]:
        rows = execute_write(self._client.rpc(function, {"p_channels": [*channels], "p_most": most}))
        known = ({**row, "app_url": self._app_url or row["app_url"]} for row in rows)
        return [row for row in known if row["app_url"]]

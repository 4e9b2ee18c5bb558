"""Events of a company's systems: received with a token, rolled up by the worker. Each method is one request."""

from dataclasses import dataclass
from typing import Any

from lib.db.client import Client
from lib.db.query_execution import execute_write
from lib.db.row_parsing import parse_row


@dataclass(frozen=True, kw_only=True)
class RefusedEvent:
    """`position` counts the events of the request from 1."""

    position: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class EventReceipt:
    """What became of the events of a request; `duplicates` had come before.

    `waiting` counts those of `unknown_customers`, which are kept until there is such a customer.
    """

    accepted: int
    waiting: int
    duplicates: int
    unknown_customers: tuple[dict[str, str], ...]
    refused: tuple[RefusedEvent, ...]


def send_events(client: Client, token: str, events: list[Any]) -> EventReceipt:
    """Store up to 1,000 events of the company whose token it is. `client` belongs to nobody.

    Raises NotPermitted for any text that is no valid token, TooManyAttempts, InvalidInput, Unavailable.
    """
    answer = execute_write(client.rpc("receive_events", {"p_token": token, "p_events": events}))
    return parse_row(EventReceipt, answer)


class EventQueue:
    """What the worker does with events. Needs the operator's key."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def roll_up_usage_events(self, most: int) -> int:
        """Write weeks of usage for which events came. Returns how many."""
        return int(execute_write(self._client.rpc("roll_up_events", {"p_most": most})))

    def match_waiting_events(self, most: int) -> int:
        """Give events that wait to their customers, of up to `most` that are known since. Returns how many events."""
        return int(execute_write(self._client.rpc("match_waiting_events", {"p_most": most})))

    def delete_old_events(self, most: int) -> int:
        """Delete events received 60 days ago. Returns how many."""
        return int(execute_write(self._client.rpc("delete_old_events", {"p_most": most})))

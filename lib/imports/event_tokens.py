"""Tokens with which a company's systems send events. Each method is one request, with the rights of an admin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row


class EventScope(StrEnum):
    """A kind of events that a token may send."""

    USAGE = "usage"
    TICKETS = "tickets"


@dataclass(frozen=True, kw_only=True)
class EventToken:
    """A valid token, without its text. `last_used_at` is None while it has sent nothing."""

    id: str
    name: str
    scopes: tuple[EventScope, ...]
    created_at: datetime
    created_by_name: str
    last_used_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class NewEventToken:
    """`token` is shown once: nobody can read it again."""

    id: str
    token: str


@dataclass(frozen=True, kw_only=True)
class UnknownCustomer:
    """A customer that events name and nobody knows. Of a domain that two customers have, neither is meant."""

    source: str | None
    customer_id: str | None
    customer_domain: str | None
    events: int
    last_received_at: datetime
    customers_of_domain: int


@dataclass(frozen=True, kw_only=True)
class UnknownCustomers:
    """Some of them; `total` is the number of all."""

    total: int
    customers: tuple[UnknownCustomer, ...]


@dataclass(frozen=True, kw_only=True)
class EventSenders:
    """Who sends events: the valid tokens, and the customers named by events that wait."""

    tokens: tuple[EventToken, ...]
    unknown_customers: UnknownCustomers


class EventTokenRepository:
    """The tokens of the company of the client's token. All methods raise NotPermitted for anyone but an admin."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_tokens(self) -> tuple[EventToken, ...]:
        """The valid ones, newest first."""
        rows = execute_read(self._client.rpc("list_event_tokens", {}))
        return tuple(parse_row(EventToken, row) for row in rows)

    def fetch_unknown_customers(self, *, first: int = 0, most: int = 50) -> UnknownCustomers:
        """Those whose events wait, with most events first: `most` of them without the first `first`."""
        arguments = {"p_first": first, "p_most": most}
        return parse_row(UnknownCustomers, execute_read(self._client.rpc("list_unknown_event_customers", arguments)))

    def fetch_senders(self) -> EventSenders:
        """Two requests."""
        return EventSenders(tokens=self.fetch_tokens(), unknown_customers=self.fetch_unknown_customers())

    def create_token(self, *, name: str, scopes: Sequence[EventScope]) -> NewEventToken:
        """Raises InvalidInput, and Conflict when the company has 20 tokens."""
        arguments = {"p_name": name, "p_scopes": [scope.value for scope in scopes]}
        return parse_row(NewEventToken, execute_write(self._client.rpc("create_event_token", arguments)))

    def revoke_token(self, token_id: str) -> None:
        """End a token for good. Idempotent. Raises NotFound."""
        execute_write(self._client.rpc("revoke_event_token", {"p_token_id": token_id}))

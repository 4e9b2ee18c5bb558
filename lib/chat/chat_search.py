"""Search, facet counts and usage of conversations. The database searches, and decides who may see what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lib.chat.conversation import BranchType, MessageRole, MessageStatus, ThreadStatus
from lib.chat.search_matches import Excerpt, SearchTerm, cut_search_excerpt
from lib.content.block_json import parse_block
from lib.content.block_text import block_to_shown_text, block_to_text
from lib.content.model import ClaimKind, Code, Text
from lib.db.client import Client
from lib.db.query_execution import execute_read
from lib.db.row_parsing import parse_row
from lib.db.row_signatures import RowSigner
from lib.text.truncate import strip_invisible


@dataclass(frozen=True, kw_only=True)
class SearchQuery:
    """A search. `words` match from their beginning, "in quotation marks" exactly; -not and or.

    `facet_values` maps a facet to values: workflow, slide, customer, person, branch_type, message_type, tool, status,
    ended, role, thumbs, month. `since` and `until` are days in the person's time zone, both included.
    """

    words: str = ""
    facet_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None

    def to_filters(self) -> dict[str, Any]:
        """The filters as JSON for the database."""
        chosen: dict[str, Any] = {name: list(values) for name, values in self.facet_values.items() if values}
        days = {"from": self.since, "to": self.until}
        return chosen | {name: day.isoformat() for name, day in days.items() if day}


@dataclass(frozen=True, kw_only=True)
class SearchHit:
    """A message that matches. `text` is all of it as it is shown, `excerpt` the part around the first match.

    `unknown_claims` counts what an answer says and nothing the model was given does.
    """

    message_id: str
    thread_id: str
    answer_id: str
    execution_id: str
    thread_title: str | None
    thread_status: ThreadStatus
    is_shared: bool
    is_own: bool
    owner_id: str
    owner_name: str
    customer_id: str
    customer_name: str
    workflow_id: str
    workflow_name: str
    slide_id: str
    role: MessageRole
    message_type: str
    branch_type: BranchType | None
    ended: MessageStatus
    tools: tuple[str, ...]
    thumbs: tuple[str, ...]
    created_at: datetime
    text: str
    excerpt: Excerpt
    unknown_claims: int = 0
    is_authentic: bool = True
    redacted_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class SearchPage:
    """A page of results. `next_cursor` is None at the end."""

    hits: tuple[SearchHit, ...]
    next_cursor: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class FacetCount:
    value: str
    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class SearchFacets:
    """Counts of the results by facet value. If `is_capped`, they cover the newest `counted_over` messages."""

    counts: Mapping[str, tuple[FacetCount, ...]]
    total: int
    is_capped: bool
    counted_over: int


@dataclass(frozen=True, kw_only=True)
class DailyUsage:
    """A model's use by a person on a day in a workflow. Sums are None if nothing was reported; `not_reported` counts
    answers without a report."""

    day: date
    workflow_id: str
    person_id: str
    person_name: str
    answers: int
    not_reported: int
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: Decimal | None


class ChatSearchRepository:
    def __init__(self, client: Client, signer: RowSigner) -> None:
        self._client, self._signer = client, signer

    def fetch_search_page(
        self, query: SearchQuery, *, after: Mapping[str, Any] | None = None, limit: int = 20
    ) -> SearchPage:
        """Newest first. Raises InvalidInput for words that cannot be looked for. One request."""
        arguments = {
            "p_query": strip_invisible(query.words) or None,
            "p_filters": query.to_filters(),
            "p_limit": limit,
        }
        row = execute_read(self._client.rpc("search_chats", {**arguments, "p_cursor": dict(after) if after else None}))
        return parse_search_page(row, self._signer)

    def fetch_facet_counts(self, query: SearchQuery) -> SearchFacets:
        """One request."""
        row = execute_read(
            self._client.rpc(
                "chat_facets", {"p_query": strip_invisible(query.words) or None, "p_filters": query.to_filters()}
            )
        )
        return parse_row(SearchFacets, {**row, "counts": row["facets"]})

    def fetch_daily_usage(self, days: int) -> tuple[DailyUsage, ...]:
        """Of the last `days` (1-366). One request."""
        rows = execute_read(self._client.rpc("chat_usage", {"p_days": days}))
        return tuple(parse_row(DailyUsage, row) for row in rows)


def parse_search_page(row: dict[str, Any], signer: RowSigner) -> SearchPage:
    """The result of `public.search_chats`."""
    terms = [parse_row(SearchTerm, term) for term in row["terms"] or ()]
    hits = tuple(_parse_search_hit(hit, terms, signer) for hit in row["rows"])
    return SearchPage(hits=hits, next_cursor=row["next_cursor"])


def _parse_search_hit(row: dict[str, Any], terms: Sequence[SearchTerm], signer: RowSigner) -> SearchHit:
    block = parse_block(row["content"])
    # A person's question is drawn as it was typed.
    text = block_to_text(block) if row["role"] == MessageRole.USER else block_to_shown_text(block)
    lists: dict[str, Any] = {"tools": row["tools"] or (), "thumbs": row["thumbs"] or ()}
    lists["is_authentic"] = signer.is_message_authentic({**row, **row["signed"]})
    lists["redacted_at"] = row["signed"]["redacted_at"]
    claims = block.unknown_claims if isinstance(block, Text | Code) else ()
    lists["unknown_claims"] = sum(claim.kind is not ClaimKind.SOURCE for claim in claims)
    return parse_row(SearchHit, {**row, **lists, "text": text, "excerpt": cut_search_excerpt(text, terms)})

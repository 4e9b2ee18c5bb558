"""Saved views of the book: one's own and the company's. Each method of the repository is one request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row
from lib.errors import Conflict

MAX_VIEW_NAME_CHARS = 80
CHANGED_MEANWHILE = "This view was changed or deleted in the meantime."
NAME_IS_TAKEN = "You have a view of this name already."


@dataclass(frozen=True, kw_only=True)
class ViewContent:
    """What a view keeps: `filter` and `sort` as the page's address has them, and the names of columns."""

    filter: Mapping[str, str]
    sort: str
    columns: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"filter": dict(self.filter), "sort": self.sort, "shown_columns": list(self.columns)}


@dataclass(frozen=True, kw_only=True)
class SavedView:
    """A view of the person, or one that a colleague shares with the company."""

    id: UUID
    owner_id: UUID
    name: str
    is_shared: bool
    filter: Mapping[str, Any]
    sort: str
    shown_columns: tuple[str, ...]
    revision: int


class BookViewRepository:
    """Reads and saves views with the rights of the client's token."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_views(self) -> tuple[SavedView, ...]:
        """One's own views and those of the company, by name."""
        rows = execute_read(self._client.table("book_views").select("*").order("name").order("id"))
        return tuple(parse_row(SavedView, row) for row in rows)

    def save_view(self, company_id: str, owner_id: str, name: str, content: ViewContent, *, shared: bool) -> SavedView:
        """Save a new view of one's own. Raises Conflict for a name one has already, InvalidInput for an empty one."""
        row = {"company_id": company_id, "owner_id": owner_id, "name": name, "is_shared": shared, **content.to_json()}
        try:
            return parse_row(SavedView, execute_write(self._client.table("book_views").insert(row))[0])
        except Conflict as conflict:
            raise Conflict(NAME_IS_TAKEN, hint="Choose another one.") from conflict

    def update_view(self, view: SavedView, content: ViewContent) -> None:
        """Give a view another content. Raises Conflict if it is not as it was read, or belongs to somebody else."""
        query = self._client.table("book_views").update(content.to_json())
        rows = execute_write(query.eq("id", str(view.id)).eq("revision", view.revision))
        if not rows:
            raise Conflict(CHANGED_MEANWHILE)

    def delete_view(self, view: SavedView) -> None:
        """Delete a view. Raises Conflict if it is not as it was read, or belongs to somebody else."""
        query = self._client.table("book_views").delete()
        if not execute_write(query.eq("id", str(view.id)).eq("revision", view.revision)):
            raise Conflict(CHANGED_MEANWHILE)

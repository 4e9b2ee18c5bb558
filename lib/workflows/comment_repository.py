"""Comments on drafts, read and written with the rights of the client's token."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_update, execute_write
from lib.db.row_parsing import parse_row
from lib.errors import NotFound
from lib.workflows.draft_comments import MAX_COMMENTS, DraftComment, build_comment_rows

COMMENTS_TABLE = "workflow_comments"
COMMENT_COLUMNS = (
    "id, draft_id, slide_id, author_id, imported_author, body, written_at, resolved_at,"
    " author:profiles!workflow_comments_author_id_company_id_fkey(full_name)"
)
COMMENT_NOT_FOUND = "This comment was deleted, or the draft is gone."


class CommentRepository:
    """Comments on the slides of drafts. One request each."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_comments(self, draft_id: str) -> tuple[DraftComment, ...]:
        """The comments on a draft, the first written first."""
        query = self._client.table(COMMENTS_TABLE).select(COMMENT_COLUMNS).eq("draft_id", draft_id)
        rows = execute_read(query.order("written_at").order("id").limit(MAX_COMMENTS))
        return tuple(
            parse_row(DraftComment, row | {"author_name": (row["author"] or {}).get("full_name", "")}) for row in rows
        )

    def add_comment(self, draft_id: str, slide_id: str, body: str) -> int:
        """Comment on a slide. Returns how many colleagues it named and were told.

        Raises InvalidInput; NotFound for a draft that is gone; Conflict for a slide that is, or one comment too many.
        """
        arguments = {"p_draft_id": draft_id, "p_slide_id": slide_id, "p_body": body}
        return int(execute_write(self._client.rpc("add_workflow_comment", arguments))["notified"])

    def resolve_comment(self, comment_id: str, *, is_resolved: bool) -> None:
        """Resolve a comment, or open it again. Raises NotPermitted for one that is gone."""
        values = {"resolved_at": "now" if is_resolved else None}
        query = self._client.table(COMMENTS_TABLE).update(values).eq("id", comment_id)
        execute_update(query, otherwise=COMMENT_NOT_FOUND)

    def delete_comment(self, comment_id: str) -> None:
        """Delete a comment of one's own, with the notices of it. Raises NotFound for any other."""
        if not execute_write(self._client.table(COMMENTS_TABLE).delete().eq("id", comment_id)):
            raise NotFound(COMMENT_NOT_FOUND)

    def add_imported_comments(
        self, comments: Mapping[str, Sequence[Mapping[str, Any]]], *, draft_id: str, company_id: str, author_id: str
    ) -> None:
        """Add the comments of a file by slide address, all or none; nobody is told. None of them: no request."""
        of_draft = {"draft_id": draft_id, "company_id": company_id, "author_id": author_id}
        rows = [row | of_draft for row in build_comment_rows(comments, imported_at=datetime.now(UTC))]
        if rows:
            execute_write(self._client.table(COMMENTS_TABLE).insert(rows))

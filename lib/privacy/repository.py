import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row
from lib.privacy.model import (
    ErasureMode,
    ErasureProof,
    ErasureRecord,
    ErasureStep,
    RetentionPreview,
    Subject,
    SubjectKind,
    SubjectRows,
)

SUBJECT_COLUMNS: Mapping[SubjectKind, tuple[str, str, str]] = {
    SubjectKind.CUSTOMER: ("customers", "name", "domain"),
    SubjectKind.CONTACT: ("contacts", "name", "email"),
    SubjectKind.PERSON: ("profiles", "full_name", "email"),
}
"""Table, column of the name, and what tells two of one name apart."""


class PrivacyRepository:
    """Exports and erasures with the rights of the client's token. One request a method."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def find_subjects(self, kind: SubjectKind, words: str) -> tuple[Subject, ...]:
        """Up to 50 of the company with these words in their name."""
        table, name, detail = SUBJECT_COLUMNS[kind]
        pattern = "%" + re.sub(r"([\\%_])", r"\\\1", words) + "%"
        query = self._client.table(table).select(f"id,{name},{detail}").ilike(name, pattern).order(name).limit(50)
        return tuple(
            Subject(kind=kind, id=UUID(row["id"]), name=row[name], detail=row[detail]) for row in execute_read(query)
        )

    def export_rows(self, kind: SubjectKind, subject_id: UUID) -> SubjectRows:
        """All rows about a subject that the person may read. Raises NotFound, NotPermitted."""
        arguments = {f"p_{kind.value}_id": str(subject_id)}
        return parse_row(SubjectRows, execute_read(self._client.rpc(f"export_{kind.value}", arguments)))  # type: ignore[type-abstract]

    def preview_erasure(
        self, kind: SubjectKind, subject_id: UUID, mode: ErasureMode, *, names: Sequence[str] = ()
    ) -> tuple[ErasureStep, ...]:
        """What it would do, for leaders; texts are searched for `names`, too. Raises as `erase`."""
        arguments = _build_subject_arguments(kind, subject_id, mode, names)
        steps = execute_read(self._client.rpc("preview_erasure", arguments))
        return tuple(parse_row(ErasureStep, step) for step in steps)

    def erase_subject(
        self, kind: SubjectKind, subject_id: UUID, mode: ErasureMode, *, reason: str, names: Sequence[str] = ()
    ) -> ErasureProof:
        """Erase for good, for leaders; `names` are further ones that texts call a contact.

        Raises InvalidInput without a reason or for a name that is too short, NotFound, NotPermitted.
        """
        arguments = _build_subject_arguments(kind, subject_id, mode, names) | {"p_reason": reason}
        return parse_row(ErasureProof, execute_write(self._client.rpc("erase_subject", arguments)))

    def fetch_erasures(self, most: int = 20) -> tuple[ErasureRecord, ...]:
        """The latest erasures of the company, the newest first, for leaders; none for anyone else."""
        person = "person:profiles!erasures_erased_by_company_id_fkey(full_name)"
        query = self._client.table("erasures").select(f"id,subject,mode,reason,touched,created_at,{person}")
        rows = execute_read(query.order("created_at", desc=True).order("id", desc=True).limit(most))
        return tuple(
            parse_row(ErasureRecord, {**row, "person_name": (row["person"] or {}).get("full_name")}) for row in rows
        )

    def preview_chat_retention(self, days: int) -> RetentionPreview:
        """Conversations that would be deleted now if they were kept for so many days, for admins."""
        return parse_row(RetentionPreview, execute_read(self._client.rpc("preview_chat_retention", {"p_days": days})))


class ConversationRetention:
    """For the worker, with the operator's client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def delete_old_chats(self, most: int) -> int:
        """Delete conversations that one company no longer keeps. Returns how many; 0 when none are left."""
        return int(execute_write(self._client.rpc("delete_old_chats", {"p_most": most})))


def _build_subject_arguments(
    kind: SubjectKind, subject_id: UUID, mode: ErasureMode, names: Sequence[str]
) -> dict[str, Any]:
    return {"p_subject": kind.value, "p_subject_id": str(subject_id), "p_mode": mode.value, "p_names": list(names)}

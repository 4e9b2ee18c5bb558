from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class SubjectKind(StrEnum):
    """Whom data is about. Members are exported and leave; they are not erased."""

    CUSTOMER = "customer"
    CONTACT = "contact"
    PERSON = "person"


class ErasureMode(StrEnum):
    """PSEUDONYMISE replaces names and words and keeps figures, REMOVE deletes the rows."""

    PSEUDONYMISE = "pseudonymise"
    REMOVE = "remove"


class Treatment(StrEnum):
    """REPLACE sets whole values, REDACT takes the names out of texts."""

    REPLACE = "replace"
    REDACT = "redact"
    DELETE = "delete"
    KEEP = "keep"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Whom data is about. `detail` tells those of one name apart."""

    kind: SubjectKind
    id: UUID
    name: str
    detail: str | None = None

    @property
    def label(self) -> str:
        return f"{self.name}, {self.detail}" if self.detail else self.name

    @property
    def is_erasable(self) -> bool:
        return self.kind is not SubjectKind.PERSON


ExportedRows = tuple[Mapping[str, Any], ...]
SubjectRows = Mapping[str, ExportedRows]
"""The rows about a subject, by table."""


@dataclass(frozen=True, kw_only=True)
class ErasureStep:
    """What an erasure does with rows of a table. `extracts` of up to three say what stands around the name."""

    table_name: str
    rows: int
    treatment: Treatment
    extracts: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class ErasureProof:
    """An erasure that was done. `touched` counts rows by table."""

    id: UUID
    touched: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class ErasureRecord:
    """The stored proof of an erasure; `subject` is customer, contact or conversations, `person_name` None for Zen's."""

    id: UUID
    subject: str
    mode: ErasureMode
    reason: str
    touched: Mapping[str, int]
    created_at: datetime
    person_name: str | None


@dataclass(frozen=True, kw_only=True)
class RetentionPreview:
    """What would be deleted now; `oldest_at` is None where nothing would."""

    threads: int
    messages: int
    people: int
    oldest_at: datetime | None

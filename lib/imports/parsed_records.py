"""Results of parsing a row: values and problems."""

from dataclasses import dataclass

from lib.imports.record_fields import RecordValues


@dataclass(frozen=True)
class Rejection:
    """Why a text is no value, and what to do. Both are sentences."""

    reason: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class CellProblem:
    """A cell that is refused. `column` is its header, `reason` says why, `remedy` what to do; both are sentences."""

    column: str
    cell: str
    reason: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class ParsedRecord:
    """The values of a row, and its problems. With a problem nothing of the row is imported.

    `blank_fields` are values that the mapping gives for blank cells: only a new record gets them.
    """

    values: RecordValues
    problems: tuple[CellProblem, ...] = ()
    blank_fields: frozenset[str] = frozenset()

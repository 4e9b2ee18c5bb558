"""The report of an import: the result of every row, as text and as JSON."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from lib.text.format import format_count
from lib.text.truncate import single_line

MAX_NAMES = 30


class ImportResult(StrEnum):
    IMPORTED = "imported"
    ALREADY_THERE = "already_there"
    NOT_MAPPABLE = "not_mappable"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True)
class RowResult:
    """The result of one row. `because`: why it was not imported; `left`: names that stay in the source only."""

    line: int
    legacy_id: str
    result: ImportResult
    because: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    company: str
    dry_run: bool
    rows: tuple[RowResult, ...]

    def list_rows_with_result(self, result: ImportResult) -> tuple[RowResult, ...]:
        return tuple(row for row in self.rows if row.result is result)

    def count_unmapped_names(self) -> Counter[str]:
        """How often each key of the imported rows stays in the source only."""
        return Counter(name for row in self.rows for name in row.left)

    def to_json(self) -> dict[str, Any]:
        """Counts, and every row with its line and id, in the order of the file."""
        return {
            "format": "zen-legacy-report/1", "company": self.company, "dry_run": self.dry_run,
            "counts": {result.value: len(self.list_rows_with_result(result)) for result in ImportResult},
            "in_the_source_only": dict(sorted(self.count_unmapped_names().items())),
            "rows": [asdict(row) for row in self.rows],
        }  # fmt: skip

    def format_report_lines(self) -> Iterator[str]:
        """The report as text, line by line."""
        yield f"{format_count(len(self.rows), 'run')} of {single_line(self.company, max_length=80)}"
        for result in ImportResult:
            yield f"  {result.value.replace('_', ' '):14} {len(self.list_rows_with_result(result)):6,}"
        for heading, rows in self._list_report_sections():
            if rows:
                yield heading
                yield from (
                    f"  line {row.line:,}, {single_line(row.legacy_id, max_length=60)}: {said}" for row, said in rows
                )
        left = self.count_unmapped_names().most_common()
        if left:
            yield "In the source only, because no form has it:"
            yield from (f"  {times:6,} × {single_line(name, max_length=100)}" for name, times in left[:MAX_NAMES])
            if len(left) > MAX_NAMES:
                yield f"  and {format_count(len(left) - MAX_NAMES, 'other name')}"
        if self.dry_run:
            yield "This was a dry run: nothing was written."

    def _list_report_sections(self) -> Iterator[tuple[str, list[tuple[RowResult, str]]]]:
        unmapped = [(row, " ".join(row.because)) for row in self.list_rows_with_result(ImportResult.NOT_MAPPABLE)]
        yield "Not mappable, and kept as they are:", unmapped
        yield (
            "Skipped, and stored nowhere:",
            [(row, " ".join(row.because)) for row in self.list_rows_with_result(ImportResult.SKIPPED)],
        )
        changed = [
            (row, " ".join(row.remarks))
            for row in self.list_rows_with_result(ImportResult.ALREADY_THERE)
            if row.remarks
        ]
        yield "Already there:", changed
        remarked = [
            (row, " ".join(remarks))
            for row in self.list_rows_with_result(ImportResult.IMPORTED)
            if (remarks := _list_notable_remarks(row))
        ]
        yield "Imported, with a remark:", remarked


def _list_notable_remarks(row: RowResult) -> tuple[str, ...]:
    """Remarks without the names that are counted at the end."""
    return tuple(remark for remark in row.remarks if not remark.startswith("In the source only"))

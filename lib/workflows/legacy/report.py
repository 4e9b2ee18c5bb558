"""What became of every row, for a person and as JSON."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from lib.slides.words import count, plain

MOST_NAMES = 30


class Result(StrEnum):
    IMPORTED = "imported"
    ALREADY_THERE = "already_there"
    NOT_MAPPABLE = "not_mappable"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One row: the line it begins on, its id, what became of it. `because` is why it could not be mapped; `left` names
    what stands in the source only."""

    line: int
    legacy_id: str
    result: Result
    because: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    company: str
    dry_run: bool
    rows: tuple[Listed, ...]

    def of(self, result: Result) -> tuple[Listed, ...]:
        return tuple(row for row in self.rows if row.result is result)

    def left(self) -> Counter[str]:
        """How often each key of the rows imported stands in the source only."""
        return Counter(name for row in self.rows for name in row.left)

    def as_json(self) -> dict[str, Any]:
        """Counts, and every row with its line and id, in the order of the file."""
        return {
            "format": "zen-legacy-report/1", "company": self.company, "dry_run": self.dry_run,
            "counts": {result.value: len(self.of(result)) for result in Result},
            "in_the_source_only": dict(sorted(self.left().items())),
            "rows": [asdict(row) for row in self.rows],
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """The report as an operator reads it; words of the file stand on one line, nothing invisible in them."""
        yield f"{count(len(self.rows), 'run')} of {plain(self.company, most=80)}"
        for result in Result:
            yield f"  {result.value.replace('_', ' '):14} {len(self.of(result)):6,}"
        for heading, rows in self._told():
            if rows:
                yield heading
                yield from (f"  line {row.line:,}, {plain(row.legacy_id, most=60)}: {said}" for row, said in rows)
        left = self.left().most_common()
        if left:
            yield "In the source only, because no form has it:"
            yield from (f"  {times:6,} × {plain(name, most=100)}" for name, times in left[:MOST_NAMES])
            if len(left) > MOST_NAMES:
                yield f"  and {count(len(left) - MOST_NAMES, 'other name')}"
        if self.dry_run:
            yield "This was a dry run: nothing was written."

    def _told(self) -> Iterator[tuple[str, list[tuple[Listed, str]]]]:
        unmapped = [(row, " ".join(row.because)) for row in self.of(Result.NOT_MAPPABLE)]
        yield "Not mappable, and kept as they are:", unmapped
        changed = [(row, " ".join(row.remarks)) for row in self.of(Result.ALREADY_THERE) if row.remarks]
        yield "Already there:", changed
        told = [(row, " ".join(remarks)) for row in self.of(Result.IMPORTED) if (remarks := _of_note(row))]
        yield "Imported, with a remark:", told


def _of_note(row: Listed) -> tuple[str, ...]:
    """Remarks but for the names counted at the end."""
    return tuple(remark for remark in row.remarks if not remark.startswith("In the source only"))

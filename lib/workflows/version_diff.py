"""What changes for a run that moves to another version of its workflow. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from lib.workflows.model import WorkflowVersion


@dataclass(frozen=True, kw_only=True)
class VersionDiff:
    """Slide ids by what happens to them.

    `reordered` stay in another order, `reworded` have other texts. `kept_answers` keep their answers;
    `set_aside_answers` are answers of removed slides, which come back when the move is undone.
    """

    from_version: int
    to_version: int
    note: str | None
    added: tuple[str, ...]
    removed: tuple[str, ...]
    reordered: tuple[str, ...]
    reworded: tuple[str, ...]
    kept_answers: tuple[str, ...]
    set_aside_answers: tuple[str, ...]

    @property
    def has_slide_changes(self) -> bool:
        return bool(self.added or self.removed or self.reordered or self.reworded)


def diff_workflow_versions(old: WorkflowVersion, new: WorkflowVersion, answered: set[str]) -> VersionDiff:
    """Compare two versions for a run; `answered` are the slides with answers."""
    before, after = old.slide_sequence, new.slide_sequence
    shared = [slide for slide in after if slide in before]
    return VersionDiff(
        from_version=old.version,
        to_version=new.version,
        note=new.note,
        added=tuple(slide for slide in after if slide not in before),
        removed=tuple(slide for slide in before if slide not in after),
        reordered=_find_reordered_slides([slide for slide in before if slide in after], shared),
        reworded=tuple(s for s in shared if old.slide_contexts.get(s) != new.slide_contexts.get(s)),
        kept_answers=tuple(slide for slide in after if slide in answered),
        set_aside_answers=tuple(slide for slide in before if slide in answered and slide not in after),
    )


def _find_reordered_slides(before: list[str], after: list[str]) -> tuple[str, ...]:
    """The fewest slides to move to get from one order to the other, in the new order."""
    stay = _longest_increasing_subsequence([before.index(slide) for slide in after])
    return tuple(slide for slide in after if before.index(slide) not in stay)


def _longest_increasing_subsequence(places: Iterable[int]) -> set[int]:
    """One of the longest rising subsequences."""
    ending: list[tuple[int, ...]] = []
    for place in places:
        ending.append((*_find_longest_subsequence([run for run in ending if run[-1] < place]), place))
    return set(_find_longest_subsequence(ending))


def _find_longest_subsequence(runs: list[tuple[int, ...]]) -> tuple[int, ...]:
    return max(runs, key=len) if runs else ()

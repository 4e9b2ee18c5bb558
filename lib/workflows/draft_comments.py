"""Comments on the slides of a draft, and how they follow a slide that gets another label. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from lib.slides.slide_address import get_slide_id_of_address

MAX_COMMENT_LENGTH = 4000
MAX_COMMENTS = 1000
"""Of one draft, as in `private.guard_comment`."""


@dataclass(frozen=True, kw_only=True)
class DraftComment:
    """What somebody wrote about a slide; `slide_id` is its address. It is open while `resolved_at` is None.

    `imported_author` is the name a file gave; `author_id` is then who brought the file in.
    """

    id: str
    draft_id: str
    slide_id: str
    author_id: str
    author_name: str
    body: str
    written_at: datetime
    resolved_at: datetime | None = None
    imported_author: str | None = None

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None


def count_open_comments(comments: Iterable[DraftComment]) -> Counter[str]:
    """How many are open, by the address of their slide."""
    return Counter(comment.slide_id for comment in comments if comment.is_open)


def list_comments_of_removed_slides(
    comments: Iterable[DraftComment], sequence: Sequence[str]
) -> tuple[DraftComment, ...]:
    """Those whose slide was taken out of the draft."""
    return tuple(comment for comment in comments if comment.slide_id not in sequence)


def move_comments_of_renamed_slides(
    comments: Iterable[DraftComment], before: Sequence[str], after: Sequence[str]
) -> tuple[DraftComment, ...]:
    """Comments after a save, as `private.move_comments_of_renamed_slides` has moved them in the database."""
    gone = [address for address in before if address not in after]
    came = [address for address in after if address not in before]
    renamed = {
        old: new
        for old in gone
        for new in came
        if get_slide_id_of_address(old) == get_slide_id_of_address(new)
        and _count_slides_alike(gone, old) == _count_slides_alike(came, old) == 1
    }
    return tuple(replace(comment, slide_id=renamed.get(comment.slide_id, comment.slide_id)) for comment in comments)


def build_file_comments(comments: Iterable[DraftComment]) -> dict[str, list[dict[str, Any]]]:
    """Comments as a workflow file has them, by the address of their slide, the first written first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for comment in sorted(comments, key=lambda each: (each.written_at, each.id)):
        values: dict[str, Any] = {
            "author": comment.imported_author or comment.author_name,
            "text": comment.body,
            "written_at": comment.written_at.isoformat(),
        }
        found.setdefault(comment.slide_id, []).append(values | ({} if comment.is_open else {"is_resolved": True}))
    return found


def build_comment_rows(
    comments: Mapping[str, Sequence[Mapping[str, Any]]], *, imported_at: datetime
) -> list[dict[str, Any]]:
    """Rows of the comments of a file, without whose and where they are."""
    return [
        {
            "slide_id": address,
            "imported_author": comment["author"],
            "body": comment["text"],
            "written_at": _parse_written_at(comment.get("written_at"), imported_at).isoformat(),
            "resolved_at": imported_at.isoformat() if comment.get("is_resolved") else None,
        }
        for address, listed in comments.items()
        for comment in listed
    ]


def _parse_written_at(value: str | None, imported_at: datetime) -> datetime:
    """The moment a file gives, in UTC without an offset; that of the import for none, or one no comment can have."""
    written_at = datetime.fromisoformat(value) if value else imported_at
    if written_at.tzinfo is None:
        written_at = written_at.replace(tzinfo=UTC)
    return written_at if written_at.year >= 1970 and written_at < imported_at else imported_at


def _count_slides_alike(addresses: Sequence[str], address: str) -> int:
    return sum(get_slide_id_of_address(each) == get_slide_id_of_address(address) for each in addresses)

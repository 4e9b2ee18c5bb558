"""How comments follow their slides, and become part of a workflow file."""

from datetime import UTC, datetime

import pytest

from lib.workflows.draft_comments import (
    DraftComment,
    build_comment_rows,
    build_file_comments,
    count_open_comments,
    list_comments_of_removed_slides,
    move_comments_of_renamed_slides,
)

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 4, 12, tzinfo=UTC)


def comment(slide: str, **given) -> DraftComment:
    words = {"id": "1", "draft_id": "d", "author_id": "a", "author_name": "Alice Moreau", "body": "Shorter?"}
    return DraftComment(**words | {"slide_id": slide, "written_at": NOON} | given)


@pytest.mark.parametrize(
    ("after", "slide"),
    [
        (["draft-email:cfo", "summary"], "draft-email:cfo"),
        (["summary", "draft-email:cfo"], "draft-email:cfo"),
        (["draft-email", "draft-email:cfo", "summary"], "draft-email"),
        (["schedule-call", "summary"], "draft-email"),
        (["draft-email:cfo", "draft-email:ceo", "summary"], "draft-email"),
    ],
)
def test_a_comment_follows_the_one_slide_of_its_kind_that_got_another_label(after, slide):
    (moved,) = move_comments_of_renamed_slides([comment("draft-email")], ["draft-email", "summary"], after)
    assert moved.slide_id == slide


def test_open_comments_are_counted_by_slide():
    found = [comment("greeting"), comment("greeting"), comment("greeting", resolved_at=NOON), comment("summary")]
    assert count_open_comments(found) == {"greeting": 2, "summary": 1}
    assert list_comments_of_removed_slides(found, ["greeting"]) == (found[3],)


def test_a_file_has_whose_words_they_are_and_what_is_resolved():
    found = [
        comment("greeting", id="2", written_at=LATER, imported_author="Bob Lindqvist", resolved_at=NOON),
        comment("greeting"),
    ]
    assert build_file_comments(found) == {
        "greeting": [
            {"author": "Alice Moreau", "text": "Shorter?", "written_at": NOON.isoformat()},
            {"author": "Bob Lindqvist", "text": "Shorter?", "written_at": LATER.isoformat(), "is_resolved": True},
        ]
    }


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (None, LATER),
        ("2026-11-03T12:00:00Z", NOON),
        ("2026-11-03T12:00:00", NOON),
        ("0001-01-01T00:00:00", LATER),
        ("2999-01-01T00:00:00Z", LATER),
    ],
)
def test_a_moment_that_no_comment_can_have_is_that_of_the_import(given, stored):
    of_file = {"greeting": [{"author": "Alice", "text": "Shorter?", "written_at": given}]}
    (row,) = build_comment_rows(of_file, imported_at=LATER)
    assert (row["written_at"], row["resolved_at"]) == (stored.isoformat(), None)

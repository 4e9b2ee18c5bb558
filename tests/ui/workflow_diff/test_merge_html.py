from lib.ui.workflow_diff.merge_html import build_merge_change_html, format_merge_value
from lib.workflows.workflow_content import MISSING
from lib.workflows.workflow_merge import MergeChange, MergeConflict


def draw(change: MergeChange) -> str:
    titles = {"greeting": "Why we meet", "summary": "Summary"}
    return str(build_merge_change_html(change, ours="You changed", theirs="Stock changed", titles=titles))


def test_a_side_that_changed_nothing_is_not_shown():
    seen = draw(MergeChange(path=("slides", "greeting", "minutes"), base=5, ours=5, theirs=8))
    assert "Stock changed" in seen
    assert "You changed" not in seen
    assert "<del>5</del><ins>8</ins> minutes" in seen


def test_a_conflict_shows_what_both_sides_made_of_the_text():
    path = ("slides", "greeting", "lead")
    seen = draw(MergeConflict(path=path, base="Read it all.", ours="Read it twice.", theirs="Read it soon."))
    assert "<ins>soon</ins>" in seen
    assert "<ins>twice</ins>" in seen


def test_a_text_that_was_the_librarys_is_replaced_as_a_whole():
    seen = draw(MergeChange(path=("slides", "greeting", "title"), base=MISSING, ours=MISSING, theirs="In the library"))
    assert "<del>As in the slide library</del><ins>In the library</ins>" in seen


def test_a_slide_that_went_says_so_and_one_that_came_lists_its_fields():
    slide = {"lead": "Hello", "branches": {"snooze": {"branch_key": "snooze", "label": "Later"}}}
    gone = MergeConflict(path=("slides", "greeting"), base=slide, ours=slide | {"lead": "Ours"}, theirs=MISSING)
    assert "Removed" in draw(gone)
    come = MergeChange(path=("slides", "greeting"), base=MISSING, ours=MISSING, theirs=slide)
    assert format_merge_value(come, slide, {}) == "Opening text: Hello\nChat branches: Later"
    assert format_merge_value(come, {}, {}) == "Without texts of its own"


def test_an_order_is_read_as_titles_and_a_branch_by_its_label():
    order = MergeConflict(
        path=("slides",), base=("greeting", "summary"), ours=("greeting", "summary"), theirs=("summary", "greeting")
    )
    assert format_merge_value(order, order.theirs, {"greeting": "Why we meet", "summary": "Summary"}) == (
        "Summary\nWhy we meet"
    )
    branch = {"branch_key": "snooze", "label": "Later", "response_text": "In a week."}
    added = MergeChange(path=("slides", "greeting", "branches", "snooze"), base=MISSING, ours=MISSING, theirs=branch)
    assert "Chat branches, Later" in draw(added)


def test_markup_in_a_text_of_either_side_stays_text():
    evil = "<img src=x onerror=alert(1)>"
    assert "<img" not in draw(MergeChange(path=("slides", evil, "lead"), base="", ours="", theirs=evil))

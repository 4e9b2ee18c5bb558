from lib.ui.workflow_diff.diff_html import build_word_diff_html, build_workflow_diff_html
from lib.ui.workflow_diff.field_labels_and_values import (
    format_compared_values,
    format_field_label,
    format_field_value,
    list_slide_titles,
)
from lib.workflows.workflow_content import MISSING
from lib.workflows.workflow_diff import diff_workflow_contents

A, B, C, D = "greeting", "review-account", "contract-terms", "summary"
BRANCH = {"branch_key": "snooze", "branch_type": "fixed", "label": "Later", "response_text": "In a week."}
BASE = {
    "name": "Renewal",
    "description": "",
    "category": "renewal",
    "slide_sequence": [A, B, D],
    "slide_contexts": {A: {"lead": "Read the figures.", "minutes": 5}},
    "chat_branches": {A: [BRANCH]},
}


def draw(after) -> str:
    return str(build_workflow_diff_html(diff_workflow_contents(BASE, after), list_slide_titles(BASE, after)))


def test_equal_contents_say_so():
    assert draw(dict(BASE)) == "<p>Both are the same.</p>"


def test_words_that_went_and_came_have_tags_of_their_own():
    seen = draw(BASE | {"slide_contexts": {A: {"lead": "Read all figures.", "minutes": 5}}})
    assert "Read <del>the</del><ins>all</ins> figures." in seen
    assert "Opening text" in seen


def test_placeholders_and_conditions_read_in_words():
    before = "{% if usage.percent < 60 %}Ask why.{% else %}Thank {{ customer.name }}.{% endif %}"
    seen = draw(BASE | {"slide_contexts": {A: {"lead": before, "minutes": 5}}})
    assert "{%" not in seen
    assert "is below 60" in seen
    assert "Otherwise" in seen
    assert "[customer]" in seen


def test_texts_that_differ_only_as_written_are_shown_as_written():
    texts = ("{{ contract.seats }} seats", "{{ contract.seats|number }} seats")
    seen = format_compared_values("lead", *texts)
    assert seen == texts
    assert format_compared_values("lead", "{% if", "Read it.") == ("{% if", "Read it.")


def test_slides_that_came_went_and_moved_are_named_by_their_titles():
    seen = draw(BASE | {"slide_sequence": [D, A, C]})
    assert "Added: “Contract terms”." in seen
    assert f"Removed: “{list_slide_titles(BASE)[B]}”." in seen
    assert f"Moved: “{list_slide_titles(BASE)[D]}”." in seen


def test_a_second_slide_of_one_kind_has_its_label_beside_the_title():
    assert list_slide_titles(BASE | {"slide_sequence": ["draft-email:second"]})["draft-email:second"].endswith(
        "(second)"
    )


def test_a_branch_that_came_shows_its_answer_and_one_that_changed_only_what_did():
    more = BRANCH | {"branch_key": "more", "label": "More", "response_text": "All of it."}
    seen = draw(BASE | {"chat_branches": {A: [BRANCH | {"label": "Not now"}, more]}})
    assert "Chat branch changed: “Not now”, fixed answer" in seen
    assert "<del>Later</del><ins>Not now</ins>" in seen
    assert "Chat branch added: “More”, fixed answer" in seen
    assert "<ins>All of it.</ins>" in seen
    assert "In a week." not in seen


def test_a_field_the_workflow_no_longer_sets_reads_as_the_librarys():
    seen = draw(BASE | {"slide_contexts": {A: {"lead": "Read the figures."}}})
    assert "<del>5 minutes</del><ins>As in the slide library</ins>" in seen


def test_conditions_and_rules_are_sentences():
    condition = {"all": [{"fact": "segment", "comparison": "one_of", "value": ["smb", "enterprise"]}]}
    assert format_field_value("shown_when", condition) == "All of: segment is one of SMB, Enterprise"
    assert format_field_value("suggested_when", {"rank": 3, "arr_from": 400_000}) == "ARR from $400,000"
    assert format_field_value("lead", MISSING) == ""
    assert format_field_label("branches.snooze.label") == "Chat branches, snooze, Label"


def test_markup_in_a_text_stays_text():
    evil = "<img src=x onerror=alert(1)>"
    assert "<img" not in build_word_diff_html("", evil)
    assert "<img" not in draw(BASE | {"name": evil, "slide_sequence": [A, B, D, f"custom:{evil}"]})

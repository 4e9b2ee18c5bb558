from lib.ui.workflow_diff.branch_references import name_actions_of_merge, name_references_of_diff
from lib.ui.workflow_diff.diff_html import build_workflow_diff_html
from lib.ui.workflow_diff.field_labels_and_values import list_slide_titles
from lib.ui.workflow_diff.merge_html import build_merge_change_html
from lib.workflows.workflow_content import MISSING
from lib.workflows.workflow_diff import diff_workflow_contents
from lib.workflows.workflow_merge import MergeChange

SNOOZE, GONE = "6f1c1f5e-0000-4000-8000-000000000001", "6f1c1f5e-0000-4000-8000-000000000002"
NAMES = {SNOOZE: "Snooze for a week"}


def branch(key="later", **changes):
    return {"branch_key": key, "branch_type": "saved_action", "label": key.title(), **changes}


def content(*branches):
    return {
        "name": "Renewal", "description": "", "category": "renewal", "slide_sequence": ["greeting"],
        "slide_contexts": {}, "chat_branches": {"greeting": list(branches)} if branches else {},
    }  # fmt: skip


def read(before, after, load=lambda: NAMES):
    diff = name_references_of_diff(diff_workflow_contents(before, after), before, after, load)
    return str(build_workflow_diff_html(diff, list_slide_titles(before, after)))


def test_actions_are_named_and_one_that_is_gone_says_so():
    seen = read(content(branch(saved_action_id=GONE)), content(branch(saved_action_id=SNOOZE)))
    assert "Snooze" in seen
    assert "no longer there" in seen.replace("<del>", "").replace("</del>", "")
    assert "6f1c1f5e" not in seen


def test_a_follow_up_is_the_label_of_its_question():
    after = content(branch("first", next_branch_key="second"), branch("second"))
    seen = read(content(branch("first"), branch("second")), after)
    assert "“Second”" in seen


def test_a_follow_up_with_another_label_is_no_change_of_its_own():
    before = content(branch("first", next_branch_key="second"), branch("second"))
    after = content(branch("first", next_branch_key="second"), branch("second", label="Other"))
    assert "Followed by" not in read(before, after)


def test_nothing_is_loaded_without_an_action():
    def load():
        raise AssertionError("loaded")

    assert "Label" in read(content(branch(label="One")), content(branch(label="Two")), load)


def test_a_merge_names_the_actions_of_both_sides():
    path = ("slides", "greeting", "branches", "later")
    change = MergeChange(
        path=path, base=MISSING, ours=branch(saved_action_id=GONE), theirs=branch(saved_action_id=SNOOZE)
    )
    field = MergeChange(path=(*path, "saved_action_id"), base=GONE, ours=GONE, theirs=SNOOZE)
    for each in (change, field):
        named = name_actions_of_merge(each, NAMES)
        seen = str(build_merge_change_html(named, ours="You", theirs="Stock", titles={}))
        assert "Snooze for a week" in seen.replace("<ins>", "").replace("</ins>", "")
        assert "6f1c1f5e" not in seen

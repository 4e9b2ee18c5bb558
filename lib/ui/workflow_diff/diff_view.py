from collections.abc import Mapping
from typing import Any

from lib.ui.safe_text import draw_html
from lib.ui.workflow_diff.branch_references import LoadActionNames, name_references_of_diff
from lib.ui.workflow_diff.diff_html import build_workflow_diff_html
from lib.ui.workflow_diff.field_labels_and_values import list_slide_titles
from lib.ui.workflow_diff.question_references import list_question_labels, name_questions_of_diff
from lib.workflows.workflow_diff import diff_workflow_contents


def draw_workflow_diff(before: Mapping[str, Any], after: Mapping[str, Any], load_actions: LoadActionNames) -> None:
    """Draw what changed from one content of a workflow to another. `load_actions`: names of actions by id."""
    diff = name_references_of_diff(diff_workflow_contents(before, after), before, after, load_actions)
    diff = name_questions_of_diff(diff, list_question_labels(before, after))
    draw_html(build_workflow_diff_html(diff, list_slide_titles(before, after)))

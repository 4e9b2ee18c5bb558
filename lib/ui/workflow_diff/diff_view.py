from collections.abc import Mapping
from typing import Any

from lib.ui.safe_text import draw_html
from lib.ui.workflow_diff.diff_html import build_workflow_diff_html
from lib.ui.workflow_diff.field_labels_and_values import list_slide_titles
from lib.workflows.workflow_diff import diff_workflow_contents


def draw_workflow_diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Draw what changed from one content of a workflow to another."""
    diff = diff_workflow_contents(before, after)
    draw_html(build_workflow_diff_html(diff, list_slide_titles(before, after)))

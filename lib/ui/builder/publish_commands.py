"""Publishing a draft: what it would do, merging a newer version, publishing, moving open runs. For callbacks."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import uuid4

from lib.errors import Conflict, NotFound
from lib.ui.builder.draft_editor import DraftEditor
from lib.ui.builder.draft_save_state import DraftGone, DraftSaved
from lib.ui.builder.publication_state import NewerVersion, Publication
from lib.workflows.model import WorkflowVersion
from lib.workflows.workflow_content import extract_workflow_content
from lib.workflows.workflow_merge import merge_workflow_contents

EMPTY_CONTENT: Mapping[str, Any] = {}


def open_publication(editor: DraftEditor) -> None:
    """Show what publishing would do. Raises what `preview_publication` raises."""
    state = editor.state
    state.publication = Publication(preview=editor.services.publications.preview_publication(state.stored.id))


def close_publication(editor: DraftEditor) -> None:
    editor.state.publication = None


def publish_draft(editor: DraftEditor, note: str | None) -> None:
    """Publish what is saved. Over a newer version nothing is published; the panel then offers to merge."""
    state = editor.state
    editor.save_draft()
    if state.publication is None or state.has_unsaved_changes:
        return  # why is on screen
    try:
        state.publication.version = editor.services.workflows.publish_workflow(state.stored, note)
    except NotFound:
        state.save_state = DraftGone()
    except Conflict as conflict:
        if not isinstance(conflict.detail, WorkflowVersion):
            raise
        open_publication(editor)
        raise


def merge_newer_version(editor: DraftEditor) -> None:
    """Merge the draft with the version it did not begin with. Two requests."""
    state, services = editor.state, editor.services
    if state.publication is None:
        return
    versions = services.workflows.fetch_versions_by_workflow_id(state.stored.workflow_id)
    own = [version for version in versions if version.company_id is not None]
    if not own:
        raise NotFound("There is no newer version any more.")
    newest = max(own, key=lambda version: version.version)
    base = services.drafts.fetch_base_version(state.stored)
    merge = merge_workflow_contents(
        extract_workflow_content(base or EMPTY_CONTENT),
        extract_workflow_content(state.draft),
        extract_workflow_content(newest),
    )
    state.publication.newer = NewerVersion(version=newest, merge=merge)


def save_merge(editor: DraftEditor, content: Mapping[str, Any]) -> None:
    """Make the merged content the draft, which begins with the newer version from then on. Two requests."""
    state = editor.state
    if state.publication is None or state.publication.newer is None:
        return
    merged = editor.services.drafts.rebase_draft(state.stored, state.publication.newer.version, content)
    state.show_changed_draft(merged)
    state.stored = state.draft = state.saved = merged
    state.save_state = DraftSaved()
    if state.address not in merged.slide_sequence:
        state.address = ""
    state.start_new_form()
    open_publication(editor)


def move_runs(editor: DraftEditor, executions: Collection[str]) -> None:
    """Move chosen runs to the new version. One request; the same click again moves nothing twice."""
    publication = editor.state.publication
    if publication is None or publication.version is None:
        return
    chosen = [run for run in publication.runs_left if run.execution_id in executions and run.can_move]
    if not chosen:
        return
    moves = editor.services.publications.move_runs_to_version(publication.version.id, chosen, click=publication.click)
    refused = {each.execution_id for each in moves.failed}
    done = [run.execution_id for run in chosen if run.execution_id not in refused]
    publication.moved |= dict(zip(done, moves.moved, strict=False))
    publication.refused, publication.click = moves.failed, str(uuid4())


def undo_move(editor: DraftEditor, execution: str) -> None:
    """Put a run back on its version, with its answers. Raises what `undo_action` raises."""
    publication = editor.state.publication
    if publication is not None and execution in publication.moved:
        editor.services.actions.undo_action(publication.moved[execution].run_id)
        del publication.moved[execution]

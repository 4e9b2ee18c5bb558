"""What chat branches refer to, by name instead of by id: actions, and the branches that follow."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from lib.errors import ZenError
from lib.services import Services
from lib.ui import page_cache
from lib.ui.session_keys import ACTION_NAMES
from lib.workflows.workflow_diff import BranchChange, WorkflowDiff
from lib.workflows.workflow_merge import MergeChange

ActionNames = Mapping[str, str]
LoadActionNames = Callable[[], ActionNames]
UNKNOWN_ACTION = "an action that is no longer there"
ACTION_FIELD, FOLLOW_UP_FIELD = "saved_action_id", "next_branch_key"


def load_action_names(services: Services) -> ActionNames:
    """Names of all actions by id, archived and hidden ones too; none if they cannot be read. At most one request."""
    try:
        actions = page_cache.load_with_max_age(
            ACTION_NAMES, services.actions.fetch_all_actions, page_cache.CACHE_SECONDS
        ).value
    except ZenError:
        return {}
    return {action.id: action.name for action in actions}


def name_references_of_diff(
    diff: WorkflowDiff, before: Mapping[str, Any], after: Mapping[str, Any], load: LoadActionNames
) -> WorkflowDiff:
    """The diff for reading: its branches name actions and follow-ups. `load` is called if there is an action in it."""
    branches = [each for each in diff.changes if isinstance(each, BranchChange)]
    names = load() if any(has_action((each.entry.before, each.entry.after)) for each in branches) else {}
    return WorkflowDiff(
        changes=tuple(
            _name_references_of_change(each, before, after, names) if isinstance(each, BranchChange) else each
            for each in diff.changes
        )
    )


def name_actions_of_merge(change: MergeChange, names: ActionNames) -> MergeChange:
    """The change for reading: what each side has, with actions by name."""
    if change.path[-1] == ACTION_FIELD:
        sides = {side: _name_action(getattr(change, side), names) for side in ("base", "ours", "theirs")}
    else:
        sides = {side: _name_actions(getattr(change, side), names) for side in ("base", "ours", "theirs")}
    return replace(change, **sides)


def has_action(value: Any) -> bool:
    """True if a branch anywhere in the value proposes an action."""
    if isinstance(value, Mapping):
        return bool(value.get(ACTION_FIELD)) or any(map(has_action, value.values()))
    return isinstance(value, list | tuple) and any(map(has_action, value))


def is_about_action(change: MergeChange) -> bool:
    """True if a side of the change proposes an action."""
    return change.path[-1] == ACTION_FIELD or has_action((change.base, change.ours, change.theirs))


def _name_references_of_change(
    change: BranchChange, before: Mapping[str, Any], after: Mapping[str, Any], names: ActionNames
) -> BranchChange:
    # A follow-up that only got another label is no change: the later label stands for both.
    labels = _list_branch_labels(before, change.address) | _list_branch_labels(after, change.address)
    sides = (_name_actions(side, names) for side in (change.entry.before, change.entry.after))
    named = [
        {**side, FOLLOW_UP_FIELD: labels.get(str(side[FOLLOW_UP_FIELD]), "a question that is not there")}
        if isinstance(side, Mapping) and side.get(FOLLOW_UP_FIELD)
        else side
        for side in sides
    ]
    return replace(change, entry=replace(change.entry, before=named[0], after=named[1]))


def _list_branch_labels(content: Mapping[str, Any], address: str) -> dict[str, str]:
    listed = content["chat_branches"].get(address) or ()
    return {
        str(branch.get("branch_key")): f"“{branch.get('label') or 'without a name'}”"
        for branch in (listed if isinstance(listed, list | tuple) else ())
        if isinstance(branch, Mapping)
    }


def _name_actions(value: Any, names: ActionNames) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _name_action(each, names) if key == ACTION_FIELD else _name_actions(each, names)
            for key, each in value.items()
        }
    return [_name_actions(each, names) for each in value] if isinstance(value, list) else value


def _name_action(value: Any, names: ActionNames) -> Any:
    return names.get(value, UNKNOWN_ACTION) if isinstance(value, str) and value else value

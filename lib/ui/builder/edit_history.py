"""The states of a draft that can be undone and redone in this tab."""

import time
from dataclasses import dataclass, field

from lib.workflows.model import WorkflowDraft

MAX_STEPS = 200
GROUP_SECONDS = 10.0
"""Typing in one field counts as one step, until there is a pause of this length."""


@dataclass
class EditHistory:
    """`earlier` and `later` states, the nearest last."""

    earlier: list[WorkflowDraft] = field(default_factory=list)
    later: list[WorkflowDraft] = field(default_factory=list)
    _group: str = ""
    _recorded_at: float = 0.0

    def record_state(self, before: WorkflowDraft, group: str = "") -> None:
        """Note the state before a change. A change of the same `group` as the last one belongs to its step."""
        now = time.monotonic()
        is_same_step = group and group == self._group and now - self._recorded_at < GROUP_SECONDS and self.earlier
        if not is_same_step:
            self.earlier = [*self.earlier, before][-MAX_STEPS:]
        self._group, self._recorded_at, self.later = group, now, []

    def undo_edit(self, current: WorkflowDraft) -> WorkflowDraft | None:
        """The state before the last step; None where there is none."""
        if not self.earlier:
            return None
        self.later.append(current)
        self._group = ""
        return self.earlier.pop()

    def redo_edit(self, current: WorkflowDraft) -> WorkflowDraft | None:
        """The state that was undone last; None where there is none."""
        if not self.later:
            return None
        self.earlier.append(current)
        self._group = ""
        return self.later.pop()

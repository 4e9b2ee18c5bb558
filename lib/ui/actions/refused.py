"""What was refused in the editor, said under the field it is about, and only while that stands as it was sent."""

from collections.abc import Iterator, Mapping
from typing import Any

from lib.actions.model import Faults
from lib.errors import ZenError
from lib.slides.model import Form
from lib.ui import forms
from lib.ui.actions.draft import Draft, Line

OWN = ("name", "description", "question", "steps")


def keep(draft: Draft, error: ZenError, content: Mapping[str, Any]) -> None:
    """`content` was refused with `error`."""
    draft.trouble, draft.sent = error, content
    draft.sent_lines = tuple(line.id for line in draft.lines)


def under(draft: Draft, name: str, label: str = "") -> None:
    """Below a field of the action itself, or below its steps."""
    if _now(draft, name) == _then(draft, name):
        for said, about in _told(draft):
            if about == name:
                forms.fault(said, label)


def of_step(draft: Draft, line: Line, form: Form, step: Mapping[str, Any]) -> tuple[str, ...]:
    """For the form of a step, each beginning with the question it is about: `forms.draw` puts it there."""
    if line.id not in draft.sent_lines:
        return ()
    place = draft.sent_lines.index(line.id)
    sent: Mapping[str, Any] = draft.sent["parameters"]["steps"][place]
    labels = {field.key: field.label for field in form.fields}
    told = []
    for said, about in _told(draft):
        name = about.removeprefix(f"steps.{place}.")
        if name != about and sent.get(name) == step.get(name):
            told.append(_labelled(said.removeprefix(f"Step {place + 1}: "), labels.get(name)))
    return tuple(told)


def rest(draft: Draft, content: Mapping[str, Any]) -> ZenError | None:
    """What is about no field; gone with the first change, unless it asks which of two stands."""
    trouble = draft.trouble
    if isinstance(trouble, Faults):
        others = tuple(said for said, about in _told(draft) if about not in OWN and not about.startswith("steps."))
        return Faults(others) if others else None
    return trouble if draft.theirs is not None or content == draft.sent else None


def _told(draft: Draft) -> Iterator[tuple[str, str]]:
    """Each sentence, and what it is about."""
    trouble = draft.trouble
    if isinstance(trouble, Faults):
        for said in trouble.faults:
            yield said, trouble.about.get(said, "")


def _labelled(said: str, label: str | None) -> str:
    return said if label is None or said.startswith(f"“{label}”") else f"“{label}”: {said}"


def _now(draft: Draft, name: str) -> Any:
    return tuple(line.id for line in draft.lines) if name == "steps" else draft.typed[name].strip()


def _then(draft: Draft, name: str) -> Any:
    if name == "steps":
        return draft.sent_lines
    if name == "question":
        return draft.sent.get("parameters", {}).get("question", "")
    return draft.sent.get(name)

"""What a draft can be published with, but its author should know; each with its place. Pure."""

from collections.abc import Iterator

from lib.workflows.draft_edits import list_branches
from lib.workflows.model import DefinitionError, WorkflowDraft


def list_draft_warnings(draft: WorkflowDraft, *, has_model: bool) -> tuple[DefinitionError, ...]:
    """`has_model`: a language model is set up for this Zen."""
    return () if has_model else tuple(_list_slides_without_fixed_answer(draft))


def _list_slides_without_fixed_answer(draft: WorkflowDraft) -> Iterator[DefinitionError]:
    """Slides whose chat asks a model that is not there, and offers no fixed answer; at the first such branch."""
    for address in draft.slide_sequence:
        branches = list_branches(draft, address)
        kinds = [branch.get("branch_type") for branch in branches]
        if "llm" not in kinds or "fixed" in kinds:
            continue
        key = str(branches[kinds.index("llm")]["branch_key"])
        message = (
            f"The branch “{key}” on {address} asks a language model, and none is set up: the built-in assistant "
            "answers. The slide has no fixed answer."
        )
        yield DefinitionError(message=message, slide=address, branch=key, field="branch_type")

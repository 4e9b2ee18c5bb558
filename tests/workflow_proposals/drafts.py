from dataclasses import replace

from lib.workflow_proposals.model import ProposedContent
from lib.workflow_proposals.proposed_content import create_empty_draft
from lib.workflows.model import Category, WorkflowDraft


def to_draft(proposed: ProposedContent) -> WorkflowDraft:
    """The draft a proposal would become."""
    empty = create_empty_draft(name="x", description="", category=Category.RISK)
    content = {**proposed.content, "slide_sequence": tuple(proposed.content["slide_sequence"])}
    return replace(empty, **content)

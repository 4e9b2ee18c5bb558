"""Comparing two versions of a workflow, drafts included."""

from collections.abc import Sequence

import streamlit as st

from lib.services import Services
from lib.text.format import format_date
from lib.text.truncate import single_line
from lib.ui import page_cache, session_keys
from lib.ui.catalogue.workflow_cards import WorkflowCard
from lib.ui.workflow_diff.branch_references import load_action_names
from lib.ui.workflow_diff.diff_view import draw_workflow_diff
from lib.workflows.model import WorkflowDraft, WorkflowVersion
from lib.workflows.workflow_content import extract_workflow_content

VersionOrDraft = WorkflowVersion | WorkflowDraft


def draw_version_comparison(card: WorkflowCard, cards: Sequence[WorkflowCard], services: Services) -> None:
    """Two choices, and what changed from one to the other. Two requests at most."""
    versions = page_cache.load_with_max_age(
        session_keys.catalogue_compare_key(card.id, "versions"),
        lambda: services.workflows.fetch_versions_by_workflow_id(card.workflow_id),
        page_cache.CACHE_SECONDS,
    ).value
    choices = list_comparable_contents(card, cards, versions)
    if len(choices) < 2:
        st.caption("There is only this version so far.")
        return
    before, after = _draw_choices(card, choices)
    draw_workflow_diff(
        extract_workflow_content(before), extract_workflow_content(after), lambda: load_action_names(services)
    )


def list_comparable_contents(
    card: WorkflowCard, cards: Sequence[WorkflowCard], versions: Sequence[WorkflowVersion]
) -> dict[str, VersionOrDraft]:
    """What the workflow of a card can be compared with, by a label: drafts first, then versions, newest first."""
    drafts = [each.content for each in cards if each.draft is not None and each.workflow_id == card.workflow_id]
    labels: dict[str, VersionOrDraft] = {}
    authors = {each.id: each.version_text for each in cards if each.draft is not None}
    for draft in drafts:
        label = f"“{single_line(draft.name, max_length=60)}”, {authors[draft.id]}"
        labels[label if label not in labels else f"{label}, {draft.id[:8]}"] = draft
    for version in versions:
        owner = "Stock" if version.company_id is None else "Your company"
        day = f", {format_date(version.created_at.date())}" if version.created_at else ""
        labels[f"{owner}, version {version.version}{day}"] = version
    return labels


def find_predecessor(content: VersionOrDraft, others: Sequence[VersionOrDraft]) -> VersionOrDraft | None:
    """What a version followed or a draft began with, if it is one of the others."""

    def is_predecessor(other: VersionOrDraft) -> bool:
        if isinstance(content, WorkflowDraft):
            return other.id == content.base_version_id
        if isinstance(other, WorkflowDraft):
            return False
        return (other.definition_id, other.version) == (content.definition_id, content.version - 1)

    rest = [other for other in others if other.id != content.id]
    return next((other for other in rest if is_predecessor(other)), next(iter(rest), None))


def _draw_choices(card: WorkflowCard, choices: dict[str, VersionOrDraft]) -> tuple[VersionOrDraft, VersionOrDraft]:
    labels = list(choices)
    after = next((label for label, each in choices.items() if each.id == card.content.id), labels[0])
    predecessor = find_predecessor(choices[after], list(choices.values()))
    before = next(label for label, each in choices.items() if predecessor is None or each.id == predecessor.id)
    with st.container(horizontal=True, gap="small"):
        chosen = [
            st.selectbox(
                title,
                labels,
                index=labels.index(default),
                key=session_keys.catalogue_compare_key(card.id, title.lower()),
                width=360,
            )
            for title, default in (("From", before), ("To", after))
        ]
    return choices[chosen[0]], choices[chosen[1]]

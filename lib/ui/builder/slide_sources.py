"""Workflows and drafts that a slide can be taken from. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lib.slides.library import get_default_slide_title, get_slide_of_address
from lib.slides.slide_context import SlideContext
from lib.slides.template_text_preview import format_template_preview
from lib.text.format import format_count
from lib.text.truncate import single_line
from lib.workflows.model import Catalogue, WorkflowDraft, WorkflowVersion


@dataclass(frozen=True, kw_only=True)
class SlideSource:
    """A workflow with its latest version, or a draft. `name` tells whose it is."""

    content: WorkflowVersion | WorkflowDraft
    name: str

    @property
    def versions(self) -> tuple[int, ...]:
        """Numbers of its versions, the latest first; none for a draft."""
        return tuple(range(self.content.version, 0, -1)) if isinstance(self.content, WorkflowVersion) else ()

    def get_title(self, address: str) -> str:
        """The slide's title as this workflow has it, placeholders by their meaning."""
        context = self.content.slide_contexts.get(address)
        title = context.get("title") if isinstance(context, Mapping) else None
        if isinstance(title, str) and title.strip():
            return single_line(format_template_preview(title), max_length=120)
        return get_default_slide_title(address) if get_slide_of_address(address) else address

    def describe_slide(self, address: str) -> str:
        """What comes along: "Comes with its own title, lead, 2 questions of its own and 3 chat questions."."""
        raw = self.content.slide_contexts.get(address)
        context: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
        texts = [each for each in SlideContext.model_fields if each in context and each not in ("questions", "form")]
        branches, questions = self.content.chat_branches.get(address) or (), context.get("questions") or ()
        parts = [
            format_count(len(texts), "text of its own", "texts of its own") if texts else "",
            format_count(len(questions), "own question") if questions else "",
            format_count(len(context.get("form") or ()), "changed question") if context.get("form") else "",
            format_count(len(branches), "chat question") if branches else "",
        ]
        return f"Comes with {', '.join(each for each in parts if each)}." if any(parts) else "As in the slide library."


def list_slide_sources(catalogue: Catalogue, draft_id: str) -> Sequence[SlideSource]:
    """Published workflows by name, then drafts but this one."""
    workflows = sorted(catalogue.entries, key=lambda entry: entry.version.name.casefold())
    published = [
        SlideSource(
            content=entry.version,
            name=f"{single_line(entry.version.name, max_length=80)}{'' if entry.version.company_id else ' (stock)'}",
        )
        for entry in workflows
    ]
    drafts = [
        SlideSource(
            content=entry.draft,
            name=f"{single_line(entry.draft.name, max_length=80)} "
            f"({'your draft' if entry.is_own else f'draft by {single_line(entry.author_name, max_length=60)}'})",
        )
        for entry in catalogue.drafts
        if entry.draft.id != draft_id
    ]
    return (*published, *drafts)

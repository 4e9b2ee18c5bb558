"""Branches that a draft's slides offer in chat: their content, and what keeps them from being published. Pure.

`chat_branches` of a draft or a version holds a list of branches by slide, in the order they are offered.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lib.actions.model import ActionKind
from lib.errors import InvalidInput
from lib.slides import template
from lib.slides.answer_variables import QuestionsByAddress, list_own_variables
from lib.slides.template_values import OwnVariables
from lib.text.json_values import parse_text
from lib.text.truncate import truncate
from lib.workflows.model import DefinitionError

MAX_SNOOZE_DAYS = 730
SnoozeDays = Annotated[int, Field(strict=True, ge=1, le=MAX_SNOOZE_DAYS)]
ContentText = Annotated[str, Field(max_length=40_000)]


class _BranchContent(BaseModel):
    """`next_branch_key` is the branch of the same slide offered after this one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    branch_key: str = Field(min_length=1, max_length=100)
    label: str = Field(default="", max_length=200)
    next_branch_key: str | None = Field(default=None, max_length=100)


class FixedBranchContent(_BranchContent):
    """Answered with its own text, a template over the account."""

    branch_type: Literal["fixed"] = "fixed"
    response_text: ContentText | None = None


class PromptBranchContent(_BranchContent):
    """Answered by the model, or from the records of the customer."""

    branch_type: Literal["llm", "rag"]
    prompt: ContentText | None = None


class ActionBranchContent(_BranchContent):
    """Proposes a saved action; one that snoozes for `snooze_days`, None for the usual two weeks."""

    branch_type: Literal["saved_action"] = "saved_action"
    saved_action_id: str | None = None
    snooze_days: SnoozeDays | None = None


ChatBranchContent = Annotated[
    FixedBranchContent | PromptBranchContent | ActionBranchContent, Field(discriminator="branch_type")
]
_ADAPTER: TypeAdapter[ChatBranchContent] = TypeAdapter(ChatBranchContent)


def parse_branch_content(raw: Any) -> ChatBranchContent:
    """One branch of a draft; it may be unfinished. Raises InvalidInput naming what cannot be read."""
    try:
        return _ADAPTER.validate_python(raw)
    except ValidationError as error:
        raise InvalidInput(_format_unreadable_fields(error)) from error


def parse_slide_branches(chat_branches: Mapping[str, Any], slide: str) -> tuple[ChatBranchContent, ...]:
    """The branches of one slide. Raises InvalidInput for what cannot be read."""
    return tuple(parse_branch_content(raw) for raw in chat_branches.get(slide, ()))


def find_branch_errors(
    sequence: Sequence[str],
    chat_branches: Any,
    usable_actions: Mapping[str, str] | None = None,
    questions: QuestionsByAddress = MappingProxyType({}),
) -> Iterator[DefinitionError]:
    """What keeps branches from being published. `usable_actions`: kinds of saved actions by id; None checks none.

    `questions` are the company's own by address; branches of later slides may show their answers.
    """
    if not isinstance(chat_branches, Mapping):
        yield DefinitionError(message="The chat branches are not an object keyed by slide.")
        return
    for slide, listed in chat_branches.items():
        if slide not in sequence:
            yield DefinitionError(
                message=f"There are chat branches for “{truncate(slide, 60)}”, but that slide is not in the sequence.",
                slide=slide,
            )
        if isinstance(listed, list | tuple):
            yield from _find_list_errors(slide, listed, usable_actions, list_own_variables(questions, sequence, slide))
        else:
            yield DefinitionError(message=f"{truncate(slide, 60)}: the chat branches are not a list.", slide=slide)


def _find_list_errors(
    slide: str, listed: Collection[Any], usable_actions: Mapping[str, str] | None, own: OwnVariables
) -> Iterator[DefinitionError]:
    readable: list[ChatBranchContent] = []
    for place, raw in enumerate(listed, start=1):
        try:
            readable.append(parse_branch_content(raw))
        except InvalidInput as error:
            key = raw.get("branch_key") if isinstance(raw, Mapping) else None
            name = key if isinstance(key, str) and key else f"number {place}"
            yield _make_branch_error(slide, name, error.message)
    keys = [branch.branch_key for branch in readable]
    follow_ups = {branch.branch_key: branch.next_branch_key for branch in readable}
    for key in dict.fromkeys(keys):
        if keys.count(key) > 1:
            yield _make_branch_error(slide, key, "is on the slide more than once.", "branch_key")
    for branch in readable:
        for field, problem in _find_content_problems(branch, usable_actions, own):
            yield _make_branch_error(slide, branch.branch_key, problem, field)
        follow_up = branch.next_branch_key
        if follow_up is not None and follow_up not in follow_ups:
            problem = f"leads to “{truncate(follow_up, 60)}”, which is not on its slide."
            yield _make_branch_error(slide, branch.branch_key, problem, "next_branch_key")
        elif _is_in_loop(branch.branch_key, follow_ups):
            yield _make_branch_error(slide, branch.branch_key, "leads back to itself.", "next_branch_key")


def _find_content_problems(
    branch: ChatBranchContent, usable_actions: Mapping[str, str] | None, own: OwnVariables
) -> Iterator[tuple[str, str]]:
    if _is_blank_text(branch.label):
        yield "label", "has no label."
    match branch:
        case FixedBranchContent(response_text=text):
            if _is_blank_text(text):
                yield "response_text", "has no answer."
            yield from _find_template_problems("response_text", text, own)
        case PromptBranchContent(prompt=text):
            if _is_blank_text(text):
                yield "prompt", "has no prompt."
            yield from _find_template_problems("prompt", text, own)
        case ActionBranchContent(saved_action_id=action, snooze_days=days):
            if action is None:
                yield "saved_action_id", "has no action."
            elif usable_actions is not None and action not in usable_actions:
                yield "saved_action_id", "has an action that is archived."
            elif days is not None and usable_actions is not None and usable_actions[action] != ActionKind.SNOOZE:
                yield "snooze_days", "says for how many days, but its action does not snooze."


def _find_template_problems(field: str, text: str | None, own: OwnVariables) -> Iterator[tuple[str, str]]:
    try:
        template.parse_template(text or "", own)
    except InvalidInput as error:
        yield field, f"cannot be filled in: {error.message}"


def _is_in_loop(key: str, follow_ups: Mapping[str, str | None]) -> bool:
    """True for a branch whose follow-ups lead back to it."""
    seen: set[str] = set()
    current = follow_ups[key]
    while current is not None and current not in seen:
        if current == key:
            return True
        seen.add(current)
        current = follow_ups.get(current)
    return False


def _make_branch_error(slide: str, key: str, problem: str, field: str | None = None) -> DefinitionError:
    message = f"The branch “{truncate(key, 60)}” on {truncate(slide, 60)} {problem}"
    return DefinitionError(message=message, slide=slide, branch=key, field=field)


def _format_unreadable_fields(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False)
    # The tag of the union stands first in each location.
    parts = (f"{'.'.join(map(str, each['loc'][1:] or each['loc']))} {each['msg'].lower()}" for each in found)
    return f"cannot be read: {'; '.join(parts)}.".replace(": :", ":")


def _is_blank_text(text: str | None) -> bool:
    return parse_text(text) is None

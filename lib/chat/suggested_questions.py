"""Suggested questions: the slide's branches not asked yet, and questions about the account not answered yet."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lib.chat import message_tree
from lib.chat.conversation import BranchType, ChatBranch, ChatMessage, ChatPanel, Question
from lib.chat.tools import ASSISTANT_TOOLS
from lib.customers.account_rankings import find_most_important_departed_contact, list_open_tickets
from lib.customers.model import Account
from lib.llm.rule_based.assistant import can_answer_by_rules
from lib.llm.rule_based.topics import TOPICS, Topic, find_question_topics

MAX_FOLLOW_UPS = 3
TOPIC_TOOLS = frozenset(entry.tool for entry in TOPICS.values())
NOTICE_NEAR_DAYS = 60
LOW_UTILISATION = 0.6


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A suggested question; without a branch it is asked as if typed."""

    label: str
    text: str
    branch: ChatBranch | None = None
    is_follow_up: bool = False


def suggest_questions(
    account: Account, panel: ChatPanel, chosen: Mapping[str | None, str] | None = None, *, has_model: bool = True
) -> tuple[Suggestion, ...]:
    """The branches left, first the one the last leads to, then questions about the account.

    Without a model no branch is suggested that the rules of the built-in assistant cannot answer.
    """
    steps = message_tree.build_message_path(panel.messages, chosen)
    questions = [step.entry.first for step in steps if step.entry.is_person_message]
    asked_texts = {_normalize_question(message.text) for message in questions}
    asked_branch_ids = {message.branch_id for message in questions}
    remaining = [
        branch
        for branch in panel.branches
        if (has_model or _is_answered_by_rules(branch))
        and branch.id not in asked_branch_ids
        and _normalize_question(branch.label) not in asked_texts
    ]
    last = panel.find_branch(questions[-1].branch_id) if questions else None
    leads_on = [branch for branch in remaining if last and branch.key == last.next_key][:1]
    rest = [branch for branch in remaining if branch not in leads_on]
    raised = (
        _list_account_questions(account, asked_texts, _find_used_tools(panel, steps, questions)) if questions else ()
    )
    return (
        *(_build_branch_suggestion(branch, is_follow_up=True) for branch in leads_on),
        *(_build_branch_suggestion(branch) for branch in rest),
        *tuple(raised)[: MAX_FOLLOW_UPS - len(leads_on)],
    )


def _is_answered_by_rules(branch: ChatBranch) -> bool:
    return branch.type is not BranchType.LLM or can_answer_by_rules(branch.label, TOPIC_TOOLS | ASSISTANT_TOOLS)


def build_suggested_question(suggestion: Suggestion, parent_id: str | None) -> Question:
    """The question of a suggestion."""
    return Question(text=suggestion.text, branch=suggestion.branch, parent_id=parent_id)


def _list_account_questions(
    account: Account, asked_texts: Collection[str], used_tools: Collection[str]
) -> Iterator[Suggestion]:
    for applies, text, tool in ACCOUNT_QUESTIONS:
        if applies(account) and tool not in used_tools and _normalize_question(text) not in asked_texts:
            yield Suggestion(label=text, text=text, is_follow_up=True)


def _find_used_tools(
    panel: ChatPanel, steps: Sequence[message_tree.PathStep], questions: Sequence[ChatMessage]
) -> set[str]:
    """The tools already used in the conversation, by a call or a question about their topic. Notes do not count: there
    is always more to ask about them."""
    shown = {step.entry.first.answer_id for step in steps}
    used = {call.tool for call in panel.tool_calls if call.answer_id in shown}
    for message in questions:
        topics = find_question_topics(message.text, TOPIC_TOOLS)
        used |= {TOPICS[topic].tool for topic in topics}
    return used - {TOPICS[Topic.NOTES].tool}


def _normalize_question(text: str) -> str:
    return " ".join(text.casefold().split())


def _build_branch_suggestion(branch: ChatBranch, *, is_follow_up: bool = False) -> Suggestion:
    return Suggestion(label=branch.label, text=branch.label, branch=branch, is_follow_up=is_follow_up)


def _has_low_usage(account: Account) -> bool:
    week = account.latest_usage
    return week is not None and week.utilisation < LOW_UTILISATION


def _is_notice_near(account: Account) -> bool:
    remaining = account.days_to_notice
    return remaining is not None and 0 <= remaining <= NOTICE_NEAR_DAYS


ACCOUNT_QUESTIONS: tuple[tuple[Callable[[Account], bool], str, str], ...] = (
    (_is_notice_near, "When is the notice deadline?", "contract_terms"),
    (lambda account: bool(list_open_tickets(account, "p1")), "Which support tickets are open?", "list_tickets"),
    (
        lambda account: find_most_important_departed_contact(account) is not None,
        "Who left, and who do we know there now?",
        "list_contacts",
    ),
    (_has_low_usage, "How has usage developed?", "usage_trend"),
    (lambda account: account.contract is not None, "What would the renewal be worth?", "renewal_scenarios"),
    (lambda account: bool(account.notes), "What do the notes say about their plans?", "search_notes"),
)
"""When each question is suggested, and the tool that answers it; most pressing first."""

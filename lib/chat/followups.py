"""What is suggested next: where the last answer leads, up to three questions the account itself raises, and the slide's
branches that were not asked yet."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lib.accounts.model import Account
from lib.accounts.reading import notable_departure, open_tickets
from lib.chat import tree
from lib.chat.model import Branch, Message, Panel, Question

MOST_FOLLOW_UPS = 3
NOTICE_NEAR = 60
LITTLE_USE = 0.6


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A button: `text` is what is asked. Without a branch it is asked like something typed."""

    label: str
    text: str
    branch: Branch | None = None
    is_follow_up: bool = False


def suggestions(
    account: Account, panel: Panel, chosen: Mapping[str | None, str] | None = None
) -> tuple[Suggestion, ...]:
    """Follow-ups first, then the branches that are left."""
    steps = tree.path(panel.messages, chosen)
    asked = [step.entry.first for step in steps if step.entry.is_question]
    done = {message.branch_id for message in asked}
    left = [branch for branch in panel.branches if branch.id not in done]
    follow_ups = tuple(_follow_ups(account, asked, panel, left))[:MOST_FOLLOW_UPS] if asked else ()
    offered = {suggestion.branch.id for suggestion in follow_ups if suggestion.branch}
    rest = tuple(_of_branch(branch) for branch in left if branch.id not in offered)
    return (*follow_ups, *rest)


def picked(suggestion: Suggestion, parent_id: str | None) -> Question:
    """What pressing the button asks."""
    return Question(text=suggestion.text, branch=suggestion.branch, parent_id=parent_id)


def _follow_ups(
    account: Account, asked: Sequence[Message], panel: Panel, left: Sequence[Branch]
) -> Iterator[Suggestion]:
    last = panel.branch(asked[-1].branch_id)
    follows = next((branch for branch in left if last and branch.key == last.next_key), None)
    if follows is not None:
        yield _of_branch(follows, is_follow_up=True)
    said = {" ".join(getattr(message.block, "text", "").casefold().split()) for message in asked}
    for applies, text in RAISED:
        if applies(account) and text.casefold() not in said:
            yield Suggestion(label=text, text=text, is_follow_up=True)


def _of_branch(branch: Branch, *, is_follow_up: bool = False) -> Suggestion:
    return Suggestion(label=branch.label, text=branch.label, branch=branch, is_follow_up=is_follow_up)


def _little_use(account: Account) -> bool:
    week = account.latest_usage
    return week is not None and week.utilisation < LITTLE_USE


def _notice_near(account: Account) -> bool:
    left = account.days_to_notice
    return left is not None and 0 <= left <= NOTICE_NEAR


RAISED: tuple[tuple[Callable[[Account], bool], str], ...] = (
    (_notice_near, "When is the notice deadline?"),
    (lambda account: bool(open_tickets(account, "p1")), "Which support tickets are open?"),
    (lambda account: notable_departure(account) is not None, "Who left, and who do we know there now?"),
    (_little_use, "How has usage developed?"),
    (lambda account: account.contract is not None, "What would the renewal be worth?"),
    (lambda account: bool(account.notes), "What do the notes say about their plans?"),
)
"""Questions an account raises, most pressing first; the tools answer each of them, with a model and without."""

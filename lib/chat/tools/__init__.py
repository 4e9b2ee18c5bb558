"""What a model may look up or propose beside a slide. A tool reads the context it was made for: the run's own customer,
as the signed-in person read it. No argument names a customer, a person, a company or a table.

Adding one costs a class here, an entry in `tools_for`, a label in LABELS and a test.
"""

from collections.abc import Mapping
from dataclasses import replace

from lib.chat.chat_context import ChatContext
from lib.chat.conversation import ChatBranch
from lib.chat.record_search import RecordSearcher
from lib.chat.saved_action_runner import SavedActionRunner
from lib.chat.tools.account_tools import AccountSummary, ListContacts, ListTickets, UsageTrend
from lib.chat.tools.contact_tools import FindContacts
from lib.chat.tools.fact_tools import LookUpFacts
from lib.chat.tools.period_tool import ComparePeriods
from lib.chat.tools.portfolio_tool import MyCustomers
from lib.chat.tools.price_limit_tool import PriceLimits
from lib.chat.tools.record_tools import PastRuns, SearchNotes
from lib.chat.tools.renewal_tools import ContractTerms, RenewalScenarios
from lib.chat.tools.run_answers_tool import RunAnswers
from lib.chat.tools.side_effect_tools import RunSavedAction, SaveAnswer, build_slide_form_or_empty
from lib.customers.own_customers import OwnCustomerRepository
from lib.executions.service import ExecutionService
from lib.llm.rule_based.action_requests import is_request_to_act
from lib.llm.tools import Tool

TOOL_LABELS: Mapping[str, str] = {
    AccountSummary.name: "the account",
    UsageTrend.name: "the usage",
    ListContacts.name: "the contacts",
    ListTickets.name: "the support tickets",
    ContractTerms.name: "the contract",
    RenewalScenarios.name: "what the renewal would be worth",
    SearchNotes.name: "the records",
    PastRuns.name: "past runs",
    LookUpFacts.name: "the records",
    FindContacts.name: "the contacts",
    PriceLimits.name: "the approval limits",
    RunAnswers.name: "the answers of this run",
    ComparePeriods.name: "earlier figures",
    MyCustomers.name: "your customers",
    SaveAnswer.name: "an answer to keep",
    RunSavedAction.name: "an action to run",
}
"""What each tool reads, as shown to the person."""


SIDE_EFFECT_TOOLS = frozenset({SaveAnswer.name, RunSavedAction.name})
"""Tools that change something; each call waits for approval."""


def build_chat_tools(
    context: ChatContext,
    executions: ExecutionService,
    branches: tuple[ChatBranch, ...] = (),
    runner: SavedActionRunner | None = None,
    *,
    key: str = "",
    searcher: RecordSearcher | None = None,
) -> tuple[Tool, ...]:
    """The tools of one turn. Those with a side effect are left out where the person may not write. `key` is the
    idempotency key of the call that runs; `searcher` finds passages of all records."""
    tools: list[Tool] = [
        AccountSummary(context),
        UsageTrend(context),
        ContractTerms(context),
        RenewalScenarios(context),
        ListContacts(context),
        ListTickets(context),
        SearchNotes(context, searcher),
        PastRuns(context),
    ]
    if context.may_write:
        form = build_slide_form_or_empty(context)
        answerable = tuple(field for field in form.fields if not field.person_only)
        if answerable:
            tools.append(SaveAnswer(context, replace(form, fields=answerable), executions))
        actions = tuple(branch.action for branch in branches if branch.action)
        if runner is not None and actions:
            tools.append(RunSavedAction(context, actions, runner, key))
    return tuple(tools)


def extend_for_assistant(
    tools: tuple[Tool, ...],
    context: ChatContext,
    question: str,
    runner: SavedActionRunner | None,
    customers: OwnCustomerRepository | None,
) -> tuple[Tool, ...]:
    """The tools of a model and those of the built-in assistant; for a request to act all actions, by one request.

    A model has these facts in its prompt. What speaks of other customers it is not given, so that it cannot tell.
    """
    more: tuple[Tool, ...] = (LookUpFacts(context), FindContacts(context), PriceLimits(context), RunAnswers(context))
    if customers is not None:
        more = (*more, ComparePeriods(context, customers), MyCustomers(context, customers))
    if runner is None or not context.may_write or not is_request_to_act(question):
        return (*tools, *more)
    proposed = RunSavedAction(context, runner.fetch_offered_actions(), runner, fills_defaults=True)
    return (*(tool for tool in tools if tool.name != proposed.name), *more, proposed)


ASSISTANT_TOOLS = frozenset(
    tool.name for tool in (LookUpFacts, FindContacts, PriceLimits, RunAnswers, ComparePeriods, MyCustomers)
)
"""Names of the tools of `extend_for_assistant`."""

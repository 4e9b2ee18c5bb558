"""The one place that wires a signed-in client to what can be done with it.

A page: `services = build_services(get_client_of_person(), require_person())`, in every run. It sends no request.
Adding a service costs one field here and one line in `build_services`.
"""

from dataclasses import dataclass
from functools import cache

from lib.actions.service import ActionService
from lib.app_context import get_app_context
from lib.audit.repository import AuditRepository
from lib.auth.model import Person
from lib.book.repository import BookRepository
from lib.book.saved_views import BookViewRepository
from lib.chat.chat_search import ChatSearchRepository
from lib.chat.repository import ChatRepository
from lib.chat.saved_action_runner import SavedActionRunner
from lib.chat.service import ChatService
from lib.companies.company_settings import CompanySettingsRepository
from lib.companies.handovers import HandoverRepository
from lib.companies.people_and_invitations import PeopleRepository
from lib.companies.score_rules import ScoreRuleRepository
from lib.companies.workflow_suggestion_rules import SuggestionRuleRepository
from lib.customers.account_repository import AccountRepository
from lib.customers.customer_repository import CustomerRepository
from lib.customers.own_customers import OwnCustomerRepository
from lib.customers.team_overview import TeamRepository
from lib.db.client import Client
from lib.db.row_signatures import RowSigner
from lib.effectiveness.repository import EffectivenessRepository
from lib.effectiveness.service import EffectivenessService
from lib.executions.inbox import InboxRepository
from lib.executions.repository import ExecutionRepository
from lib.executions.run_status_changes import RunStatusRepository
from lib.executions.service import ExecutionService
from lib.find.repository import FindRepository
from lib.forecasts.repository import ForecastRepository
from lib.ghost_runs.case_repository import CaseRepository
from lib.ghost_runs.repository import AccountBatchRepository
from lib.ghost_runs.service import GhostRunService
from lib.imports.demo_book_import import DemoBookService
from lib.imports.event_tokens import EventTokenRepository
from lib.imports.import_overview import ImportOverviewRepository
from lib.imports.record_merges import MergeRepository
from lib.imports.repository import ImportRepository
from lib.imports.service import ImportService
from lib.llm.model_settings import ModelSettings, load_model_settings
from lib.llm.text_embedder import EmbeddingSettings, TextEmbedder, create_text_embedder
from lib.privacy.repository import PrivacyRepository
from lib.settings import parse_settings
from lib.workflow_proposals.repository import ProposalRepository
from lib.workflow_proposals.service import ProposalService
from lib.workflows.comment_repository import CommentRepository
from lib.workflows.draft_service import DraftService
from lib.workflows.publication import PublicationRepository
from lib.workflows.repository import WorkflowRepository
from lib.workflows.service import WorkflowService
from lib.workflows.stock_lineage import StockLineageService
from lib.workflows.trigger_repository import WorkflowTriggerRepository
from lib.workflows.workflow_file_service import WorkflowFileService


@dataclass(frozen=True, kw_only=True)
class Services:
    """What a signed-in person can do. All of it acts with that person's own rights."""

    person: Person
    client: Client
    accounts: AccountRepository
    customers: CustomerRepository
    book: BookRepository
    book_views: BookViewRepository
    forecasts: ForecastRepository
    executions: ExecutionService
    run_status_changes: RunStatusRepository
    inbox: InboxRepository
    actions: ActionService
    workflows: WorkflowService
    stock_lineage: StockLineageService
    workflow_files: WorkflowFileService
    effectiveness: EffectivenessService
    drafts: DraftService
    proposals: ProposalService
    comments: CommentRepository
    publications: PublicationRepository
    ghost_runs: GhostRunService
    cases: CaseRepository
    chat: ChatService
    imports: ImportService
    import_views: ImportOverviewRepository
    demo_book: DemoBookService
    event_tokens: EventTokenRepository
    merges: MergeRepository
    people: PeopleRepository
    team: TeamRepository
    handovers: HandoverRepository
    company_settings: CompanySettingsRepository
    score_rules: ScoreRuleRepository
    suggestion_rules: SuggestionRuleRepository
    triggers: WorkflowTriggerRepository
    find: FindRepository
    audit: AuditRepository
    privacy: PrivacyRepository


@cache
def get_model_settings() -> ModelSettings:
    """Which model this process asks. Raises InvalidInput naming what is wrong with the settings."""
    return load_model_settings()


@cache
def get_text_embedder() -> TextEmbedder | None:
    """What makes vectors of texts in this process; None where words alone are searched. Raises InvalidInput."""
    return create_text_embedder(parse_settings(EmbeddingSettings), get_model_settings())


def create_row_signer() -> RowSigner:
    """Signs and verifies what Zen writes, with the secrets of this process."""
    return RowSigner(get_app_context().settings.session_secrets)


def build_services(client: Client, person: Person) -> Services:
    accounts = AccountRepository(client)
    executions = ExecutionService(ExecutionRepository(client))
    actions = ActionService(client, person)
    signer = create_row_signer()
    imports = ImportService(ImportRepository(client))
    return Services(
        person=person,
        client=client,
        accounts=accounts,
        customers=CustomerRepository(client),
        book=BookRepository(client),
        book_views=BookViewRepository(client),
        forecasts=ForecastRepository(client),
        executions=executions,
        run_status_changes=RunStatusRepository(client),
        inbox=InboxRepository(client, signer),
        actions=actions,
        workflows=WorkflowService(WorkflowRepository(client), person),
        stock_lineage=StockLineageService(WorkflowRepository(client), person),
        workflow_files=WorkflowFileService(
            WorkflowRepository(client),
            CommentRepository(client),
            company_id=str(person.company_id),
            author_id=str(person.id),
        ),
        effectiveness=EffectivenessService(EffectivenessRepository(client)),
        drafts=DraftService(WorkflowRepository(client), person),
        proposals=ProposalService(
            ProposalRepository(client), WorkflowRepository(client), person, settings=get_model_settings()
        ),
        comments=CommentRepository(client),
        publications=PublicationRepository(client),
        ghost_runs=GhostRunService(AccountBatchRepository(client), accounts, person),
        cases=CaseRepository(client),
        chat=ChatService(
            ChatRepository(client, signer),
            person,
            accounts=accounts,
            executions=executions,
            search=ChatSearchRepository(client, signer),
            settings=get_model_settings(),
            runner=SavedActionRunner(actions),
            customers=OwnCustomerRepository(client),
            embedder=get_text_embedder(),
        ),
        imports=imports,
        import_views=ImportOverviewRepository(client),
        demo_book=DemoBookService(client, imports),
        event_tokens=EventTokenRepository(client),
        merges=MergeRepository(client),
        people=PeopleRepository(client),
        team=TeamRepository(client),
        handovers=HandoverRepository(client),
        company_settings=CompanySettingsRepository(client),
        score_rules=ScoreRuleRepository(client),
        suggestion_rules=SuggestionRuleRepository(client),
        triggers=WorkflowTriggerRepository(client),
        find=FindRepository(client),
        audit=AuditRepository(client),
        privacy=PrivacyRepository(client),
    )

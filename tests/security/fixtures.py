import uuid
from dataclasses import dataclass, field

from lib.db.client import Client
from tests.database.factories import Sql, fetch_value, insert_customer, insert_row, publish_workflow
from tests.support.companies import Company, Member


@dataclass
class TenantFixtures:
    """Two companies with their people, and a person of neither. Rows are inserted past the policies."""

    sql: Sql
    company: Company
    other: Company
    uninvited: Client
    anon: Client
    stock: list[uuid.UUID] = field(default_factory=list)

    @property
    def owner(self) -> Member:
        return self.company.csm

    def client(self, who: str) -> Client:
        clients = {"anon": self.anon, "uninvited": self.uninvited}
        return clients[who] if who in clients else self.member(who).client

    def member(self, who: str) -> Member:
        people = {"owner": "csm", "colleague": "other_csm", "manager": "manager", "admin": "admin"}
        return self.other.admin if who == "other company" else getattr(self.company, people[who])

    def id_of(self, who: str) -> uuid.UUID:
        return uuid.uuid4() if who in ("anon", "uninvited") else self.member(who).id

    def insert_customer(self) -> uuid.UUID:
        """Another customer of the owner's."""
        return insert_customer(self.sql, self.company.id, self.owner.id)

    def insert_run(self, **changes: uuid.UUID) -> uuid.UUID:
        """Another run of the owner's."""
        pinned = {"workflow_id": "our-renewal", "definition_version_id": self.version, "current_slide": "greeting"}
        owned = {"company_id": self.company.id, "owner_id": self.owner.id, "customer_id": self.insert_customer()}
        return insert_row(self.sql, "workflow_executions", **owned, **pinned, **changes)

    def insert_thread(self, *, shared: bool) -> uuid.UUID:
        """Another conversation of the owner's."""
        owned = {"company_id": self.company.id, "owner_id": self.owner.id, "execution_id": self.insert_run()}
        return insert_row(self.sql, "workflow_chat_threads", **owned, slide_id="greeting", is_shared=shared)

    @property
    def definition(self) -> uuid.UUID:
        own = "select id from public.workflow_definitions where workflow_id = 'our-renewal' and company_id = %s"
        return fetch_value(self.sql, own, self.company.id) or publish_workflow(self.sql, self.company.id, "our-renewal")

    @property
    def version(self) -> uuid.UUID:
        own = "select id from public.workflow_definition_versions where definition_id = %s"
        return fetch_value(self.sql, own, self.definition)

    def delete_later(self, row_id: uuid.UUID, company_id: uuid.UUID | None) -> None:
        if company_id is None:
            self.stock.append(row_id)

    def delete_stock_rows(self) -> None:
        """Stock rows belong to no company, so these would be everybody's."""
        self.sql.execute("delete from public.workflow_chat_branches where definition_id = any(%s)", [self.stock])
        self.sql.execute("delete from public.hidden_saved_actions where action_id = any(%s)", [self.stock])
        for table, column in STOCK_TABLES:
            statement = f"delete from public.{table} where company_id is null and {column} = any(%s)"
            self.sql.execute(statement, [self.stock])


STOCK_TABLES = [
    ("workflow_definition_versions", "definition_id"),
    ("workflow_definitions", "id"),
    ("saved_actions", "id"),
]

"""Workflow files for the operator: any company's workflows, brought from one Supabase to another."""

from pathlib import Path

from lib.companies.company_creation import CompanyName, list_companies
from lib.db.client import Client
from lib.db.query_execution import execute_read
from lib.errors import InvalidInput, NotFound
from lib.workflows.comment_repository import CommentRepository
from lib.workflows.draft_writes import copy_definition_rules
from lib.workflows.model import WorkflowDefinition, WorkflowDraft
from lib.workflows.repository import WorkflowRepository
from lib.workflows.workflow_file_reader import WorkflowFileFormat
from lib.workflows.workflow_file_service import WorkflowExport, WorkflowFileService


def export_workflow_of_company(
    client: Client, workflow_id: str, *, company: str | None, version: int | None, file_format: WorkflowFileFormat
) -> WorkflowExport:
    """A version of a workflow as a file, the latest by default; stock's without a company.

    Raises NotFound, InvalidInput. Up to four requests.
    """
    company_id = str(find_company_by_name_or_id(client, company).id) if company else None
    workflows = WorkflowRepository(client)
    definition = _find_workflow_definition(workflows, workflow_id, company_id)
    found = workflows.fetch_version(definition.id, version)
    files = WorkflowFileService(workflows, CommentRepository(client), company_id=company_id or "", author_id="")
    return files.export_workflow(found, file_format, rules=copy_definition_rules(definition))


def import_workflow_to_company(client: Client, path: Path, *, company: str, author: str) -> WorkflowDraft:
    """A file as a draft of a person, named by their email address. Raises NotFound, InvalidInput, Conflict."""
    company_id = str(find_company_by_name_or_id(client, company).id)
    query = client.table("profiles").select("id").eq("company_id", company_id).eq("email", author.strip().lower())
    rows = execute_read(query.eq("is_active", True))
    if not rows:
        raise NotFound(f"Nobody in this company has the address {author}.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error.strerror}.") from error
    files = WorkflowFileService(
        WorkflowRepository(client), CommentRepository(client), company_id=company_id, author_id=rows[0]["id"]
    )
    return files.import_workflow(data)


def find_company_by_name_or_id(client: Client, company: str) -> CompanyName:
    """A company by its id or its name. Raises NotFound, InvalidInput where several have the name."""
    wanted = company.strip().casefold()
    found = [each for each in list_companies(client) if wanted in (str(each.id), each.name.casefold())]
    if not found:
        raise NotFound(f"There is no company “{company}”.", hint="python -m lib.companies list names them all.")
    if len(found) > 1:
        raise InvalidInput(f"{len(found)} companies are called “{company}”.", hint="Give the id of one.")
    return found[0]


def _find_workflow_definition(
    workflows: WorkflowRepository, workflow_id: str, company_id: str | None
) -> WorkflowDefinition:
    found = workflows.fetch_definitions_by_workflow_id(workflow_id)
    definition = next((each for each in found if each.company_id == company_id), None)
    if definition is None:
        owner = "This company" if company_id else "The stock"
        raise NotFound(f"{owner} has no workflow “{workflow_id}”.")
    return definition

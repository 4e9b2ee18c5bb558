from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.errors import NotFound
from lib.ghost_runs.workflow_cases import WorkflowCases, parse_cases

CASES_TABLE = "workflow_cases"


class CaseRepository:
    """Cases of the company, read and written with the rights of the client's token. One request each."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_cases(self, workflow_id: str) -> WorkflowCases:
        """The cases of a workflow, and the latest completed runs that are none."""
        return parse_cases(execute_read(self._client.rpc("workflow_cases", {"p_workflow_id": workflow_id})))

    def keep_case(self, company_id: str, execution_id: str, name: str) -> None:
        """Keep a completed run. Raises InvalidInput, Conflict for one that is kept, is open, or is one too many."""
        row = {"company_id": company_id, "execution_id": execution_id, "name": name}
        execute_write(self._client.table(CASES_TABLE).insert(row))

    def remove_case(self, case_id: str) -> None:
        """Remove a case; its run stays. Raises NotFound when one may not, or it is gone."""
        if not execute_write(self._client.table(CASES_TABLE).delete().eq("id", case_id)):
            raise NotFound("This case was removed, or a colleague kept it.")

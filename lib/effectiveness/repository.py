from lib.db.client import Client
from lib.db.query_execution import execute_read
from lib.db.row_parsing import parse_row
from lib.effectiveness.model import Effectiveness


class EffectivenessRepository:
    """What became of runs, read with the rights of the client's token."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_effectiveness(self, definition_id: str) -> Effectiveness:
        """Counts of the runs of a definition that the person may see. Raises NotFound. One request."""
        answer = execute_read(self._client.rpc("workflow_effectiveness", {"p_definition_id": definition_id}))
        return parse_row(Effectiveness, answer)

from lib.db.client import Client
from lib.db.query_execution import execute_read
from lib.db.row_parsing import parse_row
from lib.find.model import Findings

MOST_OF_A_KIND = 6


class FindRepository:
    """Finds what the client's person may see."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def find_rows(self, query: str) -> Findings:
        """Rows with words that begin as those of `query`; without words the customers looked at last. One request.

        Raises InvalidInput for more than 200 characters.
        """
        arguments = {"p_query": query, "p_most": MOST_OF_A_KIND}
        return parse_row(Findings, execute_read(self._client.rpc("find", arguments)))

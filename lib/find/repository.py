from lib.db.client import Client
from lib.db.query_execution import execute_read
from lib.db.row_parsing import parse_row
from lib.find.model import Findings


class FindRepository:
    """Finds what the client's person may see."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def find_rows(self, query: str, most: int) -> Findings:
        """Up to `most` rows (100) of each kind with words that begin as those of `query`. One request.

        Without words they are the customers looked at last. Raises InvalidInput for more than 200 characters.
        """
        # One more than shown, so that the reader knows whether there are others.
        arguments = {"p_query": query, "p_most": most + 1}
        return parse_row(Findings, execute_read(self._client.rpc("find", arguments))).cut(most)

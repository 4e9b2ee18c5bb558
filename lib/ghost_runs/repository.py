from dataclasses import dataclass

from lib.customers.account_repository import parse_account
from lib.customers.model import Account
from lib.db.client import Client
from lib.db.query_execution import execute_read

BATCH_SIZE = 100


@dataclass(frozen=True, kw_only=True)
class AccountBatch:
    """Some accounts by id, of `total` active customers."""

    accounts: tuple[Account, ...]
    total: int


class AccountBatchRepository:
    """Accounts of all customers, a batch at a time, read with the rights of the client's token."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_batch(self, after: str | None, most: int = BATCH_SIZE) -> AccountBatch:
        """Up to `most` (100) active customers after the one of an id. One request."""
        answer = execute_read(self._client.rpc("customer_accounts", {"p_after": after, "p_most": most}))
        company = answer["company"]
        accounts = tuple(parse_account(row | company) for row in answer["customers"])
        return AccountBatch(accounts=accounts, total=answer["total"])

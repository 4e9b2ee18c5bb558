from lib.customers.customer_page import CustomerPage, parse_customer_page
from lib.db.client import Client
from lib.db.query_execution import execute_read


class CustomerRepository:
    """The page of a customer, with the rights of the client's token."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_page(self, customer_id: str) -> CustomerPage:
        """The customer with all its page shows at first. Raises NotFound for an unknown or foreign one. One request."""
        return parse_customer_page(execute_read(self._client.rpc("customer_page", {"p_customer_id": customer_id})))

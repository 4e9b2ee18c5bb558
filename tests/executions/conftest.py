import pytest

from tests.support.companies import Company


@pytest.fixture(scope="session")
def strangers(stack: object, sql: object) -> Company:
    """Another company, to whom nothing here exists."""
    return Company.create(sql, "Someone Else")  # type: ignore[arg-type]

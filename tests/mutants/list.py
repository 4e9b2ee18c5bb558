"""All mutants."""

from tests.mutants import authority, book, company_rules, doors, model_servers, python_rules, slides, sql_rules
from tests.mutants.model import Mutant

MUTANTS: tuple[Mutant, ...] = (
    *slides.MUTANTS,
    *python_rules.MUTANTS,
    *sql_rules.MUTANTS,
    *authority.MUTANTS,
    *book.MUTANTS,
    *company_rules.MUTANTS,
    *doors.MUTANTS,
    *model_servers.MUTANTS,
)

"""All mutants."""

from tests.mutants import authority, price_rules, python_rules, slides, sql_rules
from tests.mutants.model import Mutant

MUTANTS: tuple[Mutant, ...] = (
    *slides.MUTANTS,
    *python_rules.MUTANTS,
    *sql_rules.MUTANTS,
    *authority.MUTANTS,
    *price_rules.MUTANTS,
)

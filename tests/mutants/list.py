"""All mutants."""

from tests.mutants import slides
from tests.mutants.model import Mutant

MUTANTS: tuple[Mutant, ...] = slides.MUTANTS

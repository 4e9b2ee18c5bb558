"""The list of mutants stays true to the code. Whether the tests notice them, `python -m tests.mutants` tells."""

from collections import Counter

import pytest

from tests.mutants.list import MUTANTS
from tests.mutants.model import REPOSITORY, Mutant

MIN_MUTANTS = 150


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.path}: {mutant.name}")
def test_a_mutant_changes_a_passage_that_stands_once(mutant: Mutant) -> None:
    source = (REPOSITORY / mutant.path).read_text()
    assert mutant.apply(source) != source
    assert mutant.tests
    assert all((REPOSITORY / test.split("::")[0]).exists() for test in mutant.tests)


def test_there_are_many_mutants_each_with_a_name_of_its_own() -> None:
    assert len(MUTANTS) >= MIN_MUTANTS
    assert max(Counter((mutant.path, mutant.name) for mutant in MUTANTS).values()) == 1

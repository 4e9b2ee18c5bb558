"""Mutants: small named faults put into the code, each of which some test must notice.

`python -m tests.mutants` takes about an hour and is no part of CI; `tests/test_mutants.py` there only keeps the list
true to the code. A mutant that survives names a test that is missing.
"""

"""Ids that are the same in every database. Three kinds stand in for ids only the database knows: a person's, given
at sign-up, a stock version's, given when it was seeded, and a global action's; `loading` replaces them.
"""

from uuid import NAMESPACE_DNS, uuid5

NAMESPACE = uuid5(NAMESPACE_DNS, "demo.zen.example")


def make_id(*parts: object) -> str:
    """The id of what these words name, such as ("customer", "obsidian-black")."""
    return str(uuid5(NAMESPACE, "/".join(str(part) for part in parts)))


def make_company_id(name: str) -> str:
    return make_id("company", name)


def person_placeholder(email: str) -> str:
    return make_id("person", email)


def version_placeholder(workflow_id: str, version: int) -> str:
    return make_id("stock version", workflow_id, version)


def action_placeholder(kind: str) -> str:
    return make_id("global action", kind)

"""Ids that are the same in every database. Three kinds stand in for ids only the database knows: a person's, given
at sign-up, a stock version's, given when it was seeded, and a global action's; `loading` replaces them.
"""

from uuid import NAMESPACE_DNS, uuid5

NAMESPACE = uuid5(NAMESPACE_DNS, "demo.zen.example")


def id_of(*parts: object) -> str:
    """The id of what these words name, such as ("customer", "obsidian-black")."""
    return str(uuid5(NAMESPACE, "/".join(str(part) for part in parts)))


def company_id(name: str) -> str:
    return id_of("company", name)


def person_id(email: str) -> str:
    return id_of("person", email)


def version_id(workflow_id: str, version: int) -> str:
    return id_of("stock version", workflow_id, version)


def action_id(kind: str) -> str:
    return id_of("global action", kind)

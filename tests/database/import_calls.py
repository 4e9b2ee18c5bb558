"""Bring a file in through the database's functions: staged and decided by a member, applied with the operator's key."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lib.db.client import Client, create_http_pool
from lib.db.privileged_client import create_privileged_client
from lib.local import LocalStack
from tests.database.factories import Sql, fetch_rows, fetch_value
from tests.database.rpc import call_rpc
from tests.support.companies import Member

Values = dict[str, Any]


def empty_mapping(kind: str = "customers") -> Values:
    """A mapping that says nothing about any column."""
    return {"kind": kind, "columns": []}


def operator_client(stack: LocalStack) -> Client:
    return create_privileged_client(stack.url, stack.secret_key, create_http_pool())


@dataclass
class StagedFile:
    """A file of records as `who` stages it. Lines count from 2, after the header."""

    sql: Sql = field(repr=False)
    operator: Client = field(repr=False)
    who: Member
    kind: str = "customers"
    source: str = "crm"
    id: str = ""

    def stage(self, *records: Values, cells: Iterable[str] = ()) -> "StagedFile":
        """Each record is its values, or the values of several kinds by kind for a flat file."""
        if not self.id:
            asked = {"p_kind": self.kind, "p_file_name": "export.csv", "p_source": self.source}
            self.id = call_rpc(self.who, "begin_import", **asked, p_headers=["A"], p_mapping=empty_mapping(self.kind))
        rows = [
            {"kind": kind, "line": line, "cells": list(cells), "field_values": values, "problems": []}
            for line, record in enumerate(records, start=2)
            for kind, values in (record.items() if self.kind == "flat" else [(self.kind, record)])
        ]
        call_rpc(self.who, "stage_import_rows", p_import_id=self.id, p_rows=rows)
        return self

    def check(self, *, again: bool = False) -> "StagedFile":
        while call_rpc(self.who, "check_import_rows", p_import_id=self.id, p_again=again):
            again = False
        return self

    def decide(self) -> "StagedFile":
        call_rpc(self.who, "decide_import", p_import_id=self.id, p_revision=self.revision())
        return self

    def revision(self) -> int:
        return fetch_value(self.sql, "select revision from public.imports where id = %s", self.id)

    def decide_undo(self, undo: uuid.UUID, **more: Any) -> None:
        """Decide a plan as it is."""
        revision = fetch_value(self.sql, "select revision from public.import_undos where id = %s", undo)
        call_rpc(self.who, "decide_import_undo", p_undo_id=undo, p_revision=revision, **more)

    def apply(self, *, most: int = 1000) -> "StagedFile":
        """As the worker does. Tests beside this one are workers too, and may have it in hand."""
        while self.status() == "decided":
            call_rpc(self.operator, "apply_next_import_batch", p_most=most)
        return self

    def bring_in(self, *records: Values) -> "StagedFile":
        return self.stage(*records).check().decide().apply()

    def plan_undo(self) -> uuid.UUID:
        return call_rpc(self.who, "plan_import_undo", p_import_id=self.id)

    def undo(self, *, insist: bool = False, most: int = 1000) -> list[dict[str, Any]]:
        """Take it back, or bring it in again; returns the rows of the undo that name a problem."""
        undo = self.plan_undo()
        self.decide_undo(undo, p_insist_on_all=insist)
        while fetch_value(self.sql, "select status = 'decided' from public.import_undos where id = %s", undo):
            call_rpc(self.operator, "apply_next_undo_batch", p_most=most)
        return fetch_rows(
            self.sql,
            "select table_name, row_id, label, problem, result from public.import_undo_rows "
            "where undo_id = %s and problem is not null order by table_name, label",
            undo,
        )

    def rows(self) -> list[dict[str, Any]]:
        return fetch_rows(
            self.sql, "select * from public.import_rows where import_id = %s order by place, line", self.id
        )

    def verdicts(self) -> list[str]:
        return [row["verdict"] for row in self.rows()]

    def reasons(self) -> list[str]:
        return [refusal["reason"] for row in self.rows() for refusal in row["refusals"]]

    def counts(self) -> dict[str, int]:
        return call_rpc(self.who, "import_counts", p_import_id=self.id)

    def status(self) -> str:
        return fetch_rows(self.sql, "select status from public.imports where id = %s", self.id)[0]["status"]

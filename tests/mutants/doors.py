"""Mutants of what keeps strangers out: joining, ended sessions, direct writes, the gateway, text that is drawn."""

from tests.mutants.model import make_mutants

MIGRATIONS = "supabase/migrations/"
DIRECT_WRITES = "tests/security/test_direct_writes.py"

MUTANTS = (
    *make_mutants(
        MIGRATIONS + "20261101091500_invitations.sql",
        "tests/database/test_invitations.py",
        ("any session proves an address", "m where m #>> '{}' in ('otp', 'magiclink')", "m where m is not null"),
        (
            "a code proves the address the user has now",
            "\n    and private.normalize_email(u.email) = private.normalize_email((select auth.jwt()) ->> 'email')",
            "",
        ),
        (
            "the Kelvin sign is a k",
            "'^[!-?A-~]+@[A-Za-z0-9.-]+$' then lower(address collate \"C\")",
            "'@' then lower(replace(address, chr(8490), 'k'))",
        ),
    ),
    *make_mutants(
        MIGRATIONS + "20261101090500_ended_sessions.sql",
        "tests/security/test_ended_sessions.py",
        ("a session that was signed out", "if session is not null and private.is", "if false and private.is"),
        ("a session past its end", "and (s.not_after is null or s.not_after > now())", ""),
    ),
    *make_mutants(
        MIGRATIONS + "20261101103000_execution_transitions.sql",
        DIRECT_WRITES,
        (
            "a slide is skipped without a reason",
            "new.status = 'skipped' and new.skip_reason is null then",
            "false then",
        ),
        ("the last slide is skipped", "new.slide_id = slides[cardinality(slides)] then", "false then"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101111000_chat_tables.sql",
        DIRECT_WRITES,
        ("a conversation on any slide", "new.slide_id = any (v.slide_sequence)) then", "true) then"),
        ("a closed conversation is opened", "old.status <> 'active' and new.status <> old.status then", "false then"),
    ),
    *make_mutants(
        MIGRATIONS + "20261101112000_chat_turns.sql",
        DIRECT_WRITES,
        ("a question in a closed conversation", "if new.role <> 'assistant' and exists (", "if false and exists ("),
        (
            "a system note in a closed conversation",
            "if new.role <> 'assistant' and exists (",
            "if new.role = 'user' and exists (",
        ),
    ),
    *make_mutants(
        "lib/server/access_control.py",
        "tests/server/test_access.py",
        (
            "a websocket of another origin",
            'return origin is None or urlsplit(origin).netloc == headers.get("host")',
            "return True",
        ),
    ),
    *make_mutants(
        "supabase/local/request_limits.mjs",
        "tests/local/test_rest_services.py",
        ("any depth of embedding", "MAX_EMBED_DEPTH = 4", "MAX_EMBED_DEPTH = 400"),
        ("regular expressions among conditions", 'if (part[1] === "match" || part[1] === "imatch") return true;', ""),
    ),
    *make_mutants(
        "lib/executions/legacy/importer.py",
        "tests/executions/test_legacy_import.py::test_a_huge_run_is_skipped_and_listed_and_the_others_come_in",
        ("a run of any size is sent", "MAX_ROW_BYTES = 5_000_000", "MAX_ROW_BYTES = 500_000_000"),
    ),
    *make_mutants(
        "lib/chat/conversation_export.py",
        "tests/chat/test_forgeries.py",
        ("inserted answers are exported as Zen's", "        if not row.is_authentic:\n", "        if row is None:\n"),
        (
            "inserted answers are Zen's in JSON",
            '"is_written_by_zen": message.is_authentic and message.role is not MessageRole.USER',
            '"is_written_by_zen": message.role is not MessageRole.USER',
        ),
    ),
    *make_mutants(
        "lib/text/html.py",
        "tests/text/test_html.py",
        ("links lead anywhere", "return None if is_foreign else value", "return value"),
        ("pictures are drawn", '"summary", "a", ', '"summary", "a", "img", '),
    ),
)

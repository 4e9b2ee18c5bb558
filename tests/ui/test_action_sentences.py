from datetime import UTC, date, datetime, timedelta

import pytest

from lib.customers.working_days import WorkingDays
from lib.executions.escalation_clock import describe_response_clock
from lib.executions.model import RunEvent
from lib.executions.snoozes import WakeSignal
from lib.ui.actions import action_sentences
from lib.ui.run import event_sentences
from tests.support.company_rules import STOCK_RULES

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_the_snooze_count_in_words():
    said = [action_sentences.describe_snooze_count(count) for count in range(4)]
    assert said == [None, "Snoozed once already.", "Snoozed twice already.", "Snoozed 3 times already."]


@pytest.mark.parametrize(
    ("signal", "said"),
    [
        (WakeSignal(kind="health_below", value=60), "health is below 60"),
        (WakeSignal(kind="new_ticket", value="p1,p2"), "a new P1 or P2 ticket is opened"),
        (WakeSignal(kind="notice_within", value=30), "the notice deadline is 30 days away"),
        (WakeSignal(kind="contact_left"), "a contact leaves"),
        (WakeSignal(kind="note_mentions", value="budget"), "a note mentions “budget”"),
    ],
)
def test_a_signal_reads_after_until(signal, said):
    assert action_sentences.describe_snooze_end(None, signal, "UTC", is_backstop=False) == f"until {said}"


def test_a_snooze_ends_in_the_persons_time_zone():
    until = datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert (
        action_sentences.describe_snooze_end(until, None, "Europe/Berlin", is_backstop=False)
        == "until Mon 30 Nov 2026, 09:00"
    )


def test_a_backstop_is_named_as_the_latest_day():
    said = action_sentences.describe_snooze_end(NOW, WakeSignal(kind="contact_left"), "UTC", is_backstop=True)
    assert said == "until a contact leaves, at the latest Mon 23 Nov 2026, 12:00, in time for the notice deadline"


def test_a_clock_runs_is_overdue_or_has_stopped():
    def clock(respond_by, acknowledged_at=None):
        return describe_response_clock(respond_by, acknowledged_at, NOW, "UTC")

    assert clock(NOW + timedelta(days=2)) == "First answer due Wed 25 Nov 2026, 12:00, in 2 days."
    assert clock(NOW - timedelta(hours=5)) == "First answer overdue by 5 hours (due 23 Nov)."
    assert clock(NOW - timedelta(days=1), NOW) == "Acknowledged Mon 23 Nov 2026, 12:00."


def test_a_severity_has_a_response_deadline():
    assert (
        action_sentences.describe_response_deadline(2, date(2026, 11, 23), WorkingDays())
        == "First answer within 2 days, by Wed 25 Nov 2026."
    )
    assert (
        action_sentences.describe_response_deadline(2, date(2026, 11, 26), WorkingDays(holidays=(date(2026, 11, 30),)))
        == "First answer within 2 days, by Tue 1 Dec 2026."
    )


def test_a_skip_reads_as_its_reason_and_words():
    assert action_sentences.describe_skip("no_data", None, STOCK_RULES) == "No data for this"
    assert action_sentences.describe_skip("no_data", "ask finance", STOCK_RULES) == "No data for this: ask finance"
    assert action_sentences.describe_skip("other", "They merge", STOCK_RULES) == "They merge"
    assert action_sentences.describe_skip(None, None, STOCK_RULES) == "No reason on record"


def event_sentence(kind: str, who: str | None = "Alice", **payload: object) -> str:
    found = RunEvent(id=1, kind=kind, slide_id=None, actor_name=who, payload=payload, created_at=NOW)
    return event_sentences.format_event_sentence(found, "Contract terms", "UTC", STOCK_RULES)


@pytest.mark.parametrize(
    ("said", "made"),
    [
        ("Alice snoozed the run until Mon 30 Nov 2026, 09:00: A fair",
         event_sentence("snoozed", until="2026-11-30T09:00:00+00:00", reason="A fair")),
        ("The run came back: Health is 40", event_sentence("woke", None, because="Health is 40", by="signal")),
        ("Alice resumed the run early",
         event_sentence("woke", because="Resumed before its time.", by="person")),
        ("Alice skipped “Contract terms”: No data for this", event_sentence("step_skipped", skip_reason="no_data")),
        ("Alice resumed “Contract terms”", event_sentence("step_taken_up")),
        ("Alice escalated the run to Mara, high: May we?",
         event_sentence("escalated", person="Mara", severity="high", ask="May we?")),
        ("Alice acknowledged the escalation", event_sentence("acknowledged")),
        ("Alice handed the run back: Yes", event_sentence("handed_back", decision="Yes")),
        ("Alice reopened the run: It matters", event_sentence("reopened", reason="It matters")),
        ("Alice reassigned the run to Bob", event_sentence("reassigned", person="Bob")),
        ("Alice moved the run from version 1 to 2", event_sentence("moved", from_version=1, to_version=2)),
        ("Alice kept the run on its version instead of 3", event_sentence("stayed", declined_version=3)),
        ("Alice undid “Snoozed until 30 November”", event_sentence("undone", summary="Snoozed until 30 November.")),
        ("Alice added a note, told Bob", event_sentence("acted", done=["added a note", "told Bob"])),
        (
            "Alice asked for approval of a price 11.4% below list (manager)",
            event_sentence("approval_asked", percent=11.4, approver="manager"),
        ),
        (
            "Alice approved the price 45% below list, agreed by Carla: Worth it",
            event_sentence("approval_decided", percent=45, approved=True, agreed_by="Carla", reason="Worth it"),
        ),
        ("Alice denied the price 15% below list: No", event_sentence("approval_decided", percent=15, reason="No")),
        ("Alice made quote.pdf on “Contract terms”", event_sentence("file_made", filename="quote.pdf")),
        ("Alice made a file on “Contract terms”", event_sentence("file_made")),
        ("Alice: something new", event_sentence("something_new")),
    ],
)  # fmt: skip
def test_every_event_is_a_sentence(said, made):
    assert made == said


def test_every_kind_of_event_the_database_knows_has_a_sentence(sql):
    (rule,) = sql.execute(
        "select pg_get_constraintdef(oid) from pg_constraint where conname = 'workflow_execution_events_kind_check'"
    ).fetchone()
    known = {word.strip("' ").split("'")[0] for word in rule.split("ARRAY[")[1].split("]")[0].split(",")}
    assert known == set(event_sentences.EVENT_SENTENCES)


def test_what_comes_from_outside_is_inert():
    assert "**" not in event_sentence("snoozed", reason="**bold** :red[hot]").replace("\\*", "")
    assert event_sentence("handed_back", decision=None, more=[1]) == "Alice handed the run back"

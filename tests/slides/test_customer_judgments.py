"""What the slides about the customer judge, on both sides of each line: whom they name, warn of and leave out."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lib.content.model import Tone
from lib.customers.account_rankings import find_weakest_health_part
from lib.customers.model import (
    Account,
    Contact,
    Health,
    HealthBand,
    HealthPart,
    Note,
    PastRun,
    Priority,
    PriorityReason,
    Signal,
    SurveyResponse,
    Ticket,
    UsageWeek,
)
from lib.customers.successor_candidates import rank_successor_candidates
from lib.forms.answer_validation import is_field_required
from lib.slides.model import SlideId
from tests.slides.slide_sections import DrawnSlide
from tests.support.sample_accounts import TODAY, bare_account, full_account


def make_contact(name: str, role: str = "user", **fields: Any) -> Contact:
    return Contact(**{"id": name, "name": name, "role": role, "status": "active", **fields})


def make_weeks(*use: int, seats: int = 100, logins: int = 10) -> tuple[UsageWeek, ...]:
    """A week for each number of active users, the last one begins a week ago."""
    return tuple(
        UsageWeek(
            week_starts_on=TODAY - timedelta(weeks=len(use) - place),
            active_users=active,
            seats=seats,
            logins=logins,
            key_actions=1,
        )
        for place, active in enumerate(use)
    )


# Where we stand


def test_reasons_without_points_are_not_shown() -> None:
    reasons = (
        PriorityReason(kind="deadline", points=1, sentence="It presses."),
        PriorityReason(kind="arr", points=0, sentence="It is small."),
    )
    table = DrawnSlide(SlideId.GREETING, replace(full_account(), priority=Priority(score=1, reasons=reasons))).table(
        "Why now"
    )
    assert [row["sentence"] for row in table.rows] == ["It presses."]


def test_earlier_runs_are_shown_only_if_there_are_any_and_five_at_most() -> None:
    run = PastRun(id="r", workflow_name="Renewal", status="completed", finished_on=TODAY)
    runs = tuple(replace(run, id=str(place), workflow_name=f"Run {place}") for place in range(6))
    assert "Earlier runs" not in DrawnSlide(SlideId.GREETING, bare_account()).titles()
    table = DrawnSlide(SlideId.GREETING, replace(full_account(), past_runs=runs)).table("Earlier runs")
    assert [row["workflow"] for row in table.rows] == ["Run 0", "Run 1", "Run 2", "Run 3", "Run 4"]


def test_an_earlier_run_without_outcome_shows_its_status() -> None:
    run = PastRun(id="r", workflow_name="Renewal", status="skipped", finished_on=TODAY)
    for code, shown in (("renewed", "Renewed"), (None, "Skipped")):
        account = replace(full_account(), past_runs=(replace(run, outcome_code=code),))
        assert DrawnSlide(SlideId.GREETING, account).table("Earlier runs").rows[0]["outcome"] == shown


def test_the_lead_says_when_there_is_no_contract() -> None:
    assert "No contract is on record" not in DrawnSlide(SlideId.GREETING, full_account()).lead
    assert "No contract is on record" in DrawnSlide(SlideId.GREETING, bare_account()).lead


# Review the account


@pytest.mark.parametrize(
    ("scores", "shown"),
    [
        ((9,), "+100, n = 1"),
        ((8,), "0, n = 1"),
        ((7,), "0, n = 1"),
        ((6,), "-100, n = 1"),
        ((10, 9, 0), "+33, n = 3"),
        ((9, 6), "0, n = 2"),
        ((), None),
    ],
)
def test_promoters_begin_at_nine_and_detractors_end_at_six(scores: tuple[int, ...], shown: str | None) -> None:
    surveys = tuple(SurveyResponse(score=score, responded_on=TODAY) for score in scores)
    assert DrawnSlide(SlideId.REVIEW_ACCOUNT, replace(full_account(), surveys=surveys)).fact("NPS").value == shown


def test_the_days_of_nps_go_from_the_oldest_answer_to_the_newest() -> None:
    assert DrawnSlide(SlideId.REVIEW_ACCOUNT, full_account()).fact("NPS").note == "1 Jun 2026 to 1 Sep 2026"


def test_contacts_who_left_are_not_among_the_contacts() -> None:
    table = DrawnSlide(SlideId.REVIEW_ACCOUNT, full_account()).table("Contacts")
    assert [row["name"] for row in table.rows] == ["Renée D’Arcy", "Aiko Tanaka", "Sam Poe"]


def test_contacts_of_equal_influence_stand_by_name() -> None:
    people = (make_contact("Bea", influence=3), make_contact("Abe", influence=3), make_contact("Cy", influence=4))
    table = DrawnSlide(SlideId.REVIEW_ACCOUNT, replace(full_account(), contacts=people)).table("Contacts")
    assert [row["name"] for row in table.rows] == ["Cy", "Abe", "Bea"]


def test_open_tickets_stand_by_urgency_then_age_and_solved_ones_are_left_out() -> None:
    def ticket(number: str, priority: str, status: str, days: int) -> Ticket:
        opened = TODAY - timedelta(days=days)
        return Ticket(number=number, title="t", priority=priority, status=status, opened_on=opened)

    tickets = (
        ticket("new", "p2", "open", 1),
        ticket("done", "p1", "solved", 9),
        ticket("old", "p2", "pending", 5),
        ticket("urgent", "p1", "open", 0),
    )
    table = DrawnSlide(SlideId.REVIEW_ACCOUNT, replace(full_account(), tickets=tickets)).table("Open tickets")
    assert [(row["number"], row["age"]) for row in table.rows] == [("urgent", 0), ("old", 5), ("new", 1)]


def test_the_latest_five_notes_are_shown() -> None:
    note = Note(id="n", kind="call", body="Text", author_name="Zoë", happened_on=TODAY)
    notes = tuple(replace(note, body=f"Note {place}") for place in range(6))
    table = DrawnSlide(SlideId.REVIEW_ACCOUNT, replace(full_account(), notes=notes)).table("Latest notes")
    assert [row["body"] for row in table.rows] == [f"Note {place}" for place in range(5)]


@pytest.mark.parametrize(
    ("use", "takeaway"),
    [
        ((50, 50), "50 of 100 seats are in use (50%), unchanged over 2 weeks."),
        ((50, 51), "51 of 100 seats are in use (51%), up 1 point over 2 weeks."),
        ((51, 50), "50 of 100 seats are in use (50%), down 1 point over 2 weeks."),
        ((50,), "50 of 100 seats are in use (50%)."),
    ],
)
def test_the_trend_of_usage_is_up_down_or_unchanged(use: tuple[int, ...], takeaway: str) -> None:
    account = replace(full_account(), usage=make_weeks(*use))
    assert DrawnSlide(SlideId.REVIEW_ACCOUNT, account).chart("Usage").takeaway == takeaway


def test_usage_shows_the_latest_26_weeks() -> None:
    account = replace(full_account(), usage=make_weeks(*range(30)))
    users = DrawnSlide(SlideId.REVIEW_ACCOUNT, account).chart("Usage").series[0]
    assert [point.y for point in users.points] == [float(number) for number in range(4, 30)]


@pytest.mark.parametrize(("days", "gaps"), [(7, 0), (8, 1)])
def test_the_line_of_usage_breaks_only_where_a_week_is_missing(days: int, gaps: int) -> None:
    first, second = make_weeks(1, 2)
    weeks = (first, replace(second, week_starts_on=first.week_starts_on + timedelta(days=days)))
    users = DrawnSlide(SlideId.REVIEW_ACCOUNT, replace(full_account(), usage=weeks)).chart("Usage").series[0]
    assert [point.y for point in users.points].count(None) == gaps


@pytest.mark.parametrize(
    ("band", "words", "tone"),
    [
        (HealthBand.GREEN, "60 of 100, healthy", Tone.GOOD),
        (HealthBand.YELLOW, "60 of 100, needs attention", Tone.WARNING),
        (HealthBand.RED, "60 of 100, at risk", Tone.BAD),
        (None, None, Tone.NEUTRAL),
    ],
)
def test_health_is_said_in_words_and_a_tone(band: HealthBand | None, words: str | None, tone: Tone) -> None:
    health = Health(score=60 if band else None, band=band, parts=())
    fact = DrawnSlide(SlideId.REVIEW_ACCOUNT, replace(full_account(), health=health)).fact("Health")
    assert (fact.value, fact.tone) == (words, tone)


def test_parts_of_health_without_data_have_no_points() -> None:
    rows = DrawnSlide(SlideId.REVIEW_ACCOUNT, full_account()).table("Health score by part").rows
    assert [(row["part"], row["points"], row["out_of"]) for row in rows][-1] == ("Voice", None, 15)


@pytest.mark.parametrize(("answer", "said"), [("The seats are 500.", 1), ("   ", 0), (None, 0)])
def test_whoever_keeps_the_data_is_named_once_something_is_wrong(answer: str | None, said: int) -> None:
    account = replace(full_account(), data_keeper="Ada")
    warnings = DrawnSlide(SlideId.REVIEW_ACCOUNT, account, {"data_wrong": answer}).warnings
    assert warnings == ["What you say about our records is a follow-up for Ada."] * said


# Assess the departure


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"influence": 1}, {"influence": 5, "replaced_by": "k"}, id="not replaced before replaced"),
        pytest.param({"role": "champion", "influence": 1}, {"role": "admin", "influence": 5}, id="decides"),
        pytest.param({"influence": 3}, {"influence": 2}, id="influence"),
        pytest.param({"left_on": TODAY}, {"left_on": TODAY - timedelta(days=1)}, id="latest"),
        pytest.param({"left_on": TODAY}, {"left_on": None}, id="a known day before none"),
    ],
)
def test_the_departure_that_matters_most_comes_first(first: dict[str, Any], second: dict[str, Any]) -> None:
    contacts = (make_contact("Second", status="left", **second), make_contact("First", status="left", **first))
    slide = DrawnSlide(SlideId.ASSESS_DEPARTURE, replace(full_account(), contacts=contacts))
    assert slide.callouts[0][0].startswith("First, ")
    assert [option.label for option in slide.field("who").options][-1] == "Someone else"
    assert slide.field("who").default == "First"


def test_a_departure_is_bad_until_a_successor_is_known() -> None:
    gone = make_contact("Ada", "champion", status="left", left_on=TODAY - timedelta(days=3))
    heir = make_contact("Bo")
    (alone,) = DrawnSlide(SlideId.ASSESS_DEPARTURE, replace(full_account(), contacts=(gone, heir))).callouts
    assert alone == ("Ada, champion, left 3 days ago, on 20 Nov 2026; no successor is known.", Tone.BAD)
    replaced = (replace(gone, replaced_by="Bo", left_on=None), heir)
    (succeeded,) = DrawnSlide(SlideId.ASSESS_DEPARTURE, replace(full_account(), contacts=replaced)).callouts
    assert succeeded == ("Ada, champion, left on an unknown date; Bo took over.", Tone.NEUTRAL)


def test_without_a_departure_the_slide_says_so_and_shows_no_person() -> None:
    slide = DrawnSlide(SlideId.ASSESS_DEPARTURE, replace(full_account(), contacts=(make_contact("Bo"),)))
    assert slide.callouts[0][0].startswith("No departures on record.")
    assert slide.titles() == ["Remaining contacts", "Usage"]


@pytest.mark.parametrize(("now", "tone"), [(80, Tone.NEUTRAL), (79, Tone.WARNING)])
def test_fewer_sign_ins_since_a_departure_are_a_warning_below_four_fifths(now: int, tone: Tone) -> None:
    before, after = make_weeks(1, 1)
    gone = make_contact("Ada", status="left", left_on=after.week_starts_on)
    usage = (replace(before, logins=100), replace(after, logins=now))
    fact = DrawnSlide(SlideId.ASSESS_DEPARTURE, replace(full_account(), contacts=(gone,), usage=usage)).fact(
        "Sign-ins a week"
    )
    assert (fact.value, fact.tone) == (f"100 before, {now} since", tone)


def test_sign_ins_compare_the_four_weeks_before_with_the_latest_four() -> None:
    weeks = tuple(replace(week, logins=10 * place) for place, week in enumerate(make_weeks(*[1] * 12)))
    gone = make_contact("Ada", status="left", left_on=weeks[6].week_starts_on)
    slide = DrawnSlide(SlideId.ASSESS_DEPARTURE, replace(full_account(), contacts=(gone,), usage=weeks))
    assert slide.fact("Sign-ins a week").value == "35 before, 95 since"
    only_before = replace(full_account(), contacts=(replace(gone, left_on=TODAY),), usage=weeks)
    assert DrawnSlide(SlideId.ASSESS_DEPARTURE, only_before).fact("Sign-ins a week").value is None


@pytest.mark.parametrize(("who", "needed"), [("other", True), ("k-1", False)])
def test_a_name_is_asked_for_only_if_somebody_else_left(who: str, needed: bool) -> None:
    field = DrawnSlide(SlideId.ASSESS_DEPARTURE, full_account()).field("who_else")
    assert is_field_required(field, {"who": who}) is needed


# Assess the risk


def test_signals_stand_by_weight() -> None:
    signals = (Signal(kind="a", points=5, sentence="A."), Signal(kind="b", points=25, sentence="B."))
    table = DrawnSlide(SlideId.ASSESS_RISK, replace(full_account(), signals=signals)).table("Signals")
    assert [(row["signal"], row["points"]) for row in table.rows] == [("B", 25), ("A", 5)]


@pytest.mark.parametrize(
    ("band", "risk", "tone"),
    [
        (HealthBand.GREEN, "low", Tone.GOOD),
        (HealthBand.YELLOW, "medium", Tone.WARNING),
        (HealthBand.RED, "high", Tone.BAD),
    ],
)
def test_the_computed_risk_is_the_band_of_health_and_a_different_assessment_is_said(
    band: HealthBand, risk: str, tone: Tone
) -> None:
    account = replace(full_account(), health=Health(score=50, band=band, parts=()))
    fact = DrawnSlide(SlideId.ASSESS_RISK, account).fact("Computed risk")
    assert (fact.value, fact.tone) == (risk, tone)
    for own in ("low", "medium", "high"):
        said = DrawnSlide(SlideId.ASSESS_RISK, account, {"own_call": own, "reason": "r"}).warnings
        assert bool(said) is (own != risk)


def test_without_a_health_score_nothing_differs() -> None:
    slide = DrawnSlide(SlideId.ASSESS_RISK, bare_account(), {"own_call": "high"})
    assert (slide.fact("Computed risk").value, slide.warnings) == (None, [])


def test_the_priority_gives_its_reasons_that_count() -> None:
    reasons = (
        PriorityReason(kind="deadline", points=1, sentence="It presses."),
        PriorityReason(kind="arr", points=0, sentence="It is small."),
    )
    account = replace(full_account(), priority=Priority(score=1, reasons=reasons))
    fact = DrawnSlide(SlideId.ASSESS_RISK, account).fact("Priority")
    assert (fact.value, fact.note) == ("1 of 100", "It presses.")


# Identify the replacement


def points_of(contact: Contact, *others: Contact) -> int:
    account: Account = replace(full_account(), contacts=(contact, *others))
    return next(c.points for c in rank_successor_candidates(account) if c.contact.id == contact.id)


@pytest.mark.parametrize(("days", "points"), [(0, 2), (30, 2), (31, 1), (90, 1), (91, 0)])
def test_a_recent_contact_counts_two_points_within_30_days_and_one_within_90(days: int, points: int) -> None:
    assert points_of(make_contact("Ada", last_contact_on=TODAY - timedelta(days=days))) == points


@pytest.mark.parametrize(
    ("fields", "points"),
    [
        ({"sentiment": "positive"}, 3),
        ({"sentiment": "neutral"}, 1),
        ({"sentiment": "negative"}, 0),
        ({"role": "economic_buyer"}, 3),
        ({"role": "executive_sponsor"}, 3),
        ({"role": "champion"}, 2),
        ({"role": "admin"}, 0),
        ({"influence": 5}, 5),
        ({"influence": None}, 0),
    ],
)
def test_each_addend_of_a_successors_points(fields: dict[str, Any], points: int) -> None:
    assert points_of(make_contact("Ada", **fields)) == points


def test_a_named_successor_counts_three_points_more() -> None:
    gone = make_contact("Gone", status="left", replaced_by="Ada")
    assert points_of(make_contact("Ada"), gone) == 3


def test_the_best_candidate_comes_first_and_equal_ones_stand_by_name() -> None:
    people = (
        make_contact("Zed", influence=3),
        make_contact("Abe", sentiment="positive"),
        make_contact("Best", influence=4),
        make_contact("Worst"),
    )
    candidates = rank_successor_candidates(replace(full_account(), contacts=people))
    assert [candidate.contact.name for candidate in candidates] == ["Best", "Abe", "Zed", "Worst"]


def test_who_left_is_no_candidate_and_ties_stand_by_name() -> None:
    people = (make_contact("Bo"), make_contact("Abe"), make_contact("Gone", status="left", influence=5))
    table = DrawnSlide(SlideId.IDENTIFY_REPLACEMENT, replace(full_account(), contacts=people)).table("Candidates")
    assert [(row["rank"], row["name"]) for row in table.rows] == [(1, "Abe"), (2, "Bo")]


@pytest.mark.parametrize(("choice", "needed"), [("other", True), ("k-2", False)])
def test_a_name_is_asked_for_only_if_nobody_listed_is_chosen(choice: str, needed: bool) -> None:
    field = DrawnSlide(SlideId.IDENTIFY_REPLACEMENT, full_account()).field("other")
    assert is_field_required(field, {"choice": choice}) is needed


# Stakeholder map


@pytest.mark.parametrize(
    ("fields", "is_on_map"),
    [
        ({"influence": 1, "sentiment": "negative"}, True),
        ({"influence": None, "sentiment": "negative"}, False),
        ({"influence": 1, "sentiment": None}, False),
        ({"influence": 1, "sentiment": "negative", "status": "unknown"}, False),
    ],
)
def test_a_contact_is_on_the_map_with_influence_and_sentiment_and_else_listed(
    fields: dict[str, Any], is_on_map: bool
) -> None:
    slide = DrawnSlide(SlideId.STAKEHOLDER_MAP, replace(full_account(), contacts=(make_contact("Ada", **fields),)))
    labels = [point.label for series in slide.chart("Influence and sentiment").series for point in series.points]
    listed = [row["name"] for row in slide.table("Not on the map").rows]
    assert (labels, listed) == ((["Ada"], []) if is_on_map else ([], ["Ada"]))


@pytest.mark.parametrize(
    ("people", "takeaway"),
    [
        ([(3, "negative")], "No one with influence 4 or 5 is on the map."),
        ([(4, "neutral")], "1 person with influence 4 or 5 on the map, none of them negative."),
        ([(4, "negative"), (5, "positive")], "2 people with influence 4 or 5 on the map; negative: P0."),
    ],
)
def test_the_map_names_the_powerful_who_are_against_us(people: list[tuple[int, str]], takeaway: str) -> None:
    contacts = tuple(
        make_contact(f"P{place}", influence=influence, sentiment=sentiment)
        for place, (influence, sentiment) in enumerate(people)
    )
    slide = DrawnSlide(SlideId.STAKEHOLDER_MAP, replace(full_account(), contacts=contacts))
    assert slide.chart("Influence and sentiment").takeaway == takeaway


@pytest.mark.parametrize(("count", "label"), [(4, "A, B, C, D"), (5, "A, B, C, D and 1 more")])
def test_a_spot_names_four_people_at_most(count: int, label: str) -> None:
    people = tuple(make_contact(name, influence=2, sentiment="neutral") for name in "ABCDE"[:count])
    slide = DrawnSlide(SlideId.STAKEHOLDER_MAP, replace(full_account(), contacts=people))
    points = [point for series in slide.chart("Influence and sentiment").series for point in series.points]
    assert [(point.label, point.size) for point in points] == [(label, float(count))]


def test_a_key_role_nobody_active_holds_is_a_warning() -> None:
    people = (make_contact("Ada", "champion", sentiment="neutral"), make_contact("Bo", "economic_buyer", status="left"))
    slide = DrawnSlide(SlideId.STAKEHOLDER_MAP, replace(full_account(), contacts=people))
    assert (slide.fact("Champion").value, slide.fact("Champion").tone) == ("Ada", Tone.NEUTRAL)
    assert slide.fact("Champion").note == "neutral; last contact never"
    for label in ("Economic buyer", "Executive sponsor"):
        assert (slide.fact(label).value, slide.fact(label).tone) == (None, Tone.WARNING)


def test_a_role_is_held_by_the_most_influential_of_those_active() -> None:
    people = (make_contact("Ada", "champion", influence=2), make_contact("Bo", "champion", influence=3))
    slide = DrawnSlide(SlideId.STAKEHOLDER_MAP, replace(full_account(), contacts=people))
    assert slide.fact("Champion").value == "Bo"


def test_a_health_part_that_keeps_all_its_points_is_not_the_weakest() -> None:
    def account(*points: int | None) -> Account:
        parts = tuple(
            HealthPart(key=str(place), points=each, out_of=20, sentence="s") for place, each in enumerate(points)
        )
        return replace(full_account(), health=Health(score=1, band=HealthBand.RED, parts=parts))

    weakest = find_weakest_health_part(account(20, 10, 5, None))
    assert weakest is not None
    assert weakest.key == "2"
    assert find_weakest_health_part(account(20, 20)) is None

"""The call as an invitation for calendars: guests with their addresses, and the file."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from lib.customers.model import Contact
from lib.files.calendar_file import build_calendar_file
from lib.forms.model import Answers
from lib.slides import call_times
from lib.slides.email_document import build_sender_address
from lib.slides.model import Document, SlideId, SlideInput, SlideOutput
from lib.text.email_addresses import EmailAddress, parse_email_address
from lib.text.file_names import build_filename
from lib.text.format import join_names
from lib.text.json_values import parse_integer, parse_text, parse_texts
from lib.text.truncate import single_line


@dataclass(frozen=True, kw_only=True)
class CallGuests:
    """Addresses of the chosen contacts, and the names of those whom no invitation reaches."""

    addresses: tuple[EmailAddress, ...]
    without_address: tuple[str, ...]
    with_invalid_address: tuple[str, ...]


def build_invitation_outputs(slide_input: SlideInput, answers: Answers) -> tuple[SlideOutput, ...]:
    """The call as an invitation; none before the run, or while a guest's address is wrong."""
    start, guests = call_times.parse_call_start(answers), list_call_guests(slide_input, answers)
    if start is None or guests.with_invalid_address or not slide_input.run_id:
        return ()
    build = partial(
        build_calendar_file,
        # One call a slide: its entry keeps its id when the call moves, and a higher sequence replaces it.
        uid=f"{slide_input.run_id}-{slide_input.find_address_of(SlideId.SCHEDULE_CALL).replace(':', '-')}@zen",
        sequence=slide_input.revision_of(SlideId.SCHEDULE_CALL).number,
        starts_at=start,
        minutes=parse_call_minutes(answers),
        subject=parse_text(answers.get("subject")) or "Call",
        agenda=parse_text(answers.get("agenda")) or "",
        place=parse_text(answers.get("place")) or "",
        organizer=build_sender_address(slide_input),
        guests=guests.addresses,
    )
    name = build_filename(slide_input.name_with_label("call"), slide_input.account.customer.name, "ics")
    return (
        Document(
            filename=name,
            media_type="text/calendar",
            label="Download the invitation",
            build=lambda: build(created_at=datetime.now(UTC)),
        ),
    )


def list_call_guests(slide_input: SlideInput, answers: Answers) -> CallGuests:
    """The guests chosen on the slide, by whether an invitation reaches them."""
    addresses, without_address, with_invalid_address = [], [], []
    for contact in list_chosen_contacts(slide_input, answers):
        name, address = single_line(contact.name, max_length=120), parse_email_address(contact.email or "")
        if address is not None:
            addresses.append(replace(address, name=name))
        elif contact.email:
            with_invalid_address.append(f"{name} ({single_line(contact.email, max_length=80)})")
        else:
            without_address.append(name)
    return CallGuests(
        addresses=tuple(addresses),
        without_address=tuple(without_address),
        with_invalid_address=tuple(with_invalid_address),
    )


def find_guest_problems(guests: CallGuests) -> list[str]:
    """Whom the invitation does not reach, a sentence each."""
    problems = []
    if guests.with_invalid_address:
        names = join_names(guests.with_invalid_address)
        problems.append(f"Not an email address: {names}. Remove the guest to download the invitation.")
    if guests.without_address:
        problems.append(f"No email address on record: {join_names(guests.without_address)}. Invite them yourself.")
    return problems


def parse_call_minutes(answers: Answers) -> int:
    """The length of the call; 30 if none that makes sense is given."""
    minutes = parse_integer(answers.get("minutes"))
    return minutes if minutes is not None and 5 <= minutes <= 480 else 30


def list_chosen_contacts(slide_input: SlideInput, answers: Answers) -> tuple[Contact, ...]:
    """The contacts chosen on the slide who are still on record."""
    chosen = parse_texts(answers.get("people"))
    return tuple(contact for contact in slide_input.account.contacts if contact.id in chosen)

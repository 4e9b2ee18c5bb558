"""A pasted list of people to invite: an address a line, with a name before it and a role after it if given."""

import re
from dataclasses import dataclass

from lib.auth.model import Role
from lib.text.email_addresses import normalize_email_address
from lib.text.truncate import single_line

MAX_LINES = 200
MAX_NAME_CHARS = 200
ROLE_WORDS = {
    "csm": Role.CSM,
    "customer success manager": Role.CSM,
    "manager": Role.MANAGER,
    "team lead": Role.MANAGER,
    "admin": Role.ADMIN,
    "administrator": Role.ADMIN,
}
NAMED_ADDRESS = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]+)>")
HEADER_WORDS = {"email", "e-mail", "email address", "address", "name", "full name", "role"}


@dataclass(frozen=True, kw_only=True)
class InvitationLine:
    """A line that can be sent: `number` counts from one, `email` is normalized."""

    number: int
    email: str
    role: Role
    full_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class RefusedLine:
    """A line that is not invited, with the reason as a sentence."""

    number: int
    text: str
    reason: str


def parse_invitation_list(text: str, *, role: Role) -> tuple[tuple[InvitationLine, ...], tuple[RefusedLine, ...]]:
    """The lines that can be invited, and the others with a reason. `role` is for lines that name none.

    Fields are separated by a comma, a semicolon or a tab. Empty lines and a line of column names are left out.
    """
    lines: list[InvitationLine] = []
    refused: list[RefusedLine] = []
    first_line_of: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        fields = _split_fields(line)
        if not fields or {field.casefold() for field in fields} <= HEADER_WORDS:
            continue
        parsed = _parse_fields(fields, number, role)
        if isinstance(parsed, InvitationLine) and parsed.email in first_line_of:
            parsed = f"Already in line {first_line_of[parsed.email]}."
        elif isinstance(parsed, InvitationLine) and len(lines) == MAX_LINES:
            parsed = f"Invite {MAX_LINES} people at once, then the others."
        if isinstance(parsed, InvitationLine):
            lines.append(parsed)
            first_line_of[parsed.email] = number
        else:
            refused.append(RefusedLine(number=number, text=single_line(line, max_length=80), reason=parsed))
    return tuple(lines), tuple(refused)


def _split_fields(line: str) -> list[str]:
    """The fields of a line; "Bob Stone <bob@acme.com>" are two."""
    fields: list[str] = []
    for field in re.split(r"[,;\t]", line):
        named = NAMED_ADDRESS.fullmatch(field.strip())
        fields += [named["name"], named["address"]] if named else [field]
    return [clean for field in fields if (clean := field.strip().strip("\"'").strip())]


def _parse_fields(fields: list[str], number: int, role: Role) -> InvitationLine | str:
    """The line, or why it cannot be invited."""
    addresses = [field for field in fields if "@" in field]
    if len(addresses) != 1:
        return "No email address." if not addresses else "More than one address: a line for each."
    email = normalize_email_address(addresses[0])
    if email is None:
        return "This is not an email address."
    place = fields.index(addresses[0])
    name, after = " ".join(fields[:place]), fields[place + 1 :]
    if len(after) > 1:
        return "Only a name, an address and a role are read."
    if after and after[0].casefold() not in ROLE_WORDS:
        return f"“{single_line(after[0], max_length=40)}” is no role: csm, manager or admin."
    if len(name) > MAX_NAME_CHARS:
        return f"A name has at most {MAX_NAME_CHARS} characters."
    chosen = ROLE_WORDS[after[0].casefold()] if after else role
    return InvitationLine(number=number, email=email, role=chosen, full_name=name or None)

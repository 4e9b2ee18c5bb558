"""Email addresses as people type them: the one parser for every place that reads, checks or writes an address."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import unquote

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from lib.text.format import join_names
from lib.text.mail_headers import write_header_text
from lib.text.truncate import single_line

# Domains that end in .local or .test are refused by default, but companies do use them inside.
SPECIAL_USE_DOMAIN_NAMES[:] = [name for name in SPECIAL_USE_DOMAIN_NAMES if name not in ("local", "test")]

# A piece ends at a separator outside of quotes, or behind an address in angle brackets.
_QUOTED = r'"(?:\\.|[^"\\])*"'
_PIECE = re.compile(rf'(?:{_QUOTED}|[^,;"<])*<[^<>]*>|(?:{_QUOTED}|[^,;"]|")+')
_NAMED_ADDRESS = re.compile(r"(?P<name>[^<>]*?)\s*<\s*(?:mailto:)?(?P<address>[^<>]*?)\s*>")
MAX_NAME_LENGTH = 120
MAX_LIST_LENGTH = 20_000


@dataclass(frozen=True, kw_only=True)
class EmailAddress:
    """An address: `username` as typed, `domain` in ASCII (punycode), `name` the display name or empty."""

    username: str
    domain: str
    name: str = ""

    def __str__(self) -> str:
        """The bare address, as it is sent."""
        return f"{self.username}@{self.domain}"

    def format_with_name(self) -> str:
        """ "Jane Doe <jane@x.example>", to read."""
        return f"{self.name} <{self}>" if self.name else str(self)

    @property
    def needs_international_mail(self) -> bool:
        """True if only mail servers with SMTPUTF8 (RFC 6531) can deliver to it."""
        return not self.username.isascii()

    def to_header(self) -> Address:
        return Address(display_name=write_header_text(self.name), username=self.username, domain=self.domain)


@dataclass(frozen=True, kw_only=True)
class EmailAddressList:
    """The addresses in a text, each once, and the pieces that are none."""

    addresses: tuple[EmailAddress, ...] = ()
    invalid: tuple[str, ...] = ()


def parse_email_addresses(text: str) -> EmailAddressList:
    """Addresses between commas, semicolons, line breaks or blanks; `"Doe, Jane" <jane@x.example>` keeps its name."""
    addresses: dict[str, EmailAddress] = {}
    invalid: dict[str, None] = {}
    for piece in _split_address_list(text[:MAX_LIST_LENGTH]):
        address = parse_email_address(piece)
        if address is None:
            invalid[piece] = None
        else:
            addresses.setdefault(str(address).casefold(), address)
    return EmailAddressList(addresses=tuple(addresses.values()), invalid=tuple(invalid))


def parse_email_address(text: str) -> EmailAddress | None:
    """One address, with or without a name; None if mail cannot be sent to it."""
    line = single_line(text, max_length=1000)
    named = _NAMED_ADDRESS.fullmatch(line)
    address = named["address"] if named else line.removeprefix("mailto:")
    if "=?" in address:  # an encoded word, and no mailbox
        return None
    try:
        found = validate_email(address, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return None
    domain = found.ascii_domain
    top = domain.rpartition(".")[2]
    if "." not in domain or len(top) < 2 or top.isdigit():
        return None
    name = single_line(unquote(named["name"].strip()), max_length=MAX_NAME_LENGTH) if named else ""
    return EmailAddress(username=found.local_part, domain=domain, name=name)


def is_email_address(text: str) -> bool:
    """True for one bare address, without a display name."""
    return "<" not in text and text == single_line(text) and parse_email_address(text) is not None


def normalize_email_address(text: str) -> str | None:
    """The spelling in which two addresses are compared: ASCII, A-Z in lower case. None if there is none.

    The same rule as `private.normalize_email` in the database. A domain with other letters becomes punycode, exactly as
    typed: mapping first, as a browser does, would make k of the Kelvin sign and with it somebody else's address.
    """
    username, _, domain = text.strip().rpartition("@")
    if not domain.isascii():
        try:
            found = validate_email(f"{username}@{domain}", check_deliverability=False, globally_deliverable=False)
        except EmailNotValidError:
            return None
        if found.domain != domain:
            return None
        domain = found.ascii_domain
    address = f"{username}@{domain}"
    return address.lower() if address.isascii() and is_email_address(address) else None


def describe_invalid_addresses(text: str) -> Iterator[str]:
    """What is wrong with a list of addresses, for `lib.forms.model.Field.check`."""
    invalid = parse_email_addresses(text).invalid
    if invalid:
        names = join_names(single_line(each, max_length=80) for each in invalid)
        yield f"has something that is not an email address: {names}."


def _split_address_list(text: str) -> Iterator[str]:
    for line in text.splitlines():
        for found in _PIECE.finditer(line):
            piece = single_line(found[0], max_length=1000)
            words = piece.split(" ")
            # "a@x.example b@x.example": blanks separate addresses without names.
            yield from words if "<" not in piece and all("@" in word for word in words) else filter(None, [piece])

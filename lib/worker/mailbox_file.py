from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lib.worker.mail import Delivery, Mail, MailOutcome, SendMail


@dataclass(frozen=True)
class MailboxFile:
    """Mails are appended to a text file: a line for each, with its text indented below.

    The gateway of the embedded Supabase writes to the same file (`supabase/local/mail.mjs`).
    """

    path: Path

    @contextmanager
    def open(self) -> Iterator[SendMail]:
        self.path.touch(mode=0o600)
        yield self._append_mail

    def _append_mail(self, mail: Mail) -> Delivery:
        moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        text = "".join(f"  {line}\n" for line in mail.body_text.splitlines())
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{moment} mail to {mail.recipient}: {mail.subject}\n{text}")
        return Delivery(outcome=MailOutcome.SENT)

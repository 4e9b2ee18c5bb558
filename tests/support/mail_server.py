"""A small SMTP server over TCP: it takes mails, or answers as a test tells it to."""

import base64
import email
import email.policy
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class MailServer:
    """`mails` are (recipient, message) in the order they were taken.

    `reply` is asked before each command (`RCPT TO:<ann@zen.test>`, `DATA end`, `connect`): the line to answer instead
    of the usual one, "" to hang up, None for the usual one. `took` is called after a mail is stored, before it is
    answered. `killed` is for a test that makes a reply wait.
    """

    port: int
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    reply: Callable[[str], str | None] = lambda _command: None
    took: Callable[[], object] = lambda: None
    killed: threading.Event = field(default_factory=threading.Event)

    @property
    def message_ids(self) -> list[str]:
        return [message["Message-ID"] for _recipient, message in self.mails]


class HangUp(Exception):
    pass


@contextmanager
def run_mail_server(
    *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, port: int = 0
) -> Iterator[MailServer]:
    """A server on loopback; `tls` from the first byte, or `starttls` when asked."""

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                if tls:
                    self.encrypt(tls)
                self.talk()
            except (HangUp, OSError):
                pass

        def talk(self) -> None:
            self.answer("connect", "220 mail.zen.test")
            recipient = ""
            while line := self.rfile.readline():
                verb, *rest = line.decode().rstrip("\r\n").split(" ", 1)
                verb, command = verb.upper(), " ".join([verb.upper(), *rest])
                if verb == "EHLO":
                    offered = "250-STARTTLS\r\n" if starttls and not isinstance(self.request, ssl.SSLSocket) else ""
                    self.answer(command, f"250-mail.zen.test\r\n{offered}250-AUTH PLAIN\r\n250 8BITMIME")
                elif verb == "STARTTLS" and starttls:
                    self.answer(command, "220 go on")
                    self.encrypt(starttls)
                elif verb == "AUTH":
                    self.answer(base64.b64decode(command.split(" ")[2]).decode(), "235 welcome")
                elif verb == "RCPT":
                    recipient = command.split("<")[1].rstrip(">")
                    self.answer(command, "250 ok")
                elif verb == "DATA":
                    self.answer(command, "354 go on")
                    self.take(recipient, self.read_text())
                else:
                    self.answer(command, "221 bye" if verb == "QUIT" else "250 ok")

        def encrypt(self, context: ssl.SSLContext) -> None:
            self.request = self.connection = context.wrap_socket(self.request, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

        def answer(self, command: str, usual: str) -> None:
            self.write(self.ask(command), usual)

        def ask(self, command: str) -> str | None:
            served.commands.append(command)
            return served.reply(command)

        def write(self, told: str | None, usual: str) -> None:
            if told == "":
                raise HangUp
            self.wfile.write(f"{told or usual}\r\n".encode())

        def read_text(self) -> bytes:
            lines = iter(self.rfile.readline, b".\r\n")
            return b"".join(line[1:] if line.startswith(b".") else line for line in lines)

        def take(self, recipient: str, text: bytes) -> None:
            told = self.ask("DATA end")
            if told is None:
                served.mails.append((recipient, email.message_from_bytes(text, policy=email.policy.default)))
                served.took()
            self.write(told, "250 taken")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", port), Session) as server:
        served = MailServer(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()

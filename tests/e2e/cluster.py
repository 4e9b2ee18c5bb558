"""Two app processes on one database, nginx in front of them, and tabs that lose their process."""

import re
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from playwright.sync_api import Browser, BrowserContext, Page

from lib.demo.people import DEMO_PEOPLE
from tests.e2e.browsers import lend_context
from tests.support.server import AppServer


class Cluster:
    """Two app processes on one database behind an nginx that makes nobody stay with one of them.

    `ending` stops each process that was started, also when another one does not start.
    """

    def __init__(self, environment: dict[str, str], folder: Path, ending: ExitStack) -> None:
        self.environment, self.folder, self.ending = environment, folder, ending
        self.servers = [self._start_server(f"log{number}") for number in (1, 2)]
        for server in self.servers:
            server.wait_for("ok")
        self.url = ""

    def _start_server(self, log: str, port: int | None = None) -> AppServer:
        server = AppServer.start(self.environment, log=self.folder / log, port=port)
        self.ending.callback(server.stop)
        return server

    def find_server_of_tab(self) -> AppServer:
        """The process that holds the one websocket there is."""
        (found,) = [server for server in self.servers if count_connections(server)]
        return found

    def start_again(self, server: AppServer) -> AppServer:
        """A new process in the place of one that has ended."""
        started = self._start_server("log-new", urlsplit(server.url).port)
        started.wait_for("ok")
        self.servers[self.servers.index(server)] = started
        return started

    def start_ended_again(self) -> None:
        for server in [server for server in self.servers if server.process.poll() is not None]:
            self.start_again(server)


def count_connections(server: AppServer) -> int:
    if server.process.poll() is not None:
        return 0
    held = psutil.Process(server.process.pid).net_connections("tcp")
    return sum(each.status == psutil.CONN_ESTABLISHED and each.laddr.port == urlsplit(server.url).port for each in held)


def kill(server: AppServer) -> None:
    server.process.kill()
    server.process.wait(30)


def open_browser(browser: Browser, url: str) -> AbstractContextManager[BrowserContext]:
    """A browser of somebody's own for one of the servers."""
    return lend_context(browser, url)


def sign_in(page: Page, name: str) -> None:
    """On the sign-in page."""
    person = next(person for person in DEMO_PEOPLE if person.email.startswith(f"{name}@"))
    page.fill("input[name=email]", person.email)
    page.fill("input[name=password]", person.password)
    page.click("button[type=submit]")
    page.wait_for_selector("[data-testid=stMainBlockContainer]")


def find_execution_id(page: Page) -> str:
    found = re.search("execution=([0-9a-f-]+)", page.url)
    assert found
    return found[1]

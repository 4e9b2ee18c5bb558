"""The examples in deploy/: nginx with TLS in front of two processes, and the systemd units."""

import configparser
import json
import shlex
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.sync.client import ClientConnection, connect

from lib import local
from lib.local.processes import wait_until
from lib.settings import require_unprivileged_key
from tests.conftest import server_environment
from tests.support.companies import PASSWORD, Company
from tests.support.nginx import find_nginx
from tests.support.server import REPOSITORY, AppServer, free_port

DEPLOY = REPOSITORY / "deploy"
SETTINGS = ("SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY", "ZEN_SESSION_SECRET")
HTML = {"Accept": "text/html"}
HTTP_BLOCK = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
{example}
}}
"""


@dataclass(frozen=True)
class Proxy:
    url: str
    plain_url: str
    log: Path
    trust: ssl.SSLContext
    apps: tuple[AppServer, AppServer]

    def client(self, **options: object) -> httpx.Client:
        return httpx.Client(base_url=self.url, verify=self.trust, timeout=20, **options)  # type: ignore[arg-type]

    def sign_in(self, company: Company) -> httpx.Client:
        client = self.client()
        form = {"email": company.csm.email, "password": PASSWORD}
        answer = client.post("/auth/sign-in", data=form, headers={"Origin": self.url})
        assert answer.status_code == 303, answer.text
        return client

    def processes_asked(self, path: str, *, at_least: int = 0) -> list[str]:
        """Which process answered each request for `path`, by nginx's log, once it has so many."""
        assert wait_until(lambda: len(self._read_processes(path)) >= at_least, timeout=10)
        return self._read_processes(path)

    def _read_processes(self, path: str) -> list[str]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line["process"] for line in lines if line["path"] == path]


@pytest.fixture(scope="module")
def proxy(stack: local.LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("deploy")
    with ExitStack() as servers:
        environment = server_environment(stack) | {"ZEN_ALLOWED_HOSTS": "127.0.0.1", "FORWARDED_ALLOW_IPS": "127.0.0.1"}
        apps = [AppServer.start(environment, log=folder / f"app{n}") for n in (1, 2)]
        for app in apps:
            servers.callback(app.stop)
            app.wait_for("ok")
        yield servers.enter_context(run_example((apps[0], apps[1]), folder))


@contextmanager
def run_example(apps: tuple[AppServer, AppServer], folder: Path) -> Iterator[Proxy]:
    """nginx with the example; only its ports, its certificate and the place of its log are others."""
    certificate, key = write_certificate(folder)
    http, https = free_port(), free_port()
    example = (DEPLOY / "nginx.conf").read_text()
    for old, new in {
        "listen 80;": f"listen 127.0.0.1:{http};",
        "listen 443 ssl;": f"listen 127.0.0.1:{https} ssl;",
        "/etc/ssl/zen/fullchain.pem": str(certificate),
        "/etc/ssl/zen/privkey.pem": str(key),
        "/var/log/nginx/zen.log": f"{folder}/access.log",
        "127.0.0.1:8501": urlsplit(apps[0].url).netloc,
        "127.0.0.1:8502": urlsplit(apps[1].url).netloc,
    }.items():
        assert example.count(old) == 1, old
        example = example.replace(old, new)
    file, program = folder / "nginx.conf", find_nginx()
    file.write_text(HTTP_BLOCK.format(folder=folder, example=example))
    assert program
    process = subprocess.Popen([program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(file)])
    trust = ssl.create_default_context(cafile=str(certificate))
    made = Proxy(f"https://127.0.0.1:{https}", f"http://127.0.0.1:{http}", folder / "access.log", trust, apps)
    try:
        wait_until_answering(made, process, folder / "error.log")
        yield made
    finally:
        process.terminate()
        process.wait(30)


def wait_until_answering(proxy: Proxy, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            with proxy.client() as client:
                assert client.get("/health").status_code == 200
            return
        except httpx.TransportError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.1)


def write_certificate(folder: Path) -> tuple[Path, Path]:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def open_websocket(url: str, cookies: httpx.Cookies, trust: ssl.SSLContext | None = None) -> ClientConnection:
    """The connection that a page opens."""
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return connect(
        f"{url.replace('http', 'ws', 1)}/_stcore/stream", ssl=trust, origin=url, subprotocols=["streamlit"],
        additional_headers={"Cookie": cookie},
    )  # type: ignore[arg-type]  # fmt: skip


def test_plain_http_leads_to_https(proxy: Proxy) -> None:
    answer = httpx.get(f"{proxy.plain_url}/run?execution=5")
    assert (answer.status_code, answer.headers["location"]) == (301, "https://127.0.0.1/run?execution=5")


def test_events_over_plain_http_are_refused_and_not_led_on(proxy: Proxy) -> None:
    token = {"Authorization": f"Bearer zen_events_{'0' * 43}"}
    assert httpx.post(f"{proxy.plain_url}/api/events", headers=token, content=b"{}").status_code == 403
    with proxy.client() as client:
        assert client.post("/api/events", headers=token, content=b"{}").status_code == 401


def test_the_session_cookie_is_one_for_https_only(proxy: Proxy, company: Company) -> None:
    with closing(proxy.sign_in(company)) as client:
        cookies = {cookie.name: (cookie.secure, cookie.path) for cookie in client.cookies.jar}
        assert cookies["__Host-zen_session"] == (True, "/")
        assert all(secure for secure, _path in cookies.values())
        page = client.get("/", headers=HTML)
        assert page.status_code == 200
        assert "max-age" in page.headers["strict-transport-security"]


def test_a_browser_stays_with_one_process_and_browsers_share_the_processes(proxy: Proxy, company: Company) -> None:
    path = "/assets/zen.css"
    with closing(proxy.sign_in(company)) as client:
        for _ in range(12):
            assert client.get(path).status_code == 200
    assert len(set(proxy.processes_asked(path, at_least=12))) == 1
    for number in range(24):
        with proxy.client(cookies={"__Host-zen_session": f"{number:043}"}) as client:
            client.get(path)
    assert len(set(proxy.processes_asked(path, at_least=36))) == 2


def test_a_page_opens_its_websocket(proxy: Proxy, company: Company) -> None:
    with (
        closing(proxy.sign_in(company)) as client,
        closing(open_websocket(proxy.url, client.cookies, proxy.trust)) as socket,
    ):
        assert socket.subprotocol == "streamlit"


def test_a_request_has_one_id_in_both_logs(proxy: Proxy) -> None:
    with proxy.client() as client:
        request_id = client.get("/auth/sign-in").headers["x-request-id"]
    assert wait_until(lambda: request_id in proxy.log.read_text(), timeout=10)
    assert wait_until(lambda: any(request_id in app.log.read_text() for app in proxy.apps), timeout=10)


def test_readiness_is_not_for_the_world(proxy: Proxy) -> None:
    with proxy.client() as client:
        assert client.get("/ready").status_code == 404
    assert httpx.get(f"{proxy.apps[0].url}/ready").status_code == 200


def test_when_a_process_ends_the_other_one_serves_its_browsers(proxy: Proxy, company: Company) -> None:
    with closing(proxy.sign_in(company)) as client:
        path = "/auth/style.css"
        client.get(path)
        held = proxy.processes_asked(path, at_least=1)[-1]
        (app,) = [app for app in proxy.apps if urlsplit(app.url).netloc == held]
        app.stop()
        assert client.get("/", headers=HTML).status_code == 200


class Unit(configparser.ConfigParser):
    """A unit file: keys with capitals, and a percent sign that means the instance."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def read_unit(name: str) -> configparser.SectionProxy:
    parsed = Unit(interpolation=None)
    parsed.read(DEPLOY / name)
    return parsed["Service"]


@pytest.fixture
def unit() -> configparser.SectionProxy:
    return read_unit("zen@.service")


def read_environment_file(name: str = "zen.env") -> dict[str, str]:
    lines = [line for line in (DEPLOY / name).read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_the_environment_file_holds_no_secret_key() -> None:
    environment = read_environment_file()
    assert list(environment) == [*SETTINGS, "ZEN_ALLOWED_HOSTS", "FORWARDED_ALLOW_IPS"]
    assert environment["ZEN_SESSION_SECRET"] == ""
    require_unprivileged_key(environment["SUPABASE_PUBLISHABLE_KEY"])


def test_the_units_command_serves_and_ends_on_sigterm_with_a_page_open(
    stack: local.LocalStack, company: Company, unit: configparser.SectionProxy, tmp_path: Path
) -> None:
    port, settings = free_port(), server_environment(stack)
    command = shlex.split(unit["ExecStart"].replace("%i", str(port)).replace("/opt/zen/.venv", sys.prefix))
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"} | {name: settings[name] for name in SETTINGS}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=log, stderr=log)
    app = AppServer(f"http://127.0.0.1:{port}", tmp_path / "log", process)
    try:
        app.wait_for("ok")
        form = {"email": company.csm.email, "password": PASSWORD}
        cookies = httpx.post(f"{app.url}/auth/sign-in", data=form, headers={"Origin": app.url}).cookies
        with closing(open_websocket(app.url, cookies)):
            process.send_signal(signal.SIGTERM)
            # uvicorn ends in good order and then by the signal, which systemd takes for success.
            assert process.wait(int(unit["TimeoutStopSec"])) == -signal.SIGTERM
    finally:
        process.kill()
    text = app.log.read_text()
    assert '"message": "the server stops"' in text
    assert '"message": "Application shutdown complete."' in text
    assert "Traceback" not in text


def test_the_workers_settings_are_its_own_and_hold_no_real_key() -> None:
    environment = read_environment_file("worker.env")
    assert list(environment) == ["SUPABASE_URL", "SUPABASE_SECRET_KEY", "ZEN_SMTP_URL", "ZEN_MAIL_FROM", "ZEN_APP_URL"]
    assert environment["SUPABASE_SECRET_KEY"] == ""
    app, worker = read_unit("zen@.service"), read_unit("zen-worker.service")
    assert app["User"] != worker["User"]
    assert app["EnvironmentFile"] != worker["EnvironmentFile"]


def test_the_workers_command_with_its_settings_works_and_ends_on_sigterm(
    stack: local.LocalStack, tmp_path: Path
) -> None:
    unit = read_unit("zen-worker.service")
    command = shlex.split(unit["ExecStart"].replace("/opt/zen/.venv", sys.prefix))
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"} | read_environment_file("worker.env")
    # No key: what this database has to do is other tests' business.
    environment |= {"SUPABASE_URL": stack.url, "SUPABASE_SECRET_KEY": "sb_secret_" + "0" * 32}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=log, stderr=log)
    try:
        assert wait_until(lambda: "no job can be claimed" in (tmp_path / "log").read_text(), timeout=30)
        process.send_signal(signal.SIGTERM)
        assert process.wait(int(unit["TimeoutStopSec"])) == 0
    finally:
        process.kill()
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.parametrize("name", ["zen@.service", "zen-worker.service"])
def test_systemd_accepts_the_unit(tmp_path: Path, name: str) -> None:
    text = (DEPLOY / name).read_text()
    assert ("%i" in text) == ("@" in name)
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("No systemd on this machine: apt-get install systemd")
    file = tmp_path / name
    file.write_text(text.replace("/opt/zen/.venv", sys.prefix))
    done = subprocess.run([analyze, "verify", file], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if name.split(".")[0] in line]
    assert (done.returncode, complaints) == (0, []), done.stderr

"""How many launches a second, and at what cost, beside stock PyLTI1p3 and beside a floor."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs, urlsplit

import psutil
import requests
from bs4 import BeautifulSoup

from config.settings import Environment
from lti_tool.cli.local import ROOT, local_settings, process_environment, web_command
from lti_tool.cli.processes import Child, answers, free_port, spawn, wait_until_ready
from tests.benchmarks.figures import Figure, beside
from tests.benchmarks.platform import (
    CLIENT_ID,
    DEPLOYMENT_ID,
    ISSUER,
    Platform,
    new_user,
    running_platform,
)
from tests.servers.tool import run_command

USERS, ROUNDS, LAUNCHES = 40, 5, 60
ONE_WORKER = {"WEB_CONCURRENCY": "1", "WEB_THREADS": "4"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Median of the rounds: launches a second, and CPU milliseconds for each."""

    rate: float
    cpu_ms: float


def measure(folder: Path) -> list[Figure]:
    """Measure ours, stock and floor in turn, several rounds, and compare the medians."""
    with running_platform() as platform, _servers(folder, platform) as (tool, peers):
        lanes = {
            "ours": (tool, _ours(platform, tool.url, tool.registration_id)),
            "stock": (peers, _stock(platform, peers.url)),
            "floor": (peers, _floor(platform, peers.url)),
        }
        costs: dict[str, list[Cost]] = {name: [] for name in lanes}
        for _ in range(ROUNDS + 1):  # the first round warms up and is thrown away
            for name, (server, launch) in lanes.items():
                costs[name].append(_round(server.child, launch))
    middle = {
        name: Cost(
            rate=median(cost.rate for cost in rounds[1:]),
            cpu_ms=median(cost.cpu_ms for cost in rounds[1:]),
        )
        for name, rounds in costs.items()
    }
    return [
        beside(
            "launch.rate_vs_stock_pylti1p3",
            middle["ours"].rate,
            middle["stock"].rate,
            unit="launches/s",
            goal="ratio >= 1",
        ),
        beside(
            "launch.cpu_vs_floor",
            middle["ours"].cpu_ms,
            middle["floor"].cpu_ms,
            unit="ms CPU",
            goal="ratio <= 4",
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A gunicorn of one worker."""

    child: Child
    url: str
    registration_id: str = ""


@contextmanager
def _servers(folder: Path, platform: Platform) -> Iterator[tuple[Server, Server]]:
    folder.mkdir(parents=True, exist_ok=True)
    tool = _tool(folder, platform)
    peers = _peers(folder, platform)
    try:
        yield tool, peers
    finally:
        tool.child.stop()
        peers.child.stop()


def _tool(folder: Path, platform: Platform) -> Server:
    port = free_port(0)
    url = f"http://localhost:{port}"
    settings = local_settings(
        folder, environment=Environment.test, tool_url=url, google_url="http://127.0.0.1:9"
    )
    run_command(settings, "migrate")
    registered = json.loads(
        run_command(
            settings,
            "register", "--profile", "canvas", "--issuer", ISSUER, "--client-id", CLIENT_ID,
            "--auth-login-url", "https://bench.example/auth",
            "--token-url", "https://bench.example/token",
            "--jwks-url", platform.jwks_url, "--json",
        )
    )  # fmt: skip
    run_command(
        settings,
        "approve", "--registration", registered["registration_id"],
        "--deployment", DEPLOYMENT_ID, "--organization", "Bench", "--school", "Bench",
        "--time-zone", "UTC", "--coordinator", "coordinator",
    )  # fmt: skip
    child = spawn(
        "bench-web",
        web_command(port),
        log=folder / "bench-web.log",
        folder=ROOT,
        environment={**process_environment(settings), **ONE_WORKER},
    )
    wait_until_ready(child, lambda: answers(url))
    return Server(child=child, url=url, registration_id=registered["registration_id"])


def _peers(folder: Path, platform: Platform) -> Server:
    port = free_port(0)
    url = f"http://localhost:{port}"
    configuration = folder / "peers.json"
    configuration.write_text(
        json.dumps(
            {
                "database_url": f"sqlite:///{folder / 'peers.db'}",
                "jwks_url": platform.jwks_url,
                "key_set": platform.key_set,
            }
        )
    )
    command = [*web_command(port)[:-1], "tests.benchmarks.peers:create_app()"]
    child = spawn(
        "bench-peers",
        command,
        log=folder / "bench-peers.log",
        folder=ROOT,
        environment={
            **process_environment({}),
            **ONE_WORKER,
            "BENCH_CONFIGURATION": str(configuration),
            "PYTHONPATH": str(ROOT),
        },
    )
    wait_until_ready(child, lambda: answers(url))
    return Server(child=child, url=url)


def _round(child: Child, launch: Callable[[requests.Session, str], None]) -> Cost:
    users = [new_user() for _ in range(USERS)]
    before, began = _cpu_seconds(child), time.perf_counter()
    for number in range(LAUNCHES):
        with requests.Session() as browser:
            launch(browser, users[number % USERS])
    spent = time.perf_counter() - began
    return Cost(rate=LAUNCHES / spent, cpu_ms=(_cpu_seconds(child) - before) / LAUNCHES * 1000)


def _cpu_seconds(child: Child) -> float:
    root = psutil.Process(child.process.pid)
    times = [process.cpu_times() for process in (root, *root.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


def _ours(
    platform: Platform, url: str, registration_id: str
) -> Callable[[requests.Session, str], None]:
    target = f"{url}/lti/launch"

    def launch(browser: requests.Session, user: str) -> None:
        login = browser.post(
            f"{url}/lti/login/{registration_id}",
            data={"iss": ISSUER, "login_hint": user, "target_link_uri": target},
        )
        block = BeautifulSoup(login.text, "html.parser").find(id="launch")
        if block is None:
            raise AssertionError(login.text[:500])
        asked = parse_qs(urlsplit(json.loads(block.get_text())["auth_url"]).query)
        answer = browser.post(
            target,
            data={
                "state": asked["state"][0],
                "id_token": platform.message(nonce=asked["nonce"][0], target=target, user=user),
            },
            cookies={cookie.name: cookie.value or "" for cookie in browser.cookies},
        )
        _must(answer)

    return launch


def _stock(platform: Platform, url: str) -> Callable[[requests.Session, str], None]:
    target = f"{url}/stock/launch"

    def launch(browser: requests.Session, user: str) -> None:
        login = browser.post(
            f"{url}/stock/login",
            data={
                "iss": ISSUER,
                "client_id": CLIENT_ID,
                "login_hint": user,
                "target_link_uri": target,
            },
            allow_redirects=False,
        )
        asked = parse_qs(urlsplit(login.headers["Location"]).query)
        answer = browser.post(
            target,
            data={
                "state": asked["state"][0],
                "id_token": platform.message(nonce=asked["nonce"][0], target=target, user=user),
            },
            cookies={cookie.name: cookie.value or "" for cookie in browser.cookies},
        )
        _must(answer)

    return launch


def _floor(platform: Platform, url: str) -> Callable[[requests.Session, str], None]:
    def launch(browser: requests.Session, user: str) -> None:
        _must(browser.post(f"{url}/floor/login", data={"iss": ISSUER}))
        token = platform.message(nonce="none", target=url, user=user)
        _must(browser.post(f"{url}/floor/launch", data={"id_token": token}))

    return launch


def _must(answer: requests.Response) -> None:
    if not answer.ok:
        print(answer.text[:2000], file=sys.stderr)
        answer.raise_for_status()

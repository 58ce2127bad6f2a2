"""How long the web server takes to answer, and how much memory web and worker hold at rest."""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import psutil

from config.settings import Environment
from lti_tool.cli.local import (
    ROOT,
    local_settings,
    process_environment,
    web_command,
    worker_command,
)
from lti_tool.cli.processes import Child, answers, free_port, spawn, wait_until_ready
from tests.benchmarks.figures import Figure, beside
from tests.servers.tool import run_command

ROUNDS = 3
READY = "ready."
MEGABYTE = 1024 * 1024
BARE_WEB = "flask:Flask('bare')"
BARE_WORKER = "celery.app:default_app"


def measure(folder: Path) -> list[Figure]:
    """Start ours and the bare frameworks in turn, and compare the medians."""
    port = free_port(0)
    settings = local_settings(
        folder,
        environment=Environment.test,
        tool_url=f"http://localhost:{port}",
        google_url="http://127.0.0.1:9",
    )
    run_command(settings, "migrate")
    environment = process_environment(settings)
    ours = [_web(folder, web_command(port), port, environment) for _ in range(ROUNDS)]
    bare = [
        _web(folder, [*web_command(port)[:-1], BARE_WEB], port, environment) for _ in range(ROUNDS)
    ]
    worker = _worker_memory(folder, worker_command(), environment)
    plain = [
        sys.executable, "-m", "celery", "-b", "memory://", "worker", "-P", "threads", "-c", "4",
        "-l", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip
    return [
        beside(
            "start.web_seconds",
            median(seconds for seconds, _ in ours),
            median(seconds for seconds, _ in bare),
            unit="s",
            goal="<= 5 s",
        ),
        beside(
            "start.web_rss_mb",
            median(memory for _, memory in ours),
            median(memory for _, memory in bare),
            unit="MB (master + 2)",
            goal="<= 400 MB",
        ),
        beside(
            "start.worker_rss_mb",
            worker,
            _worker_memory(folder, plain, environment),
            unit="MB",
            goal="<= 250 MB",
        ),
    ]


def _web(
    folder: Path, command: list[str], port: int, environment: Mapping[str, str]
) -> tuple[float, float]:
    began = time.perf_counter()
    child = spawn(
        "start-web", command, log=folder / "start.log", folder=ROOT, environment=environment
    )
    try:
        wait_until_ready(child, lambda: answers(f"http://localhost:{port}"))
        return time.perf_counter() - began, _memory(child)
    finally:
        child.stop()


def _worker_memory(folder: Path, command: list[str], environment: Mapping[str, str]) -> float:
    log = folder / f"start-worker-{len(command)}.log"
    child = spawn("start-worker", command, log=log, folder=ROOT, environment=environment)
    try:
        wait_until_ready(child, lambda: log.exists() and READY in log.read_text())
        return _memory(child)
    finally:
        child.stop()


def _memory(child: Child) -> float:
    root = psutil.Process(child.process.pid)
    family = (root, *root.children(recursive=True))
    return float(sum(process.memory_info().rss for process in family)) / MEGABYTE

"""What the story costs: statements of the most expensive page, requests to Google for a slot."""

import json
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure
from tests.servers.stack import SetUp, running_stack
from tests.story import play

PAGES_GOAL, GOOGLE_GOAL = 30, 8


def measure(folder: Path) -> list[Figure]:
    """Play the story once and read the log of the web server and the report of the story."""
    report = folder / "report.json"
    with running_stack(SetUp.single, folder) as stack:
        play(stack, profile="canvas", privacy="public", report=report)
        lines = _requests(folder / "web.log")
    pages = [line for line in lines if line["method"] == "GET" and line["status"] == 200]
    most = max(pages, key=lambda line: line["statements"])
    writes = [line for line in lines if line["method"] == "POST" and line["status"] < 400]
    requests = json.loads(report.read_text())["google_requests_per_slot"]
    return [
        Figure(
            name="pages.statements_max",
            value=most["statements"],
            unit=f"({most['route']})",
            goal=f"<= {PAGES_GOAL}",
        ),
        Figure(
            name="writes.statements_max",
            value=max(line["statements"] for line in writes),
            unit="statements",
            goal="",
        ),
        Figure(
            name="google.requests_per_slot",
            value=requests,
            unit="requests",
            beside=4,
            ratio=requests / 4,
            goal=f"<= {GOOGLE_GOAL} (beside: create, co-host, read back, event)",
        ),
    ]


def _requests(log: Path) -> list[dict[str, Any]]:
    found = []
    for line in log.read_text().splitlines():
        if line.startswith("{"):
            entry = json.loads(line)
            if entry.get("event") == "request" and "statements" in entry:
                found.append(entry)
    return found

"""Run the stand-in LMS and the stand-in Google: ``python -m sandbox --state DIR``."""

import argparse
import os
import sys
import threading
from pathlib import Path

from werkzeug.serving import make_server

from sandbox.google.app import create_app as create_google
from sandbox.lms.app import create_app as create_lms
from sandbox.store import Store


def main() -> int:
    """Serve both until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps the documents")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--lms-port", type=int, default=9101)
    parser.add_argument("--google-port", type=int, default=9102)
    parser.add_argument("--tool-url", default="http://localhost:9100")
    arguments = parser.parse_args()
    if os.environ.get("CAREER_MENTORING_ENVIRONMENT") == "production":
        print("The sandbox does not start in production.", file=sys.stderr)
        return 2
    arguments.state.mkdir(parents=True, exist_ok=True)
    lms_url = f"http://{arguments.host}:{arguments.lms_port}"
    google_url = f"http://{arguments.host}:{arguments.google_port}"
    servers = [
        make_server(
            arguments.host,
            arguments.lms_port,
            create_lms(Store(arguments.state / "lms.db"), url=lms_url, tool_url=arguments.tool_url),
            threaded=True,
        ),
        make_server(
            arguments.host,
            arguments.google_port,
            create_google(
                Store(arguments.state / "google.db"), url=google_url, tool_url=arguments.tool_url
            ),
            threaded=True,
        ),
    ]
    threads = [threading.Thread(target=server.serve_forever, daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    print(f"sandbox ready: LMS {lms_url}, Google {google_url}", flush=True)
    try:
        for thread in threads:
            thread.join()
    except KeyboardInterrupt:
        for server in servers:
            server.shutdown()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

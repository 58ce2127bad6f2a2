"""The tool at the address that the platform knows, for as long as the platform reads from it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from werkzeug.serving import make_server

from tests.functional.launch.world import World


@contextmanager
def served(world: World) -> Iterator[None]:
    port = urlsplit(world.public_url).port
    server = make_server("127.0.0.1", port or 80, world.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

"""The Flask application of the stand-in Google."""

from flask import Flask, Response

from sandbox.google import control, gateway, pages
from sandbox.google.seed import seed
from sandbox.google.world import World
from sandbox.store import Store

VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
SERVICES = {
    "/calendar/v3/<path:rest>": "calendar",
    "/drive/v3/<path:rest>": "drive",
    "/v1/<path:rest>": "forms",
    "/v2/<path:rest>": "meet",
}


def create_app(store: Store, *, url: str, tool_url: str) -> Flask:
    """Return the application that serves tokens, the APIs, the control API and the pages."""
    app = Flask(__name__)
    world = World(store=store, url=url.rstrip("/"), tool_url=tool_url.rstrip("/"))
    app.extensions["world"] = world
    seed(world)
    app.register_blueprint(control.blueprint)
    app.register_blueprint(pages.blueprint)

    @app.post("/token")
    def token() -> Response:
        return gateway.token(world)

    def api(service: str, rest: str) -> Response:
        return gateway.answer(world, service)

    for rule, service in SERVICES.items():
        app.add_url_rule(
            rule, endpoint=service, view_func=api, methods=VERBS, defaults={"service": service}
        )
    return app

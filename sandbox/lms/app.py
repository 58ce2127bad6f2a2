"""The platform as one Flask application."""

from flask import Flask, Response, jsonify, make_response, render_template

from sandbox.lms import (
    authorize,
    control,
    deep_linking,
    grades,
    names_roles,
    pages,
    scores,
    seed,
    token,
    traffic,
)
from sandbox.lms.platform import Lms
from sandbox.lms.refusals import BrowserRefusalError, ServiceRefusalError, TokenRefusalError
from sandbox.store import Store


def create_app(store: Store, *, url: str, tool_url: str) -> Flask:
    """Build the platform on its store, served at `url`, for the tool at `tool_url`."""
    app = Flask(__name__)
    app.extensions["lms"] = Lms(store=store, url=url, tool_url=tool_url)
    seed.plant(store)
    traffic.watch(app)
    for part in (authorize, token, names_roles, grades, scores, deep_linking, control, pages):
        app.register_blueprint(part.blueprint)
    app.register_error_handler(BrowserRefusalError, _refuse_browser)
    app.register_error_handler(ServiceRefusalError, _refuse_service)
    app.register_error_handler(TokenRefusalError, _refuse_token)
    return app


def _refuse_browser(refusal: BrowserRefusalError) -> Response:
    return make_response(render_template("refusal.html", fault=refusal.fault), 400)


def _refuse_service(refusal: ServiceRefusalError) -> Response:
    response = jsonify(errors=[{"message": refusal.fault}])
    response.status_code = refusal.status
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="sandbox"'
    return response


def _refuse_token(refusal: TokenRefusalError) -> Response:
    response = jsonify(error=refusal.error, error_description=refusal.fault)
    response.status_code = 401 if refusal.error == "invalid_client" else 400
    response.headers["Cache-Control"] = "no-store"
    return response

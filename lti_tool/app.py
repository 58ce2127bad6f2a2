"""The Flask application: ``gunicorn 'lti_tool.app:create_app()'``."""

import os
import secrets
from collections.abc import Mapping

import structlog
from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config.keyring import Purpose
from config.logs import configure_logging
from config.settings import Settings, parse_settings
from lti_tool.bootstrap import Workshop, build_workshop
from lti_tool.db import count_statements_anew, statements_counted
from lti_tool.web import assets, blueprints, context, errors, security
from lti_tool.web.sessions import DerivedSessionInterface

log = structlog.get_logger(__name__)

LARGEST_REQUEST_BYTES = 2 * 1024 * 1024
FORM_TOKEN_SECONDS = 12 * 3600


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Build the application from the environment.

    :raises ConfigurationError: listing everything that is missing or wrong
    """
    settings = parse_settings(os.environ if environ is None else environ)
    configure_logging(settings.log_format)
    return build_app(settings, build_workshop(settings))


def build_app(settings: Settings, workshop: Workshop) -> Flask:
    """Build the application from parts that are there already."""
    app = Flask("lti_tool.web", static_folder="static", template_folder="templates")
    app.config.update(
        SECRET_KEY=settings.keyring.digest(Purpose.links, "form tokens"),
        WTF_CSRF_TIME_LIMIT=FORM_TOKEN_SECONDS,
        WTF_CSRF_SSL_STRICT=False,  # Sec-Fetch-Site is checked instead (decision 8)
        MAX_CONTENT_LENGTH=LARGEST_REQUEST_BYTES,
        RATELIMIT_STORAGE_URI=settings.limits_url,
    )
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies)  # type: ignore[method-assign]  # Flask's own way
    app.session_interface = DerivedSessionInterface()
    context.install(
        app,
        context.Tool(
            settings=settings,
            clock=workshop.clock,
            database=workshop.database,
            key_sets=workshop.ports.key_sets,
        ),
    )
    app.before_request(_begin_log)
    app.after_request(_end_log)
    security.install(app)
    errors.install(app)
    assets.install(app)
    csrf = CSRFProtect(app)
    for blueprint in blueprints.ALL:
        app.register_blueprint(blueprint)
    for view in blueprints.WITHOUT_FORM_TOKEN:
        csrf.exempt(view)
    return app


def _begin_log() -> None:
    g.request_id = secrets.token_hex(8)
    count_statements_anew()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end_log(response: Response) -> Response:
    # The route's template, never its path: paths carry ids of people (decision 18).
    route = request.url_rule.rule if request.url_rule else "-"
    if not route.startswith("/static"):
        log.info(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            statements=statements_counted(),
        )
    return response

"""What launches are measured against, served by the same gunicorn on the same kind of database.

``stock``: PyLTI1p3 as its documentation shows it, plus the one row that any tool would store.
``floor``: a view with one insert, and a view that checks one RS256 signature and inserts one row.
"""

import json
import os
import time
from typing import Any
from uuid import uuid4

import jwt
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from pylti1p3.contrib.flask.launch_data_storage.cache import FlaskCacheDataStorage
from pylti1p3.contrib.flask.message_launch import FlaskMessageLaunch
from pylti1p3.contrib.flask.oidc_login import FlaskOIDCLogin
from pylti1p3.contrib.flask.request import FlaskRequest
from pylti1p3.tool_config.dict import ToolConfDict
from sqlalchemy import Column, Engine, MetaData, String, Table, insert

from lti_tool.db import new_engine
from tests.benchmarks.platform import CLIENT_ID, DEPLOYMENT_ID, ISSUER, KID

ROWS = Table("launches", MetaData(), Column("id", String, primary_key=True), Column("user", String))


class Cache:
    """The interface of a Flask cache, in memory: the peer's cheapest choice."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        """Return what is stored."""
        return self._values.get(key)

    def set(self, key: str, value: Any, exp: int | None = None) -> None:
        """Store."""
        self._values[key] = value


def create_app() -> Flask:
    """Build the peers from the file that the environment names."""
    with open(os.environ["BENCH_CONFIGURATION"], encoding="utf-8") as file:  # noqa: PTH123 - three lines
        configuration = json.load(file)
    engine = new_engine(configuration["database_url"])
    ROWS.metadata.create_all(engine)
    app = Flask(__name__)
    app.secret_key = "bench"
    _add_stock(app, engine, configuration)
    _add_floor(app, engine, configuration)
    app.add_url_rule("/", view_func=lambda: "ready")
    return app


def _insert(engine: Engine, user: str) -> None:
    with engine.execution_options(career_mentoring_writes=True).begin() as connection:
        connection.execute(insert(ROWS).values(id=str(uuid4()), user=user))


def _add_stock(app: Flask, engine: Engine, configuration: dict[str, Any]) -> None:
    conf = ToolConfDict(
        {
            ISSUER: [
                {
                    "client_id": CLIENT_ID,
                    "auth_login_url": "https://bench.example/auth",
                    "auth_token_url": "https://bench.example/token",
                    "key_set_url": configuration["jwks_url"],
                    "deployment_ids": [DEPLOYMENT_ID],
                }
            ]
        }
    )
    storage = FlaskCacheDataStorage(Cache())

    def login() -> ResponseReturnValue:
        flow = FlaskOIDCLogin(FlaskRequest(), conf, launch_data_storage=storage)
        answer: ResponseReturnValue = flow.redirect(request.form["target_link_uri"])
        return answer

    def launch() -> ResponseReturnValue:
        message = FlaskMessageLaunch(FlaskRequest(), conf, launch_data_storage=storage)
        data = message.get_launch_data()
        _insert(engine, data["sub"])
        return jsonify(user=data["sub"])

    app.add_url_rule("/stock/login", "stock_login", view_func=login, methods=["POST"])
    app.add_url_rule("/stock/launch", "stock_launch", view_func=launch, methods=["POST"])


def _add_floor(app: Flask, engine: Engine, configuration: dict[str, Any]) -> None:
    keys = {key["kid"]: jwt.PyJWK(key).key for key in configuration["key_set"]["keys"]}

    def login() -> ResponseReturnValue:
        _insert(engine, str(time.time_ns()))
        return "ok"

    def launch() -> ResponseReturnValue:
        claims = jwt.decode(
            request.form["id_token"], keys[KID], algorithms=["RS256"], audience=CLIENT_ID
        )
        _insert(engine, claims["sub"])
        return "ok"

    app.add_url_rule("/floor/login", "floor_login", view_func=login, methods=["POST"])
    app.add_url_rule("/floor/launch", "floor_launch", view_func=launch, methods=["POST"])

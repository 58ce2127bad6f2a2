"""A tool small enough to read at a glance, that a real browser can be led through."""

import time
import uuid
from typing import Any

import jwt
from flask import Flask, render_template_string, request

from tests.contract.sandbox_lms.world import DL, LTI, FakeTool

LOGIN = """<!doctype html><html lang="en"><title>Login</title><body><script>
const ask = (frame, message, origin) => new Promise((resolve) => {
  const id = crypto.randomUUID();
  addEventListener("message", function hear(event) {
    if (event.origin === origin && event.data.message_id === id) {
      removeEventListener("message", hear);
      resolve(event.data);
    }
  });
  frame.postMessage({ ...message, message_id: id }, origin);
});
const origin = {{ origin|tojson }};
const storage = parent.frames["lti_storage"];
(async () => {
  const able = await ask(parent, { subject: "lti.capabilities" }, origin);
  const put = able.supported_messages.find((each) => each.subject === "lti.put_data");
  const message = { subject: "lti.put_data", key: "state", value: {{ state|tojson }} };
  await ask(parent.frames[put.frame], message, origin);
  location.assign({{ onward|tojson }});
})();
</script></body></html>"""

LAUNCH = """<!doctype html><html lang="en"><title>Launch</title><body>
<p id="who">{{ claims.get("given_name") }}</p><p id="kept">nothing</p><p id="refused"></p>
<script>
const hear = (event) => {
  if (event.data.message_id === "get") {
    document.getElementById("kept").textContent = event.data.value;
  } else if (event.data.message_id === "odd") {
    document.getElementById("refused").textContent = event.data.error.code;
  }
};
addEventListener("message", hear);
const storage = parent.frames["lti_storage"];
const origin = {{ origin|tojson }};
storage.postMessage({ subject: "lti.get_data", key: "state", message_id: "get" }, origin);
storage.postMessage({ subject: "lti.dance", message_id: "odd" }, origin);
parent.postMessage({ subject: "lti.frameResize", height: 911, message_id: "size" }, origin);
</script></body></html>"""

CHOICE = """<!doctype html><html lang="en"><title>Choose</title><body>
<form method="post" action="{{ settings.deep_link_return_url }}">
<input type="hidden" name="JWT" value="{{ token }}"><button>Add this reflection</button>
</form></body></html>"""


def browsable(tool: FakeTool) -> Flask:
    app = tool.app()

    @app.post("/login")
    def login() -> str:
        asked = request.form.to_dict()
        origin, _, profile = asked["iss"].rpartition("/")
        state = uuid.uuid4().hex
        fields = {
            "client_id": asked["client_id"],
            "redirect_uri": f"{tool.url}/launch",
            "response_type": "id_token",
            "response_mode": "form_post",
            "scope": "openid",
            "prompt": "none",
            "login_hint": asked["login_hint"],
            "lti_message_hint": asked["lti_message_hint"],
            "state": state,
            "nonce": uuid.uuid4().hex,
        }
        query = "&".join(f"{name}={value}" for name, value in fields.items())
        onward = f"{origin}/{profile}/authorize?{query}"
        return render_template_string(LOGIN, origin=origin, state=state, onward=onward)

    @app.post("/launch")
    def launch() -> str:
        claims = jwt.decode(request.form["id_token"], options={"verify_signature": False})
        if claims[f"{LTI}/message_type"] == "LtiDeepLinkingRequest":
            settings = claims[f"{DL}/deep_linking_settings"]
            token = tool.sign(_choice(claims, settings["data"]))
            return render_template_string(CHOICE, settings=settings, token=token)
        origin = claims["iss"].rpartition("/")[0]
        return render_template_string(LAUNCH, claims=claims, origin=origin)

    return app


def _choice(claims: dict[str, Any], data: str) -> dict[str, Any]:
    now = int(time.time())
    item = {"type": "ltiResourceLink", "title": "My first meeting", "lineItem": {"scoreMaximum": 5}}
    return {
        "iss": claims["aud"],
        "aud": claims["iss"],
        "iat": now,
        "exp": now + 60,
        "nonce": uuid.uuid4().hex,
        f"{LTI}/message_type": "LtiDeepLinkingResponse",
        f"{LTI}/version": "1.3.0",
        f"{LTI}/deployment_id": claims[f"{LTI}/deployment_id"],
        f"{DL}/data": data,
        f"{DL}/content_items": [item],
    }

"""A strict stand-in for the part of Google that the tool uses.

It serves the token endpoint, Calendar v3, Meet v2, Forms v1 and the sharing of forms in Drive v3,
with every request and every answer of its own checked against the discovery documents that ship
with google-api-python-client. What Google documents nowhere is decided on the strict side; the
module concerned says so.

For a client::

    POST /token                      JWT bearer grant; audience is this address or Google's own
    api_endpoint  <url>/calendar/v3/   <url>/drive/v3/   <url>/ (Meet, Forms)

Pages: ``/``, ``/calendars/<email>``, ``/meet/<code>`` (``?as=email:<email>``,
``?as=anonymous:<name>``, ``?as=phone:<number>``), ``/forms/<id>/viewform``
(``?usp=pp_url&entry.<decimal question id>=<text>``).

Control, all JSON. 400: the call makes no sense. 404: no such thing. 409: Google would not let it
happen, with the reason in ``error``. Times (``at``) are RFC 3339 with an offset; without one the
sandbox's clock is asked. In one room time never runs backwards.

::

    POST   /control/service-accounts            {domain, scopes[]} -> the key file
    POST   /control/service-accounts/<email>    {scopes[]?, disabled?}: narrow or revoke
    POST   /control/users                       {email, name, staff?, suspended?} -> {id, ...}
    GET    /control/users
    POST   /control/settings                    {page_size?, ignored_config?, readmission?}
    GET    /control/settings
    POST   /control/faults                      {service, method?, mode, times?, skip?, seconds?,
                                                 retry_after?}
    GET, DELETE /control/faults
    GET    /control/requests                    {requests: [{at, service, method, subject, query,
                                                 message, status}],
                                                 counts: {"calendar.events.insert": 1}}
    POST   /control/requests/reset
    POST   /control/sync-tokens/expire          every sync token answers 410 fullSyncRequired
    GET    /control/calendars, /events, /spaces, /forms (each below /control)
    POST   /control/calendars/<id>/events       an event made by hand: its owner is busy
    POST   /control/calendars/<id>/events/<id>  a merge patch by hand, or {rsvp: {email,
                                                 responseStatus}}
    POST   /control/spaces                      {owner, config?}: a room made by hand
    POST   /control/calls/<room>/join           who, at?, admitted_by? (knock and admit in one)
    POST   /control/calls/<room>/admit, /deny   who, by (e-mail), at?
    POST   /control/calls/<room>/leave          who, at?, lost? (the session keeps no end)
    POST   /control/calls/<room>/end            at?
    POST   /control/forms/<id>/responses        {respondentEmail?, answers: {title or question
                                                 id: text or [texts]}, at?, responseId? (edit)}

``<room>`` is a space's id or its meeting code. *Who* is one of ``{"email": ...}``,
``{"user": "users/<id>"}``, ``{"anonymous": "typed name"}``, ``{"phone": "+12125550134"}``.
``join`` answers ``{"state": "in_call" | "knocking", ...}``.

Fault services: token, calendar, meet, forms, drive. Methods are named as in the discovery
document without the service: ``events.insert``, ``spaces.members.create``. Modes:
``drop_after_send`` (done, but the connection closes without an answer), ``slow`` (``seconds``),
401, 403:rateLimitExceeded, 403:quotaExceeded, 403:forbidden, 404, 409, 410, 412, 429, 500, 503;
for the token endpoint also invalid_grant and unauthorized_client. ``skip`` lets that many matching
requests pass first. 429 and 503 carry Retry-After. In the log status 0 is a dropped answer.

Seeded: rivera, chen and okafor @harbor.example (staff); Jordan Ellis and Sam Patel (mentors) and
four students with accounts outside the school's domain.
"""

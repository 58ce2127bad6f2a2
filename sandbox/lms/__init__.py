"""A strict LTI 1.3 Advantage platform that plays Canvas and Schoology for the demo and the tests.

Everything lives in the store, so a restart keeps keys, registrations, links and grades. Pages for
people start at ``/``. Machines drive it through the control API; every body and answer is JSON.

Registrations
    ``POST /control/registrations`` ``{profile: canvas|schoology, privacy: public|anonymous, name,
    issuer?, client_id?, deployment_id?, page_size?, storage?, scopes?}`` answers the registration:
    ``client_id, issuer, deployment_id, auth_login_url, token_url, jwks_url, tool, settings``.
    A ``client_id`` that exists already answers that registration unchanged.
    ``PATCH /control/registrations/<client_id>`` sets what the platform knows of the tool:
    ``initiate_login_url, redirect_uris, jwks_url, target_link_uri, deep_linking_url, custom``,
    and the settings ``name, privacy, page_size, storage, scopes``.
    ``GET /control/registrations[/<client_id>]`` reads them.
    ``storage``: ``answers`` | ``silent`` (the frame is there, and mute) | ``wrong-origin`` (the
    frame comes from another host name) | ``absent`` (no frame, no ``lti_storage_target``).

Launches
    ``POST /control/launches`` ``{client_id, course, user, placement, link_id?, student?,
    masquerading_as?, misbehavior?}`` answers ``{login_url, method, fields}``: the login initiation
    that a visitor without a browser sends itself, and follows. ``placement``: ``course_navigation``
    | ``deep_linking`` | ``link`` | ``submission`` (the teacher opens what ``student`` handed in)
    | ``review`` (the same as an LtiSubmissionReviewRequest).
    ``masquerading_as`` names the person whom ``user`` acts as (Canvas only). A login hint made here
    stands for its person by itself; a hint made by a page works only in the browser that asked.
    ``misbehavior``: ``claims`` (replaced), ``drop`` (names), ``shift`` (claim: seconds from now),
    ``header`` (null drops), ``sign_with`` (``foreign|other-platform|none|hs256``), ``payload`` (the
    whole payload), ``replay`` (true: the nonce of the last launch), ``pad`` (bytes), ``state``
    (posted instead of the tool's), ``initiation`` (fields of the login replaced, null drops).

Reading
    ``GET /control/courses/<course>/people?client_id=`` who is enrolled, with ``sub`` and role.
    ``GET /control/courses/<course>/links?client_id=`` resource links with their line items.
    ``GET /control/courses/<course>/gradebook?client_id=`` columns; per student the current score,
    comment, and how many scores were posted. ``GET /control/scores?client_id=`` every post ever.
    ``GET /control/tokens`` token requests, and how many were answered with a token.
    ``GET /control/requests`` counts by endpoint.

Changing the world
    ``PATCH /control/courses/<course>/members/<user>`` ``{status?: Active|Inactive|Deleted, role?,
    section?}`` enrolls, moves or removes a person.
    ``POST /control/platforms/<profile>/rotate`` ``{surprise?: bool}``: the announced key signs from
    now on and a new one is announced; with ``surprise`` both keys are new.
    ``POST /control/faults`` ``{endpoint, mode, times, seconds?, location?, profile?}``: endpoint is
    ``jwks|token|names-roles|scores|line-items|results|authorize|deep-linking``, ``mode`` is
    ``500|503|401|403-rate|429|slow|drop-after|html|huge|redirect|empty|loop-next|foreign-next``.
    ``GET`` and ``DELETE /control/faults`` show and forget those still to come.
    ``drop-after`` does the work and then cuts the line.
"""

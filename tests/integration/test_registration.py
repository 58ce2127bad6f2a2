"""Registrations, approvals and keys, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import jwt
import pytest
from sqlalchemy import func, select

from lti_tool.db import Database
from lti_tool.models.people import GrantRecord, OrganizationRecord, PersonRecord, SchoolRecord
from lti_tool.models.registration import ConsumedStateRecord, DeploymentRecord
from lti_tool.ports.errors import NotAuthorizedError
from lti_tool.queries import registration as queries
from lti_tool.services import registration as services
from lti_tool.services.registration import (
    PUBLISHED_AFTER_SIGNING,
    PUBLISHED_BEFORE_SIGNING,
    Approval,
    NewRegistration,
    RegistrationError,
)
from tests.integration.conftest import NOW

CANVAS = NewRegistration(
    name="Harbor's Canvas",
    profile="canvas",
    issuer="https://canvas.instructure.com",
    client_id="10000000000007",
    auth_login_url="https://sso.canvaslms.com/api/lti/authorize_redirect",
    token_url="https://sso.canvaslms.com/login/oauth2/token",
    jwks_url="https://sso.canvaslms.com/api/lti/security/jwks",
)
APPROVAL = Approval(
    organization="Harbor City Schools",
    school="Harbor Career High School",
    time_zone="America/New_York",
    coordinators=("sub-of-okafor",),
    it_administrators=("sub-of-novak",),
)
MOMENT = timedelta(seconds=1)


def _register(database: Database, new: NewRegistration = CANVAS) -> UUID:
    with database.transaction() as session:
        return services.register(session, new, now=NOW)


def _deployment(database: Database, registration_id: UUID, lti_id: str = "7:abc") -> UUID:
    with database.transaction() as session:
        return services.seen_deployment(session, registration_id, lti_id, now=NOW).id


def _approve(
    database: Database, deployment_id: UUID, approval: Approval = APPROVAL
) -> services.Approved:
    with database.transaction() as session:
        return services.approve(session, deployment_id, approval, now=NOW)


def _counts(database: Database) -> tuple[int, ...]:
    rows = (OrganizationRecord, SchoolRecord, PersonRecord, GrantRecord, DeploymentRecord)
    with database.reading() as session:
        return tuple(session.scalar(select(func.count()).select_from(row)) or 0 for row in rows)


def test_registering_again_brings_the_registration_up_to_date(database: Database) -> None:
    first = _register(database)
    again = _register(database, replace(CANVAS, jwks_url="https://sso.canvaslms.com/new"))
    assert again == first
    with database.reading() as session:
        found = queries.registration(session, first)
    assert found is not None
    assert found.jwks_url == "https://sso.canvaslms.com/new"
    assert found.token_audience == CANVAS.token_url


def test_two_clients_of_one_issuer_are_two_registrations(database: Database) -> None:
    assert _register(database) != _register(database, replace(CANVAS, client_id="2"))


def test_addresses_that_lead_nowhere_are_all_named(database: Database) -> None:
    wrong = replace(CANVAS, token_url="ftp://x", jwks_url="nonsense", client_id="")
    with pytest.raises(RegistrationError, match=r"client_id, token-url, jwks-url"):
        _register(database, wrong)


def test_hosted_canvas_may_frame_from_every_customers_host(database: Database) -> None:
    new_id = _register(database)
    with database.reading() as session:
        found = queries.registration(session, new_id)
    assert found is not None
    assert found.owns("https://harbor.instructure.com/api/lti/courses/1/names_and_roles")
    assert found.owns("https://sso.canvaslms.com/anything")


@pytest.mark.parametrize(
    "url",
    [
        "https://harbor.instructure.com.evil.example/",
        "https://evilinstructure.com/",
        "http://harbor.instructure.com/",
        "https://harbor.instructure.com:8443/x@evil.example",
        "https://user@harbor.instructure.com/",
        "https://schoology.com/",
        "//harbor.instructure.com/",
        "",
    ],
)
def test_a_host_that_only_looks_alike_is_not_the_registrations(url: str) -> None:
    canvas = queries.Registration(
        id=uuid4(),
        name=CANVAS.name,
        profile=CANVAS.profile,
        issuer=CANVAS.issuer,
        client_id=CANVAS.client_id,
        auth_login_url=CANVAS.auth_login_url,
        token_url=CANVAS.token_url,
        token_audience=CANVAS.token_url,
        jwks_url=CANVAS.jwks_url,
        frame_origins=("https://*.instructure.com",),
    )
    is_taken = canvas.owns(url) and canvas.is_secure_enough(url)
    assert not is_taken


def test_approving_twice_changes_nothing(database: Database) -> None:
    deployment_id = _deployment(database, _register(database))
    first = _approve(database, deployment_id)
    before = _counts(database)
    assert _approve(database, deployment_id) == first
    assert _counts(database) == before == (1, 1, 2, 2, 1)


def test_two_deployments_of_one_school_share_organization_and_coordinator(
    database: Database,
) -> None:
    registration_id = _register(database)
    one = _approve(database, _deployment(database, registration_id, "1"))
    other = _approve(database, _deployment(database, registration_id, "2"))
    assert (one.organization_id, one.school_id) == (other.organization_id, other.school_id)
    assert one.coordinator_ids == other.coordinator_ids


def test_a_deployment_does_not_change_its_organization(database: Database) -> None:
    deployment_id = _deployment(database, _register(database))
    _approve(database, deployment_id)
    with pytest.raises(RegistrationError, match="another organization"):
        _approve(database, deployment_id, replace(APPROVAL, organization="Elsewhere"))
    assert _counts(database)[0] == 1


def test_a_deployment_that_nobody_knows_cannot_be_approved(database: Database) -> None:
    with pytest.raises(RegistrationError, match="no such deployment"):
        _approve(database, uuid4())


def test_a_deployment_seen_by_many_at_once_is_one(database: Database) -> None:
    registration_id = _register(database)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: _deployment(database, registration_id), range(8)))
    assert len(found) == 1


def test_a_state_is_consumed_once_by_many_at_once(database: Database) -> None:
    state_id = uuid4()

    def consume(_: int) -> bool:
        with database.transaction() as session:
            return services.consume_state(session, state_id, expires_at=NOW)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(consume, range(8))) == [False] * 7 + [True]


def test_old_states_are_forgotten(database: Database) -> None:
    with database.transaction() as session:
        for minutes in (-1, 1):
            services.consume_state(session, uuid4(), expires_at=NOW + timedelta(minutes=minutes))
        services.forget_states(session, before=NOW)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ConsumedStateRecord)) == 1


def _key(database: Database, at: timedelta = timedelta()) -> str:
    with database.reading() as session:
        return queries.signing_key(session, now=NOW + at).kid


def _published(database: Database, at: timedelta = timedelta()) -> list[str]:
    with database.reading() as session:
        return [key["kid"] for key in queries.published_keys(session, now=NOW + at)]


def _rotate(database: Database, **options: bool) -> str:
    with database.transaction() as session:
        return services.rotate_keys(session, now=NOW, **options)


def test_without_a_key_nothing_is_signed(database: Database) -> None:
    with database.reading() as session, pytest.raises(NotAuthorizedError):
        queries.signing_key(session, now=NOW)


def test_the_first_key_signs_at_once_and_registering_again_makes_no_other(
    database: Database,
) -> None:
    _register(database)
    _register(database)
    assert _published(database) == [_key(database)]


def test_a_new_key_is_published_before_it_signs_and_the_old_one_after(
    database: Database,
) -> None:
    _register(database)
    old = _key(database)
    new = _rotate(database)
    change, end = PUBLISHED_BEFORE_SIGNING, PUBLISHED_BEFORE_SIGNING + PUBLISHED_AFTER_SIGNING
    assert (_key(database, change - MOMENT), _key(database, change)) == (old, new)
    assert set(_published(database)) == set(_published(database, end - MOMENT)) == {old, new}
    assert _published(database, end) == [new]


def test_a_leaked_key_is_gone_at_once(database: Database) -> None:
    _register(database)
    new = _rotate(database, at_once=True)
    assert _published(database) == [new] == [_key(database)]


def test_what_is_published_verifies_what_is_signed(database: Database) -> None:
    _register(database)
    with database.reading() as session:
        key = queries.signing_key(session, now=NOW)
        published = queries.published_keys(session, now=NOW)
    token = jwt.encode({"a": 1}, queries.rsa_key(key.private_pem), "RS256", {"kid": key.kid})
    public = jwt.PyJWKSet.from_dict({"keys": published})[key.kid]
    assert jwt.decode(token, public, algorithms=["RS256"]) == {"a": 1}
    assert all("d" not in each for each in published)


@pytest.fixture
def closed(database: Database) -> Callable[[], bytes]:
    """Read the sealed key as an attacker with the database would."""

    def read() -> bytes:
        with database.reading() as session:
            connection = session.connection()
            row = connection.exec_driver_sql("SELECT private_key_sealed FROM tool_keys").one()
        return bytes(row[0])

    return read


def test_the_private_key_is_not_readable_in_the_database(
    database: Database, closed: Callable[[], bytes]
) -> None:
    _register(database)
    assert b"PRIVATE KEY" not in closed()

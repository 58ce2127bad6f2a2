from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from lti_tool.models.outbox import PromiseRecord
from lti_tool.models.people import GrantRecord
from lti_tool.models.registration import DeploymentRecord
from lti_tool.services import outbox
from lti_tool.services.messages import MAIL
from tests.functional.outside.school import School, get, has_form, submit


@pytest.fixture
def administrator(school: School) -> FlaskClient:
    with school.workshop.database.transaction() as session:
        session.add(
            GrantRecord(
                organization_id=school.world.organization_id,
                id=uuid4(),
                person_id=school.world.okafor_id,
                school_id=school.world.school_id,
                role="it-administrator",
                granted_at=school.now(),
            )
        )
    return school.signed_in(school.world.okafor_id)


def promise(school: School, *, dead: bool) -> None:
    with school.workshop.database.transaction() as session:
        outbox.promise(
            session,
            MAIL,
            organization_id=school.world.organization_id,
            key=uuid4(),
            now=school.now(),
        )
        if dead:
            session.execute(
                update(PromiseRecord).values(
                    is_open=False,
                    dead_at=school.now(),
                    error_code="refused",
                    error_remedy="Check the e-mail address.",
                )
            )


def install(school: School, deployment_id: str) -> UUID:
    with school.workshop.database.transaction() as session:
        row = DeploymentRecord(
            id=uuid4(),
            registration_id=school.world.registration_id,
            lti_deployment_id=deployment_id,
            first_seen_at=school.now(),
        )
        session.add(row)
    return row.id


class TestStuck:
    def test_says_what_to_do_and_tries_again(
        self, school: School, administrator: FlaskClient
    ) -> None:
        promise(school, dead=True)
        page = get(administrator, "/operations")
        assert "Send a mail" in page.text
        assert "Check the e-mail address." in page.text
        again = submit(administrator, page, "retry-promise")
        assert again.location == "/operations?said=promise-retried"
        assert "Nothing is stuck" in get(administrator, "/operations").text

    def test_is_shown_to_the_coordinator_too(self, school: School) -> None:
        promise(school, dead=True)
        page = get(school.signed_in(school.world.coordinator_id), "/operations")
        assert has_form(page, "retry-promise")

    def test_is_not_shown_to_supervisors(self, school: School) -> None:
        assert get(school.signed_in(school.world.rivera_id), "/operations").status_code == 403

    def test_lists_what_is_on_its_way(self, school: School, administrator: FlaskClient) -> None:
        promise(school, dead=False)
        page = get(administrator, "/operations").text
        assert "On its way" in page
        assert "Nothing is stuck" in page


class TestApproval:
    def test_takes_the_installation_whose_id_is_typed(
        self, school: School, administrator: FlaskClient
    ) -> None:
        deployment_id = install(school, "second-course")
        page = get(administrator, "/operations")
        assert "Waits for approval" in page.text
        assert "second-course" not in page.text
        done = submit(administrator, page, "approve-deployment", deployment_id="second-course")
        assert done.location == "/operations?said=deployment-approved"
        with school.workshop.database.reading() as session:
            row = session.get_one(DeploymentRecord, deployment_id)
            assert row.school_id == school.world.school_id
            assert row.approved_at is not None

    def test_of_an_unknown_id_changes_nothing_and_keeps_what_was_typed(
        self, school: School, administrator: FlaskClient
    ) -> None:
        install(school, "second-course")
        page = get(administrator, "/operations")
        refused = submit(administrator, page, "approve-deployment", deployment_id="another")
        assert refused.status_code == 422
        assert 'value="another"' in refused.text
        assert "Open the tool once from the new course" in refused.text

    def test_is_not_for_the_coordinator(self, school: School) -> None:
        install(school, "second-course")
        page = get(school.signed_in(school.world.coordinator_id), "/operations")
        assert not has_form(page, "approve-deployment")

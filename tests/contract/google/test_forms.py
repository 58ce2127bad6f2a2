from datetime import datetime, timedelta

import pytest

from integrations.google._client import GoogleClient
from integrations.google.forms import GoogleForms
from lti_tool.ports.errors import NotFoundError, RefusedError, UnavailableError
from lti_tool.ports.google import Account, FormContent, Question
from tests.servers.google import GoogleServer

CONTENT = FormContent(
    title="Career Mentoring",
    description="Two minutes.",
    questions=(
        Question(question_id="00c0de01", title="Your code", kind="text", is_required=False),
        Question(question_id="00c0de02", title="How was it?", kind="scale", is_required=True),
        Question(
            question_id="00c0de03", title="What did you learn?", kind="text", is_required=False
        ),
    ),
)
AT = "2026-11-24T16:00:00Z"


@pytest.fixture
def forms(client: GoogleClient) -> GoogleForms:
    return GoogleForms(client)


@pytest.fixture
def published(forms: GoogleForms, account: Account) -> str:
    return make(forms, account)


def make(forms: GoogleForms, account: Account) -> str:
    form_id = forms.create(account, CONTENT.title).form_id
    forms.fill(account, form_id, CONTENT)
    forms.publish(account, form_id)
    forms.share(account, form_id)
    return form_id


def answer(google: GoogleServer, form_id: str, at: str = AT, **more: object) -> str:
    given = {"Your code": "abc", "How was it?": "4"}
    body = {"answers": given, "at": at, **more}
    made = google.control(f"/forms/{form_id}/responses", body)
    return str(made["responseId"])


def test_a_new_form_is_not_published(forms: GoogleForms, account: Account) -> None:
    made = forms.create(account, CONTENT.title)
    assert not made.is_published
    assert made.responder_url.endswith(f"/forms/{made.form_id}/viewform")
    assert forms.read(account, made.form_id) == made


def test_a_filled_form_has_our_question_ids(forms: GoogleForms, account: Account) -> None:
    form_id = forms.create(account, CONTENT.title).form_id
    forms.fill(account, form_id, CONTENT)
    assert forms.read(account, form_id).question_ids == ("00c0de01", "00c0de02", "00c0de03")


def test_filling_twice_is_refused_and_adds_nothing(forms: GoogleForms, account: Account) -> None:
    form_id = forms.create(account, CONTENT.title).form_id
    forms.fill(account, form_id, CONTENT)
    with pytest.raises(RefusedError):
        forms.fill(account, form_id, CONTENT)
    assert len(forms.read(account, form_id).question_ids) == 3


def test_publishing_and_sharing_may_be_repeated(
    forms: GoogleForms, account: Account, published: str
) -> None:
    forms.publish(account, published)
    forms.share(account, published)
    assert forms.read(account, published).is_published


def test_anybody_with_the_link_answers_and_no_address_is_kept(
    forms: GoogleForms, account: Account, published: str, google: GoogleServer
) -> None:
    response_id = answer(google, published)
    (response,) = forms.responses(account, published, since=None)
    assert response.response_id == response_id
    assert response.answers == {"00c0de01": ("abc",), "00c0de02": ("4",)}
    assert response.respondent_address is None


def test_only_what_came_since_is_listed_and_edits_come_again(
    forms: GoogleForms, account: Account, published: str, google: GoogleServer
) -> None:
    first = answer(google, published)
    since = datetime.fromisoformat(AT) + timedelta(minutes=1)
    assert forms.responses(account, published, since=since) == ()
    answer(google, published, "2026-11-24T16:05:00Z", responseId=first)
    (edited,) = forms.responses(account, published, since=since)
    assert edited.response_id == first
    assert edited.submitted_at == datetime.fromisoformat("2026-11-24T16:05:00Z")


def test_every_page_is_read(
    forms: GoogleForms, account: Account, published: str, google: GoogleServer
) -> None:
    google.control("/settings", {"page_size": 2})
    for minute in range(5):
        answer(google, published, f"2026-11-24T16:0{minute}:00Z")
    assert len(forms.responses(account, published, since=None)) == 5


@pytest.mark.parametrize(
    "method", ["forms.create", "forms.batchUpdate", "forms.setPublishSettings"]
)
def test_a_lost_answer_is_one_request_and_an_unknown_outcome(
    method: str, forms: GoogleForms, account: Account, google: GoogleServer
) -> None:
    google.fault("forms", "drop_after_send", method)
    with pytest.raises(UnavailableError):
        make(forms, account)
    assert google.counts()[f"forms.{method}"] == 1


def test_a_form_that_is_not_there_is_not_found(forms: GoogleForms, account: Account) -> None:
    with pytest.raises(NotFoundError):
        forms.read(account, "1never")

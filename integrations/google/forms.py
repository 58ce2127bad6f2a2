"""Google Forms v1: forms that are unpublished until they are complete, and their responses."""

from datetime import UTC, datetime
from typing import Any

from integrations.google._client import Api, GoogleClient, expect, moment
from lti_tool.ports.google import Account, FormContent, FormResponse, Question, RemoteForm

LOWEST, HIGHEST = 1, 5


class GoogleForms:
    """Forms in the accounts of staff."""

    def __init__(self, client: GoogleClient) -> None:
        """Send through `client`."""
        self._client = client

    def create(self, account: Account, title: str) -> RemoteForm:
        """Create an unpublished form; a lost answer leaves one that nobody can open."""
        return _form(
            self._client.call(
                Api.forms,
                account,
                lambda forms: forms.forms().create(
                    unpublished=True, body={"info": {"title": title, "documentTitle": title}}
                ),
            )
        )

    def read(self, account: Account, form_id: str) -> RemoteForm:
        """Read the form back."""
        answer = self._client.call(
            Api.forms, account, lambda forms: forms.forms().get(formId=form_id)
        )
        expect(answer, "formId", form_id)
        return _form(answer)

    def fill(self, account: Account, form_id: str, content: FormContent) -> None:
        """Add description, settings and all questions; Google takes all of it or nothing."""
        requests = [
            {
                "updateFormInfo": {
                    "info": {"description": content.description},
                    "updateMask": "description",
                }
            },
            {
                # Who answers we know by our own token; no address is asked for or kept.
                "updateSettings": {
                    "settings": {"emailCollectionType": "DO_NOT_COLLECT"},
                    "updateMask": "emailCollectionType",
                }
            },
            *(_create_item(question, index) for index, question in enumerate(content.questions)),
        ]
        self._client.call(
            Api.forms,
            account,
            lambda forms: forms.forms().batchUpdate(formId=form_id, body={"requests": requests}),
        )

    def publish(self, account: Account, form_id: str) -> None:
        """Publish and accept responses; a published form stays published."""
        state = {"isPublished": True, "isAcceptingResponses": True}
        answer = self._client.call(
            Api.forms,
            account,
            lambda forms: forms.forms().setPublishSettings(
                formId=form_id,
                body={"publishSettings": {"publishState": state}, "updateMask": "publishState"},
            ),
        )
        expect(answer, "formId", form_id)

    def share(self, account: Account, form_id: str) -> None:
        """Let anybody with the link answer; the same permission twice is one."""
        self._client.call(
            Api.drive,
            account,
            lambda drive: drive.permissions().create(
                fileId=form_id, body={"type": "anyone", "role": "reader", "view": "published"}
            ),
        )

    def responses(
        self, account: Account, form_id: str, *, since: datetime | None
    ) -> tuple[FormResponse, ...]:
        """List responses last submitted at or after `since`, every page."""
        narrowed = {"filter": f"timestamp >= {_zulu(since)}"} if since else {}
        found = self._client.pages(
            Api.forms,
            account,
            lambda forms, token: (
                forms.forms()
                .responses()
                .list(formId=form_id, pageSize=5000, pageToken=token, **narrowed)
            ),
            "responses",
        )
        return tuple(_response(item) for item in found)


def _create_item(question: Question, index: int) -> dict[str, Any]:
    if question.kind == "scale":
        body: dict[str, Any] = {
            "scaleQuestion": {
                "low": LOWEST,
                "high": HIGHEST,
                "lowLabel": "Not at all",
                "highLabel": "Very much",
            }
        }
    else:
        body = {"textQuestion": {"paragraph": True}}
    return {
        "createItem": {
            "item": {
                "title": question.title,
                "questionItem": {
                    "question": {
                        "questionId": question.question_id,
                        "required": question.is_required,
                        **body,
                    }
                },
            },
            "location": {"index": index},
        }
    }


def _form(answer: dict[str, Any]) -> RemoteForm:
    state = answer.get("publishSettings", {}).get("publishState", {})
    questions = (
        item.get("questionItem", {}).get("question", {}).get("questionId")
        for item in answer.get("items", ())
    )
    return RemoteForm(
        form_id=str(answer["formId"]),
        responder_url=str(answer["responderUri"]),
        is_published=bool(state.get("isPublished")),
        question_ids=tuple(str(question_id) for question_id in questions if question_id),
    )


def _response(item: dict[str, Any]) -> FormResponse:
    """Read a response; questions without an answer are simply absent."""
    answers = {
        str(question_id): tuple(
            str(text.get("value", "")) for text in answer.get("textAnswers", {}).get("answers", ())
        )
        for question_id, answer in item.get("answers", {}).items()
    }
    return FormResponse(
        response_id=str(item["responseId"]),
        submitted_at=moment(item["lastSubmittedTime"]),
        respondent_address=item.get("respondentEmail"),
        answers=answers,
    )


def _zulu(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

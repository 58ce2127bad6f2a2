"""Forms and their sharing, driven by google-api-python-client."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.contract.sandbox_google.google_client import CHEN, MAYA, MENTOR, Google

OPEN = {"isPublished": True, "isAcceptingResponses": True}
ANYONE = {"type": "anyone", "role": "reader", "view": "published"}


def refused(request: Any) -> tuple[int, str]:
    with pytest.raises(HttpError) as raised:
        request.execute()
    error = json.loads(raised.value.content)["error"]
    return error["code"], error["status"]


def question(title: str, index: int = 0, **kind: Any) -> dict[str, Any]:
    body = {"title": title, "questionItem": {"question": kind or {"textQuestion": {}}}}
    return {"createItem": {"item": body, "location": {"index": index}}}


@pytest.fixture
def forms(google: Google) -> Any:
    return google.service("forms")


@pytest.fixture
def drive(google: Google) -> Any:
    return google.service("drive")


@pytest.fixture
def form_id(forms: Any) -> str:
    made = forms.forms().create(body={"info": {"title": "Feedback"}}, unpublished=True).execute()
    return str(made["formId"])


Update = Callable[..., dict[str, Any]]


@pytest.fixture
def update(forms: Any, form_id: str) -> Update:
    def send(*requests: dict[str, Any], **more: Any) -> dict[str, Any]:
        body = {"requests": list(requests), "includeFormInResponse": True, **more}
        answer: dict[str, Any] = forms.forms().batchUpdate(formId=form_id, body=body).execute()
        return answer

    return send


def publish(forms: Any, form_id: str, state: dict[str, bool] | None = None) -> Any:
    body = {"publishSettings": {"publishState": state or OPEN}, "updateMask": "publishState"}
    return forms.forms().setPublishSettings(formId=form_id, body=body)


@pytest.fixture
def open_form(forms: Any, drive: Any, form_id: str, update: Update) -> str:
    update(
        question("How was it?", required=True, textQuestion={}),
        question("Stars", 1, scaleQuestion={"low": 1, "high": 5}),
        question(
            "Topics",
            2,
            choiceQuestion={"type": "CHECKBOX", "options": [{"value": "A"}, {"value": "B"}]},
        ),
    )
    publish(forms, form_id).execute()
    drive.permissions().create(fileId=form_id, body=ANYONE).execute()
    return form_id


class TestMaking:
    def test_a_form_begins_unpublished_and_empty(self, forms: Any, form_id: str) -> None:
        form = forms.forms().get(formId=form_id).execute()

        closed = {"isPublished": False, "isAcceptingResponses": False}
        assert form["publishSettings"] == {"publishState": closed}
        assert form["settings"] == {"emailCollectionType": "VERIFIED"}
        assert "items" not in form

    def test_leaving_unpublished_out_publishes_nothing(self, forms: Any) -> None:
        form = forms.forms().create(body={"info": {"title": "Feedback"}}).execute()

        assert form["publishSettings"]["publishState"]["isPublished"] is False

    @pytest.mark.parametrize(
        "body",
        [
            {"info": {"title": "T", "description": "no"}},
            {"info": {"title": "T"}, "items": []},
            {"info": {}},
            {"title": "T"},
        ],
        ids=str,
    )
    def test_only_titles_can_be_set_at_first(self, forms: Any, body: dict[str, Any]) -> None:
        assert refused(forms.forms().create(body=body)) == (400, "INVALID_ARGUMENT")

    def test_a_form_of_somebody_else_is_not_found(self, google: Google, form_id: str) -> None:
        other = google.service("forms", CHEN)

        assert refused(other.forms().get(formId=form_id)) == (404, "NOT_FOUND")

    def test_items_are_created_changed_moved_and_deleted(self, update: Update) -> None:
        first = update(question("One"), question("Two", 1), question("Three", 2))
        ids = [item["itemId"] for item in first["form"]["items"]]
        assert [reply["createItem"]["itemId"] for reply in first["replies"]] == ids

        after = update(
            {"moveItem": {"originalLocation": {"index": 2}, "newLocation": {"index": 0}}},
            {"deleteItem": {"location": {"index": 1}}},
            {
                "updateItem": {
                    "item": {"title": "Second"},
                    "location": {"index": 1},
                    "updateMask": "title",
                }
            },
        )["form"]

        assert [item["title"] for item in after["items"]] == ["Three", "Second"]
        assert [item["itemId"] for item in after["items"]] == [ids[2], ids[1]]

    def test_title_description_and_settings_follow_their_masks(self, update: Update) -> None:
        form = update(
            {
                "updateFormInfo": {
                    "info": {"title": "ignored", "description": "Three questions"},
                    "updateMask": "description",
                }
            },
            {
                "updateSettings": {
                    "settings": {"emailCollectionType": "DO_NOT_COLLECT"},
                    "updateMask": "emailCollectionType",
                }
            },
        )["form"]

        assert form["info"]["title"] == "Feedback"
        assert form["info"]["description"] == "Three questions"
        assert form["settings"]["emailCollectionType"] == "DO_NOT_COLLECT"

    def test_the_client_may_name_a_question(self, update: Update) -> None:
        form = update(question("Token", questionId="00c0ffee", textQuestion={}))["form"]

        assert form["items"][0]["questionItem"]["question"]["questionId"] == "00c0ffee"

    @pytest.mark.parametrize(
        "wrong",
        [
            question("Q", 5),
            question("Q", questionId="not-hex", textQuestion={}),
            question("Q", textQuestion={}, dateQuestion={}),
            question("Q", required=True),
            question("Q", choiceQuestion={"type": "RADIO", "options": []}),
            question("Q", choiceQuestion={"options": [{"value": "A"}]}),
            question("Q", scaleQuestion={"low": 3, "high": 5}),
            question("Q", ratingQuestion={"ratingScaleLevel": 5}),
            question("Q", fileUploadQuestion={"folderId": "x"}),
            question("two\nlines"),
            {"createItem": {"item": {"title": "No kind"}, "location": {"index": 0}}},
            {"deleteItem": {"location": {"index": 0}}},
            {"updateFormInfo": {"info": {"title": "T"}}},
            {"updateFormInfo": {"info": {"title": "T"}, "updateMask": "documentTitle"}},
            {"renameItem": {}},
            {},
        ],
        ids=str,
    )
    def test_one_wrong_request_undoes_the_batch(
        self, forms: Any, form_id: str, wrong: dict[str, Any]
    ) -> None:
        body = {"requests": [question("Right"), {"deleteItem": {"location": {}}}, wrong]}

        assert refused(forms.forms().batchUpdate(formId=form_id, body=body))[0] == 400
        assert "items" not in forms.forms().get(formId=form_id).execute()

    def test_a_stale_revision_is_refused(self, forms: Any, form_id: str, update: Update) -> None:
        before = forms.forms().get(formId=form_id).execute()["revisionId"]
        after = update(question("One"), writeControl={"requiredRevisionId": before})
        assert after["writeControl"]["requiredRevisionId"] != before

        stale = {
            "requests": [question("Two")],
            "writeControl": {"requiredRevisionId": before},
        }
        assert refused(forms.forms().batchUpdate(formId=form_id, body=stale))[0] == 400


class TestPublishing:
    def test_both_booleans_are_needed_and_must_agree(self, forms: Any, form_id: str) -> None:
        assert refused(publish(forms, form_id, {"isPublished": True}))[0] == 400
        backwards = {"isPublished": False, "isAcceptingResponses": True}
        assert refused(publish(forms, form_id, backwards))[0] == 400

    def test_the_state_belongs_one_level_down(self, forms: Any, form_id: str) -> None:
        request = forms.forms().setPublishSettings(formId=form_id, body={"publishSettings": OPEN})

        assert refused(request)[0] == 400

    def test_sharing_answers_four_fields_unless_asked(self, drive: Any, form_id: str) -> None:
        body = {"type": "user", "emailAddress": MENTOR, "role": "reader", "view": "published"}

        short = drive.permissions().create(fileId=form_id, body=body).execute()
        long = drive.permissions().create(fileId=form_id, body=body, fields="*").execute()

        assert set(short) == {"kind", "id", "type", "role"}
        assert long["id"] == short["id"]
        assert long["emailAddress"] == MENTOR

    def test_responders_are_listed_on_request_and_removed(self, drive: Any, form_id: str) -> None:
        made = drive.permissions().create(fileId=form_id, body=ANYONE).execute()
        listing = {"fileId": form_id, "includePermissionsForView": "published"}

        plain = drive.permissions().list(fileId=form_id).execute()["permissions"]
        listed = drive.permissions().list(**listing).execute()["permissions"]
        drive.permissions().delete(fileId=form_id, permissionId=made["id"]).execute()

        assert [p["role"] for p in plain] == ["owner"]
        assert [p["role"] for p in listed] == ["owner", "reader"]
        assert drive.permissions().list(**listing).execute()["permissions"] == plain

    @pytest.mark.parametrize(
        "body",
        [
            {"type": "anyone", "role": "reader"},
            {"type": "anyone", "role": "writer", "view": "published"},
            {"type": "user", "role": "reader", "view": "published"},
            {"type": "user", "role": "reader", "view": "published", "emailAddress": "x"},
            {"type": "domain", "role": "reader", "view": "published"},
            {"type": "everyone", "role": "reader", "view": "published"},
            {"role": "reader", "view": "published"},
        ],
        ids=str,
    )
    def test_wrong_sharing_is_refused(self, drive: Any, form_id: str, body: dict[str, str]) -> None:
        assert refused(drive.permissions().create(fileId=form_id, body=body))[0] == 400

    def test_another_persons_form_cannot_be_shared(self, google: Google, form_id: str) -> None:
        other = google.service("drive", CHEN)

        assert refused(other.permissions().create(fileId=form_id, body=ANYONE))[0] == 404


class TestAnswering:
    def answer(self, google: Google, form_id: str, **body: Any) -> Any:
        given = {"respondentEmail": MAYA, "answers": {"How was it?": "Good"}} | body
        return google.control(f"/forms/{form_id}/responses", given)

    def not_taken(self, google: Google, form_id: str, **body: Any) -> str:
        given = {"respondentEmail": MAYA, "answers": {"How was it?": "Good"}} | body
        answer = google.raw(f"/forms/{form_id}/responses", given)
        assert answer.status_code == 409
        return str(answer.json()["error"])

    def test_a_response_carries_the_verified_address_and_texts(
        self, google: Google, forms: Any, open_form: str
    ) -> None:
        answers = {"How was it?": "Good", "Stars": "4", "Topics": ["A", "B"]}
        made = self.answer(google, open_form, answers=answers)

        (listed,) = forms.forms().responses().list(formId=open_form).execute()["responses"]
        found = (
            forms.forms().responses().get(formId=open_form, responseId=made["responseId"]).execute()
        )

        assert "formId" not in listed
        assert found == listed | {"formId": open_form}
        assert found["respondentEmail"] == MAYA
        values = [
            [text["value"] for text in given["textAnswers"]["answers"]]
            for given in found["answers"].values()
        ]
        assert sorted(values) == [["4"], ["A", "B"], ["Good"]]

    def test_an_edited_response_keeps_its_id(
        self, google: Google, forms: Any, open_form: str
    ) -> None:
        first = self.answer(google, open_form, at="2027-01-01T10:00:00Z")
        self.answer(google, open_form, at="2027-01-02T10:00:00Z", responseId=first["responseId"])

        (found,) = forms.forms().responses().list(formId=open_form).execute()["responses"]

        assert found["responseId"] == first["responseId"]
        assert found["createTime"].startswith("2027-01-01")
        assert found["lastSubmittedTime"].startswith("2027-01-02")

    def test_responses_are_filtered_by_time_in_pages(
        self, google: Google, forms: Any, open_form: str
    ) -> None:
        google.control("/settings", {"page_size": 1})
        for day in (1, 2, 3):
            self.answer(google, open_form, at=f"2027-01-0{day}T10:00:00Z")
        service = forms.forms().responses()
        wanted = {"formId": open_form, "filter": "timestamp >= 2027-01-02T10:00:00Z"}
        request, days = service.list(**wanted), []
        while request is not None:
            page = request.execute()
            days += [response["createTime"][:10] for response in page["responses"]]
            request = service.list_next(request, page)

        assert days == ["2027-01-02", "2027-01-03"]
        strictly = {"formId": open_form, "filter": "timestamp > 2027-01-03T10:00:00Z"}
        assert service.list(**strictly).execute() == {}

    @pytest.mark.parametrize("text", ["createTime > 2027-01-01T00:00:00Z", "timestamp < x", "x"])
    def test_another_filter_is_refused(self, forms: Any, open_form: str, text: str) -> None:
        assert refused(forms.forms().responses().list(formId=open_form, filter=text))[0] == 400

    def test_an_unpublished_form_takes_no_response(
        self, google: Google, form_id: str, update: Update
    ) -> None:
        update(question("How was it?"))

        assert "not published" in self.not_taken(google, form_id)

    def test_a_closed_form_takes_no_response(
        self, google: Google, forms: Any, open_form: str
    ) -> None:
        closed = {"isPublished": True, "isAcceptingResponses": False}
        publish(forms, open_form, closed).execute()

        assert "does not accept" in self.not_taken(google, open_form)

    def test_only_those_it_is_shared_with_may_answer(
        self, google: Google, forms: Any, drive: Any, form_id: str, update: Update
    ) -> None:
        update(question("How was it?"))
        publish(forms, form_id).execute()
        assert "no access" in self.not_taken(google, form_id)

        school = {
            "type": "domain",
            "domain": "students.harborcareer.example",
            "role": "reader",
            "view": "published",
        }
        drive.permissions().create(fileId=form_id, body=school).execute()
        assert self.answer(google, form_id)["respondentEmail"] == MAYA
        assert "no access" in self.not_taken(google, form_id, respondentEmail=MENTOR)

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ({"respondentEmail": None}, "Sign in"),
            ({"respondentEmail": "typed@nowhere.example"}, "Sign in"),
            ({"answers": {}}, "Please answer: How was it?"),
            ({"answers": {"How was it?": "x", "Stars": "6"}}, "Not on the scale"),
            ({"answers": {"How was it?": "x", "Topics": ["C"]}}, "Not among the choices"),
            ({"answers": {"How was it?": ["x", "y"]}}, "one answer"),
            ({"answers": {"How was it?": "x", "Else": "y"}}, "no question"),
            ({"responseId": "unknown"}, "no such response"),
        ],
        ids=str,
    )
    def test_a_wrong_answer_is_not_taken(
        self, google: Google, open_form: str, body: dict[str, Any], said: str
    ) -> None:
        assert said in self.not_taken(google, open_form, **body)

    def test_without_collection_no_address_is_kept(
        self, google: Google, open_form: str, update: Update
    ) -> None:
        update(
            {
                "updateSettings": {
                    "settings": {"emailCollectionType": "DO_NOT_COLLECT"},
                    "updateMask": "emailCollectionType",
                }
            }
        )

        assert "respondentEmail" not in self.answer(google, open_form, respondentEmail=None)

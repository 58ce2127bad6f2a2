"""Forms of activities: choosing some for the course, and doing one."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID, uuid5

from flask_wtf import FlaskForm
from wtforms import Form as PlainForm
from wtforms import (
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lti_tool.domain.activities import POINTS_MAX, POINTS_MIN, Progress
from lti_tool.queries.activities import Activity
from lti_tool.queries.grading import OWN_GOAL
from lti_tool.queries.objectives import ObjectiveLine
from lti_tool.queries.submissions import Text
from lti_tool.services.activities import NewActivity
from lti_tool.services.submissions import Work
from lti_tool.web.activities.starters import KIND_WORDS, PROGRESS_WORDS, STARTERS, Starter
from lti_tool.web.choices import choices
from lti_tool.web.fields import CheckboxesField, RequestIdField

TEXT_MAX = 20_000
INSTRUCTIONS_MAX = 5_000
TITLE_MAX = 120


def unix_lines(text: str | None) -> str:
    """Return the text with plain line ends: browsers send others than they were given."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n")


class StarterForm(PlainForm):
    """Title, text and points of one new activity."""

    title = StringField(
        "Title", validators=[InputRequired("Give it a title."), Length(max=TITLE_MAX)]
    )
    instructions = TextAreaField(
        "What students read",
        filters=[unix_lines],
        validators=[InputRequired("Say what to do."), Length(max=INSTRUCTIONS_MAX)],
    )
    points = IntegerField(
        "Points",
        description="Leave empty if it is not graded.",
        validators=[
            Optional(),
            NumberRange(
                POINTS_MIN, POINTS_MAX, f"Enter {POINTS_MIN} to {POINTS_MAX} points, or none."
            ),
        ],
    )


class ChooseForm(FlaskForm):
    """What the teacher adds to the course; the choices are set for each course."""

    request_id = RequestIdField()
    assignment = FormField(StarterForm, separator="_")
    reflection = FormField(StarterForm, separator="_")
    check_in = FormField(StarterForm, separator="_")

    def starter_form(self, starter: Starter) -> StarterForm:
        """Return the part of the form about one new activity."""
        part: StarterForm = self[starter.name].form
        return part

    def chosen_values(self) -> list[str]:
        """Return what was chosen: names of new activities, ids of those defined before."""
        data = self["chosen"].data or []
        return [data] if isinstance(data, str) else list(data)

    def validate(self, extra_validators: object = None) -> bool:
        """Check the new activities that were chosen, and leave the others alone."""
        own = [self[name] for name in ("csrf_token", "chosen", "request_id") if name in self]
        values = set(self.chosen_values())
        parts = [self.starter_form(each) for each in STARTERS if each.name in values]
        # Each of them is asked, so that every fault is shown at once.
        results = [field.validate(self) for field in own] + [part.validate() for part in parts]
        return all(results)

    def new_activities(self) -> Iterator[NewActivity]:
        """Return the new activities; their ids follow from the form's, so they are placed once."""
        values = set(self.chosen_values())
        for starter in STARTERS:
            if starter.name not in values:
                continue
            part = self.starter_form(starter)
            yield NewActivity(
                id=uuid5(self.request_id.uuid, starter.name),
                kind=starter.kind,
                title=part.title.data or "",
                instructions=part.instructions.data or "",
                points=part.points.data,
            )

    def known_ids(self) -> tuple[UUID, ...]:
        """Return the ids of activities defined before."""
        names = {starter.name for starter in STARTERS}
        return tuple(UUID(value) for value in self.chosen_values() if value not in names)


def choose_form(known: Sequence[Activity], *, accepts_several: bool) -> ChooseForm:
    """Return the form of a course: boxes where the LMS takes several, else a choice of one."""
    pairs = [(each.name, each.title) for each in STARTERS]
    pairs += [(str(each.id), f"{each.title} ({KIND_WORDS[each.kind].lower()})") for each in known]
    field = (
        CheckboxesField(
            "What to add",
            choices=choices(pairs),
            validators=[InputRequired("Choose at least one.")],
        )
        if accepts_several
        else RadioField(
            "What to add", choices=choices(pairs), validators=[InputRequired("Choose one.")]
        )
    )
    form_class = type("CourseChooseForm", (ChooseForm,), {"chosen": field})
    data = {
        each.name: {
            "title": each.title,
            "instructions": each.instructions,
            "points": each.points,
        }
        for each in STARTERS
    }
    form: ChooseForm = form_class(data=data)
    return form


class SubmissionForm(FlaskForm):
    """A student's work; an objective check-in adds a choice for each objective."""

    version = HiddenField()
    text = TextAreaField(
        "Your text",
        filters=[unix_lines],
        validators=[
            InputRequired("Write something before you hand it in."),
            Length(max=TEXT_MAX, message=f"Write at most {TEXT_MAX:,} characters."),
        ],
    )

    def progress_fields(self) -> list[SelectField]:
        """Return the choices about objectives, in order."""
        return [field for field in self if isinstance(field, SelectField)]

    def work(self) -> Work:
        """Return what was typed and chosen so far, whether it is complete or not."""
        allowed = {str(each) for each in Progress}
        chosen = {
            field.render_kw["data-objective"]: field.data
            for field in self.progress_fields()
            if field.data in allowed
        }
        shown = self.version.data or "0"
        return Work(
            version=int(shown) if shown.isdecimal() else 0,
            text=self.text.data or "",
            progress=chosen,
        )


def submission_form(
    objectives: Iterable[ObjectiveLine] | None, *, saved: Text | None = None
) -> SubmissionForm:
    """Return the form of an activity, filled with what was saved last.

    `objectives` is nothing for anything but a check-in. A student without objectives gets the
    equal form about a goal of their own.
    """
    keys = {} if objectives is None else _keys(objectives)
    form_class = type(
        "ActivitySubmissionForm",
        (SubmissionForm,),
        {name: _progress_field(key, label) for name, (key, label) in keys.items()},
    )
    progress = saved.progress if saved else {}
    form: SubmissionForm = form_class(
        data={
            "text": saved.text if saved else "",
            **{name: progress.get(key, "") for name, (key, _) in keys.items()},
        }
    )
    return form


def _keys(objectives: Iterable[ObjectiveLine]) -> dict[str, tuple[str, str]]:
    """Return for every choice its field's name, what it is about, and that in words."""
    about = [(str(each.id), each.text) for each in objectives]
    about = about or [(OWN_GOAL, "A career goal of your own")]
    return {f"progress_{number}": each for number, each in enumerate(about, start=1)}


def _progress_field(key: str, label: str) -> SelectField:
    pairs = [("", "Choose …"), *((str(each), PROGRESS_WORDS[each]) for each in Progress)]
    return SelectField(
        label,
        choices=choices(pairs),
        validators=[InputRequired("Choose how far it has come.")],
        render_kw={"data-objective": key},
    )

"""The form in which a teacher grades or returns one student's work."""

from flask_wtf import FlaskForm
from wtforms import FloatField, HiddenField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lti_tool.queries.grading import WorkToGrade
from lti_tool.services.grading import Grade
from lti_tool.web.activities.forms import unix_lines

COMMENT_MAX = 5_000


class PointsField(FloatField):
    """Points, shown without a needless decimal point."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:g}"


class GradeForm(FlaskForm):
    """Points and comment, with the state of work and grade that the page showed."""

    version = HiddenField()
    grade_version = HiddenField()
    points = PointsField("Points")
    comment = TextAreaField(
        "Comment",
        description="The student reads this here and in the gradebook.",
        filters=[unix_lines],
        validators=[Optional(), Length(max=COMMENT_MAX)],
    )
    then = SubmitField()

    def grade(self) -> Grade:
        """Return the decision of a form that was checked."""
        return Grade(
            points=self.points.data if "points" in self else None,
            comment=self.comment.data or "",
            work_version=_number(self.version.data),
            grade_version=_number(self.grade_version.data),
        )

    def go_on_from(self, work: WorkToGrade) -> None:
        """Let the decision stand for a newer state, which the page shows from here on."""
        self.version.data = str(work.text.version if work.text else 0)
        self.grade_version.data = str(work.grade_version)


def grade_form(work: WorkToGrade, *, returns: bool = False) -> GradeForm:
    """Return the form for a piece of work; work without points asks for none."""
    form = GradeForm(
        data={
            "points": work.points,
            "comment": work.comment or "",
            "version": work.text.version if work.text else 0,
            "grade_version": work.grade_version,
        }
    )
    if work.points_max is None:
        del form.points
    elif not returns:
        form.points.validators = [
            InputRequired("Enter the points."),
            NumberRange(0, work.points_max, f"Enter 0 to {work.points_max}."),
        ]
    else:
        form.points.validators = [Optional()]
    return form


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0

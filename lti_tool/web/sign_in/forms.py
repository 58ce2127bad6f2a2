"""The two small forms of signing in: an address, then a code."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

ADDRESS = Regexp(r"\s*[^@\s]+@[^@\s]+\s*$", message="Enter an address such as name@example.org.")
LONGEST = Length(max=254)


class AskForm(FlaskForm):
    """Where to send a code."""

    email = StringField(
        "Your e-mail address",
        [InputRequired("Enter your e-mail address."), LONGEST, ADDRESS],
        description="The one that the school has on record for you.",
        render_kw={"type": "email", "autocomplete": "email"},
    )
    next = HiddenField()


class CodeForm(FlaskForm):
    """The code from the mail; in another browser with the address it was sent to."""

    code = StringField(
        "Code from the mail",
        [
            InputRequired("Enter the code from the mail."),
            Regexp(r"[\s\d]{6,20}$", message="The code is six digits."),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code"},
    )
    email = StringField(
        "Your e-mail address",
        [Optional(), LONGEST, ADDRESS],
        description="Only if you asked for the code in another browser.",
        render_kw={"type": "email", "autocomplete": "email"},
    )


class LinkForm(FlaskForm):
    """The secret of the mailed link, which a small script takes from behind the hash."""

    secret = HiddenField(validators=[InputRequired(), Length(max=200)])

"""The pages of logging in, as HTML: no scripts, one style sheet, nothing from elsewhere."""

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

_TEMPLATES = Environment(
    loader=PackageLoader("postroom.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class LoginPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the login page shows; `hidden` is what the form carries back to us."""

    app_name: str
    scopes: tuple[str, ...]
    hidden: dict[str, str]
    username: str = ""
    extension: str = ""
    problem: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back to the demo's redirect URI."""

    code: str = ""
    state: str = ""
    error: str = ""


def login_page(page: LoginPage, nonce: str) -> str:
    """The form; `nonce` lets its style sheet through the content security policy."""
    return _TEMPLATES.get_template("login.html").render(page=page, nonce=nonce)


def refusal_page(problem: str, nonce: str) -> str:
    """Why nobody can log in here, as nobody can be sent back."""
    return _TEMPLATES.get_template("login_refused.html").render(problem=problem, nonce=nonce)


def answer_page(answer: Answer, nonce: str) -> str:
    """The code that an application would have got."""
    return _TEMPLATES.get_template("login_answer.html").render(answer=answer, nonce=nonce)

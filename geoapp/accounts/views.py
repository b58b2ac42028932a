"""Pages about oneself: sign in and out, password, devices; and the table of all addresses."""

import uuid
from datetime import UTC, datetime

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from geoapp.accounts import views_people, views_units
from geoapp.accounts.forms import PasswordForm, SignInForm
from geoapp.accounts.guard import (
    current_actor,
    device,
    door,
    give_cookie,
    lifetime,
    public,
    reading,
    remote_address,
    requires,
    safe_target,
    take_cookie,
    writing,
)
from geoapp.accounts.queries import open_sign_ins
from geoapp.accounts.rules import Permission
from geoapp.accounts.services import change_password
from geoapp.accounts.services_sign_in import (
    SignedIn,
    TooManyTries,
    WrongCredentials,
    admit,
    revoke_sign_in,
)
from geoapp.accounts.services_sign_in import sign_in as open_door
from geoapp.core.errors import DomainError
from geoapp.core.i18n import gettext as _
from geoapp.core.i18n import language
from geoapp.web.errors import status_of
from geoapp.web.i18n import choose_language

blueprint = Blueprint("accounts", __name__)


@public
def sign_in() -> ResponseReturnValue:
    """Ask for login name and password; go on to where the person wanted to be."""
    form = SignInForm(next=request.args.get("next", ""))
    target = safe_target(form.next.data)
    if current_actor().person_id is not None and request.method == "GET":
        return redirect(target, 303)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("accounts/sign_in.html", form=form), status
    try:
        signed_in = _knock(form)
    except (TooManyTries, WrongCredentials) as error:
        flash(str(error), "error")
        answer = make_response(
            render_template("accounts/sign_in.html", form=form), status_of(type(error))
        )
        if isinstance(error, TooManyTries):
            answer.headers["Retry-After"] = str(error.data["seconds"])
        return answer
    return _welcome(signed_in, target)


def _knock(form: SignInForm) -> SignedIn:
    """Count the try in a transaction of its own, then look at the password."""
    now = datetime.now(UTC)
    with door() as opened:
        attempt = admit(opened, login=str(form.login.data), address=remote_address(), now=now)
    with door() as opened:
        return open_door(
            opened, attempt, password=str(form.password.data), device=device(), lifetime=lifetime()
        )


def _welcome(signed_in: SignedIn, target: str) -> Response:
    session.clear()  # nothing of whoever used this browser before
    choose_language(signed_in.language)
    answer = make_response(redirect(target, 303))
    give_cookie(answer, signed_in)
    return answer


@public
def sign_out() -> ResponseReturnValue:
    """End this sign-in, here and in the database."""
    actor, spoken = current_actor(), language()
    if actor.sign_in_id is not None:
        with writing() as opened:
            revoke_sign_in(opened, actor.sign_in_id, now=datetime.now(UTC))
    session.clear()
    choose_language(spoken)
    answer = make_response(redirect(url_for("accounts.sign_in"), 303))
    take_cookie(answer)
    return answer


@requires(Permission.ACCOUNT_USE)
def password() -> ResponseReturnValue:
    """Change one's own password; other devices are signed out."""
    form, actor = PasswordForm(), current_actor()
    if form.validate_on_submit() and actor.person_id is not None:
        try:
            with writing() as opened:
                change_password(
                    opened,
                    actor.person_id,
                    old=str(form.old.data),
                    new=str(form.new.data),
                    now=datetime.now(UTC),
                    keep=actor.sign_in_id,
                )
        except DomainError as error:
            flash(str(error), "error")
            return render_template("accounts/password.html", form=form, must=False), 422
        flash(_("Your password is changed; other devices are signed out."), "done")
        return redirect("/", 303)
    must = actor.must_change_password
    status = 422 if form.is_submitted() else 200
    return render_template("accounts/password.html", form=form, must=must), status


@requires(Permission.ACCOUNT_USE)
def devices() -> ResponseReturnValue:
    """List where one is signed in."""
    actor = current_actor()
    with reading() as opened:
        rows = list(opened.scalars(open_sign_ins(actor.person_id, datetime.now(UTC))))
    return render_template("accounts/devices.html", rows=rows, here=actor.sign_in_id)


@requires(Permission.ACCOUNT_USE)
def end_device(sign_in_id: uuid.UUID) -> ResponseReturnValue:
    """Sign one device out."""
    with writing() as opened:
        revoke_sign_in(opened, sign_in_id, now=datetime.now(UTC))
    flash(_("That device is signed out."), "done")
    return redirect(url_for("accounts.devices"), 303)


BOTH = ["GET", "POST"]
blueprint.add_url_rule("/sign-in", view_func=sign_in, methods=BOTH)
blueprint.add_url_rule("/sign-out", view_func=sign_out, methods=["POST"])
blueprint.add_url_rule("/account/password", view_func=password, methods=BOTH)
blueprint.add_url_rule("/account/devices", view_func=devices)
blueprint.add_url_rule(
    "/account/devices/<uuid:sign_in_id>/ends", view_func=end_device, methods=["POST"]
)
views_people.add_addresses(blueprint)
views_units.add_addresses(blueprint)

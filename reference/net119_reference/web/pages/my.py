"""A registrant's own pages: log-in with ID and password, menu, mail for change or stop, log-out."""

import math

from fastapi import APIRouter
from net119_protocol.api.handset import LogIn
from net119_protocol.codes import Refusal
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import SecondDevice
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from net119_reference.ports import HandsetIdentity, Refused
from net119_reference.registration.ports import AccountView
from net119_reference.web.access import TooSoon
from net119_reference.web.guard import source_of
from net119_reference.web.pages.forms import Form, read_form
from net119_reference.web.pages.mobile.phone import is_feature_phone
from net119_reference.web.pages.registrants import logged_in, masked, typed
from net119_reference.web.pages.routing import PageContext, see_other
from net119_reference.web.pages.sessions import (
    REGISTRANT,
    check_csrf,
    csrf_of,
    device_key,
    end_session,
    give_device_key,
    session_token,
    set_session,
)

HOME = "/my"
_FROM_LOG_IN = "from"
"""Query parameter of the redirect after a log-in: without a session then, cookies are refused."""
_WRONG = FieldProblem(
    "login_id", "wrong-log-in", "IDかパスワードがちがいます。", "The ID or the password is wrong."
)
_MISSING = (
    FieldProblem("login_id", "required", "IDを入力してください。", "Enter the ID."),
    FieldProblem("password", "required", "パスワードを入力してください。", "Enter the password."),
)


def add_routes(routes: APIRouter, context: PageContext) -> None:
    """Add the pages below ``/my``."""
    own = _OwnPages(context)
    context.add(routes, HOME, own.shown)
    context.add(routes, HOME, own.pressed, "POST")
    context.add(routes, f"{HOME}/call-page", own.ask_replace)
    context.add(routes, f"{HOME}/remove", own.ask_remove)
    context.add(routes, f"{HOME}/account-mail", own.mail_sent)
    context.add(routes, f"{HOME}/logged-out", own.logged_out)


def _refused(account: AccountView) -> bool:
    """Whether this device may have no call page as long as another one has it (CNB-10)."""
    elsewhere = account.has_call_page and not account.call_page_here
    return elsewhere and account.profile.second_device is SecondDevice.REFUSED


class _OwnPages:
    def __init__(self, context: PageContext) -> None:
        self._pages = context.pages
        self._context = context.context
        self._service = context.context.service.registrations

    # --- log-in -------------------------------------------------------------------------------

    async def shown(self, request: Request) -> Response:
        """The menu; to whoever is not logged in, the log-in.

        A feature phone, whose owner opens the URL of the mail of completion, is led to its own.
        """
        if is_feature_phone(request):
            return see_other("/m/log-in")
        session = await logged_in(self._service, request)
        if session is not None:
            trouble = "removed" if request.query_params.get("done") == "removed" else ""
            return await self._menu(request, *session, trouble=trouble)
        if session_token(request, REGISTRANT) is not None:
            return self._ended(request)
        trouble = "no-cookie" if _FROM_LOG_IN in request.query_params else ""
        department = request.query_params.get("department", "")
        return self._log_in_page(request, trouble=trouble, department=department)

    def _log_in_page(
        self,
        request: Request,
        *,
        status: int = 200,
        trouble: str = "",
        problems: tuple[FieldProblem, ...] = (),
        login_id: str = "",
        department: str = "",
        wait_s: int = 0,
    ) -> Response:
        """The log-in with what went wrong, and whom to contact (CNB-15).

        That is ``department``, whose mail led here, and then all others, since whose the ID is
        must not show.
        """
        profiles = self._service.profiles()
        first = [each for each in profiles if each.department == department]
        minutes = math.ceil(wait_s / 60)
        wait = (f"{minutes}分", f"{minutes} minute{'' if minutes == 1 else 's'}")
        if wait_s <= 60:
            wait = (f"{wait_s}秒", f"{wait_s} seconds")
        response = self._pages.page(
            request,
            "my-log-in.html",
            status=status,
            problems=problems,
            trouble=trouble,
            login_id=login_id,
            wait=wait,
            department=department if first else "",
            profiles=(*first, *(each for each in profiles if each not in first)),
            here=f"{HOME}?department={department}" if first else HOME,
        )
        if wait_s:
            response.headers["Retry-After"] = str(wait_s)
        return response

    def _ended(self, request: Request) -> Response:
        """The log-in for somebody whose log-in has ended, with the old cookie removed."""
        response = self._log_in_page(request, status=403, trouble="ended")
        end_session(response, REGISTRANT)
        return response

    async def _log_in(self, request: Request, form: Form) -> Response:
        login_id, password = typed(form.get("login_id")).lower(), typed(form.get("password"))
        department = form.get("department")
        if not login_id or not password:
            missing = tuple(each for each in _MISSING if not typed(form.get(each.path)))
            return self._log_in_page(
                request, status=422, problems=missing, login_id=login_id, department=department
            )
        brake, source = self._context.brake, source_of(request.scope)
        try:
            body = LogIn(login_id=login_id, password=password)
            with brake.attempt(source, login_id):
                session = await self._service_log_in(body)
        except TooSoon as refused:
            self._note(request, refused)
            return self._log_in_page(
                request,
                status=429,
                trouble="too-many",
                login_id=login_id,
                department=department,
                wait_s=refused.retry_after_s,
            )
        except ValidationError:
            # No ID or password of ours looks like this.
            self._note(request, Refused(Refusal.INVALID, "the ID or the password is too long"))
            return self._wrong(request, login_id, department)
        except Refused as refused:
            if refused.code is not Refusal.NOT_AUTHENTICATED:
                raise
            self._note(request, refused)
            return self._wrong(request, login_id, department)
        former = await logged_in(self._service, request)
        if former is not None:
            await self._service.log_out(former[1])
        response = see_other(f"{HOME}?{_FROM_LOG_IN}=log-in")
        set_session(request, response, REGISTRANT, session)
        return response

    async def _service_log_in(self, body: LogIn) -> str:
        """A new token for each log-in: one that was there before is never taken over."""
        return (await self._context.service.log_in(body)).token

    def _wrong(self, request: Request, login_id: str, department: str) -> Response:
        return self._log_in_page(
            request,
            status=403,
            problems=(_WRONG,),
            login_id=login_id[:80],
            department=department,
        )

    def _note(self, request: Request, refused: Refused) -> None:
        self._context.refusals.note(
            request.scope, refused.code.value, f"{request.method}: {refused.detail}"
        )

    # --- menu ---------------------------------------------------------------------------------

    async def _menu(
        self,
        request: Request,
        token: str,
        who: HandsetIdentity,
        *,
        status: int = 200,
        trouble: str = "",
    ) -> Response:
        account = await self._service.account(who, device_key(request) or "")
        return self._pages.page(
            request,
            "my-menu.html",
            status=status,
            account=account,
            csrf=csrf_of(token),
            masked_mail=masked(account.mail),
            mail_enabled=self._context.config.mail.enabled,
            trouble=trouble,
        )

    async def pressed(self, request: Request) -> Response:
        """A button of the log-in, of the menu or of a question."""
        form = await read_form(request)
        # The browser names no button when Enter was pressed; only the log-in has fields.
        if form.action == "log-in" or (not form.action and "login_id" in form.fields):
            return await self._log_in(request, form)
        session = await logged_in(self._service, request)
        if session is None:
            return self._ended(request)
        token, who = session
        check_csrf(form, csrf_of(token))
        if form.action in ("call-page", "replace"):
            return await self._make(request, who, sure=form.action == "replace")
        if form.action == "remove-call-page":
            return see_other(f"{HOME}/remove")
        if form.action == "remove":
            await self._service.revoke_call_page(who)
            return see_other(f"{HOME}?done=removed")
        if form.action == "account-mail":
            return await self._send_mail(request, token, who)
        if form.action == "log-out":
            await self._service.log_out(who)
            response = see_other(f"{HOME}/logged-out")
            end_session(response, REGISTRANT)
            return response
        if form.action == "back":
            return see_other(HOME)
        raise Refused(Refusal.INVALID, "no button of this page was pressed", field="action")

    # --- call page ----------------------------------------------------------------------------

    async def _make(self, request: Request, who: HandsetIdentity, *, sure: bool) -> Response:
        """Make the call page on this device, asking once more where one stops working."""
        account = await self._service.account(who, device_key(request) or "")
        if account.has_call_page and (not sure or _refused(account)):
            return see_other(f"{HOME}/call-page")
        response = see_other(HOME)
        made = await self._service.new_call_page(who, give_device_key(request, response))
        replaced = "?replaced=yes" if made.replaced else ""
        response.headers["Location"] = f"/c/{made.secret}/made{replaced}"
        return response

    async def ask_replace(self, request: Request) -> Response:
        """Whether a call page that exists may stop working, or why it may not."""
        return await self._ask(request, "replace")

    async def ask_remove(self, request: Request) -> Response:
        """Whether the call page is to be removed."""
        return await self._ask(request, "remove")

    async def _ask(self, request: Request, act: str) -> Response:
        session = await logged_in(self._service, request)
        if session is None:
            return see_other(HOME)
        token, who = session
        account = await self._service.account(who, device_key(request) or "")
        if not account.has_call_page:
            return see_other(HOME)
        if act == "replace" and _refused(account):
            return self._pages.page(request, "my-refused.html", status=403, account=account)
        return self._pages.page(
            request, "my-ask.html", account=account, act=act, csrf=csrf_of(token)
        )

    # --- mail ---------------------------------------------------------------------------------

    async def _send_mail(self, request: Request, token: str, who: HandsetIdentity) -> Response:
        if not self._context.config.mail.enabled:
            raise Refused(Refusal.FORBIDDEN, "this provider has no mail; ask the department")
        try:
            await self._service.ask_account_mail(who)
        except Refused as refused:
            if refused.code is not Refusal.TOO_MANY:
                raise
            self._note(request, refused)
            return await self._menu(request, token, who, status=429, trouble="too-many-mails")
        return see_other(f"{HOME}/account-mail")

    async def mail_sent(self, request: Request) -> Response:
        """Where the mail goes, and what to do if it does not come."""
        session = await logged_in(self._service, request)
        if session is None:
            return see_other(HOME)
        account = await self._service.account(session[1])
        return self._pages.page(
            request, "my-mail-sent.html", account=account, masked_mail=masked(account.mail)
        )

    async def logged_out(self, request: Request) -> Response:
        """What is left to say after the log-out."""
        return self._pages.page(request, "my-logged-out.html")

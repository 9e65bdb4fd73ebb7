"""The page where a log-in without a second factor shows afresh who it is."""

from typing import Any, cast

from allauth.account.forms import ConfirmLoginCodeForm
from allauth.account.views import BaseReauthenticateView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from loyalty import step_up
from loyalty.fresh_code import FreshCode
from loyalty.models import User


@method_decorator(login_required, name="dispatch")
class FreshCodePage(BaseReauthenticateView):  # type: ignore[misc]
    """Mails a code on request and takes it; allauth's machinery goes on with what waited."""

    form_class = ConfirmLoginCodeForm
    template_name = "loyalty/site/fresh_code.html"
    too_many = False

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Mail a code, or take the one that was typed."""
        if "send" not in request.POST:
            FreshCode.count_try(request)
            return cast(HttpResponse, super().post(request, *args, **kwargs))
        if FreshCode.begin(request) is None:
            self.too_many = True
            unasked = self.get_form_class()(code="")
            return cast(HttpResponse, self.render_to_response(self.get_context_data(form=unasked), status=429))
        return HttpResponseRedirect(self.passthrough_next_url(request.path))

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the code that is out; none is right where none is."""
        sent = FreshCode.of(self.request)
        return {**super().get_form_kwargs(), "code": sent.code if sent else ""}

    def form_valid(self, form: ConfirmLoginCodeForm) -> HttpResponse:
        """Go on with what waited."""
        sent = FreshCode.of(self.request)
        if sent is None:
            return self.form_invalid(form)
        sent.finish()
        return cast(HttpResponse, super().form_valid(form))

    def form_invalid(self, form: ConfirmLoginCodeForm) -> HttpResponse:
        """Count the try, and say so."""
        sent = FreshCode.of(self.request)
        if sent is None or not sent.record_invalid_attempt():
            form.errors.clear()
            form.add_error(None, _("This code has expired, or was tried too often. Ask for a new one."))
        return cast(HttpResponse, self.render_to_response(self.get_context_data(form=form), status=422))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say where the code went, and what waits for it."""
        sent, user = FreshCode.of(self.request), cast(User, self.request.user)
        return {
            **super().get_context_data(**kwargs),
            "sent": sent,
            "address": user.email,
            "too_many": self.too_many,
            "waits": step_up.waiting(self.request),
        }


fresh_code = FreshCodePage.as_view()

"""Where an owner writes: privacy texts in each language, purposes and their words."""

from contextlib import suppress
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from loyalty.models import Role
from loyalty.web import BusinessRequest, page, staff_page
from members.domain import notices
from members.domain.notices import NothingChanged, details_of, starter_details
from members.engine.notice_text import blocks, changes
from members.forms.notices import NoticeForm, PurposeForm, UseForm, WordsForm
from members.models import Notice
from members.queries.notices import current_notices, fact_changes, purpose_at, wordings_of, words_in

EDITOR = "members/console/privacy_notice.html"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.OWNER)
def notice(request: BusinessRequest, language: str) -> HttpResponse:
    """Edit the privacy text of a language: write, then review what changes, then publish."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    current = current_notices(request.business).get(language)
    if request.method != "POST":
        details = details_of(current) if current else starter_details(request.business, language=language)
        return _editor(request, language, current, NoticeForm(initial=NoticeForm.initial_of(details)))
    form = NoticeForm(request.POST)
    step = request.POST.get("step")
    if not form.is_valid():
        return _editor(request, language, current, form, status=200 if step == "preview" else 422)
    if step == "publish":
        return _publish(request, language, current, form)
    if step == "review":
        return _review(request, language, current, form)
    return _editor(request, language, current, form)


def _editor(
    request: BusinessRequest, language: str, current: Notice | None, form: NoticeForm, status: int = 200
) -> HttpResponse:
    text = form["text"].value() or ""
    values = {"form": form, "current": current, "spoken": _named(language), "blocks": blocks(str(text))}
    return page(request, EDITOR, values, part="preview", status=status)


def _review(request: BusinessRequest, language: str, current: Notice | None, form: NoticeForm) -> HttpResponse:
    details = form.details()
    if current and details == details_of(current):
        return _unchanged(request, language, current, form)
    return page(
        request,
        "members/console/privacy_review.html",
        {
            "form": form,
            "current": current,
            "spoken": _named(language),
            "notice": details,
            "blocks": blocks(details.text),
            "text_changes": changes(current.text, details.text) if current else [],
            "fact_changes": fact_changes(current, form.cleaned_data | {"recipients": ", ".join(details.recipients)}),
        },
    )


def _publish(request: BusinessRequest, language: str, current: Notice | None, form: NoticeForm) -> HttpResponse:
    try:
        published = notices.publish(
            business=request.business, language=language, details=form.details(), by=request.actor, at=timezone.now()
        )
    except NothingChanged:
        return _unchanged(request, language, current, form)
    messages.success(request, _("Version %(version)s is published.") % {"version": published.version})
    return redirect("members:console-privacy", business=request.business.slug)


def _unchanged(request: BusinessRequest, language: str, current: Notice | None, form: NoticeForm) -> HttpResponse:
    form.add_error(None, _("This says the same as the version that holds now. There is nothing to publish."))
    return _editor(request, language, current, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.OWNER)
def purpose_new(request: BusinessRequest) -> HttpResponse:
    """Add a purpose that members are asked about."""
    form = PurposeForm(request.POST if request.method == "POST" else None, language=request.business.language)
    if request.method == "POST" and form.is_valid():
        notices.add_purpose(
            business=request.business, details=form.purpose(), words=form.words(), use=form.cleaned_data["use"],
            by=request.actor, at=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("Members are asked from now on. Nobody has said yes yet."))
        return redirect("members:console-privacy", business=request.business.slug)
    status = 422 if form.is_bound else 200
    return page(request, "members/console/privacy_purpose_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.OWNER)
def purpose(request: BusinessRequest, purpose: UUID) -> HttpResponse:
    """Change the words of a purpose in one language, and see every text it ever had."""
    found = purpose_at(request.business, purpose)
    language = request.GET.get("language", request.business.language)
    if found is None or language not in dict(settings.LANGUAGES):
        raise Http404
    words = words_in(found, language)
    form = WordsForm(
        request.POST if request.method == "POST" else None,
        channels=found.channels,
        language=language,
        initial={"name": words.name, "wording": words.wording} if words else None,
    )
    if form.is_bound and form.is_valid():
        try:
            notices.reword(purpose=found, words=form.words(), by=request.actor, at=timezone.now())
        except NothingChanged:
            form.add_error(None, _("These are the words that stand there now."))
        else:
            messages.success(request, _("The new words stand beside the box from now on."))
            return redirect("members:console-privacy", business=request.business.slug)
    values = {
        "form": form,
        "purpose": found,
        "wordings": wordings_of(found),
        "spoken": _named(language),
        "languages": [_named(code) for code, _name in settings.LANGUAGES],
    }
    return page(request, "members/console/privacy_purpose.html", values, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Role.OWNER)
def purpose_named_use(request: BusinessRequest, purpose: UUID) -> HttpResponse:
    """Say what a purpose is used for, or that it is used for nothing."""
    found = purpose_at(request.business, purpose)
    if found is None or not found.is_asked:
        raise Http404
    form = UseForm(request.POST if request.method == "POST" else None, initial={"use": found.use})
    if form.is_bound and form.is_valid():
        words = form.cleaned_data["use"]
        with suppress(NothingChanged):
            notices.name_use(purpose=found, words=words, by=request.actor, at=timezone.now())
        done = _("Members are asked, and read what it is for.") if words else _("Members are not asked any more.")
        messages.success(request, done)
        return redirect("members:console-privacy", business=request.business.slug)
    values = {"form": form, "purpose": found, "words": words_in(found, request.business.language)}
    status = 422 if form.is_bound else 200
    return page(request, "members/console/privacy_purpose_use.html", values, status=status)


@require_POST
@staff_page(Role.OWNER)
def purpose_use(request: BusinessRequest, purpose: UUID) -> HttpResponse:
    """Stop asking for a purpose, or ask for it again."""
    found = purpose_at(request.business, purpose)
    if found is None or not found.is_asked:
        raise Http404
    if request.POST.get("use") == "yes":
        notices.restore(purpose=found, by=request.actor, at=timezone.now())
        messages.success(request, _("Members are asked again."))
    else:
        notices.retire(purpose=found, by=request.actor, at=timezone.now())
        messages.success(request, _("Members are not asked any more, and nothing rests on their old answers."))
    return redirect("members:console-privacy", business=request.business.slug)


def _named(language: str) -> dict[str, str]:
    name = capfirst(get_language_info(language)["name_local"])
    return {"code": language, "name": name, "url": f"?language={language}"}

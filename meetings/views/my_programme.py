"""One's own programme: starred sessions, news of changes, the address for a calendar program."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.access import Refused, require
from meetings.enums import ProgrammeNews
from meetings.forms.programme import NewsForm
from meetings.models import CalendarToken, Meeting, WorkingGroup
from meetings.selectors.floor import codes_with_floor
from meetings.selectors.following import news_of, own_calendar, starred_codes
from meetings.selectors.versions import released_programme
from meetings.services.programme import choose_news, close_calendar_address, make_calendar_address, star_session


def _meeting(request: HttpRequest, slug: str) -> Meeting:
    return get_object_or_404(Meeting.objects.visible_to(request.user).select_related("country"), slug=slug)


@login_required
@require_safe
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """The starred sessions by day, what one is told of, and one's calendar."""
    meeting = _meeting(request, slug)
    codes = starred_codes(request.user, meeting)
    programme = released_programme(meeting)
    days = [
        {"at": day.at, "anchor": day.anchor, "sessions": rows}
        for day in (programme.days if programme else [])
        if (rows := [row for row in day.sessions if row.code in codes])
    ]
    context = {
        "meeting": meeting,
        "programme": programme,
        "days": days,
        "starred": codes,
        "floors": codes_with_floor(meeting),
        "gone": [row for row in programme.removed if row.code in codes] if programme else [],
        "form": NewsForm(initial={"news": news_of(request.user, meeting, stars=bool(codes))}),
        **own_calendar(request.user),
    }
    return render(request, "meetings/my_programme.html", context)


@login_required
@require_POST
def star(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a session into one's own programme (`star`) or take it out (`unstar`); back to where it was pressed."""
    meeting = _meeting(request, slug)
    on = "star" in request.POST
    code = request.POST.get("star") or request.POST.get("unstar", "")
    try:
        star_session(meeting=meeting, code=code[:50], by=request.user, on=on)
    except Refused as refusal:
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"message": str(refusal)}, status=409)
        messages.error(request, str(refusal))
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"starred": on})
    page = reverse("meetings:my_programme" if request.POST.get("back") == "mine" else "meetings:programme", args=[slug])
    return redirect(f"{page}#{code}" if code.replace("-", "").replace("_", "").isalnum() else page)


@login_required
@require_POST
def news(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose of which changes one hears."""
    meeting = _meeting(request, slug)
    try:
        choose_news(meeting=meeting, by=request.user, news=request.POST.get("news", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = {
            ProgrammeNews.ALL: _("You hear of all changes of this programme."),
            ProgrammeNews.STARRED: _("You hear when a session in your programme changes."),
            ProgrammeNews.NONE: _("You hear of no changes of this programme."),
        }
        messages.success(request, words[ProgrammeNews(request.POST["news"])])
    return redirect("meetings:my_programme", slug=slug)


@login_required
@require_POST
def calendar_token(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a new address for one's calendar program, or close it."""
    meeting = _meeting(request, slug)
    _change_address(request)
    return redirect(reverse("meetings:my_programme", args=[meeting.slug]) + "#calendar")


@login_required
@require_POST
def group_calendar_token(request: HttpRequest, slug: str) -> HttpResponse:
    """The same from the page of a working group's members."""
    group = get_object_or_404(WorkingGroup.objects.visible_to(request.user), slug=slug)
    require(request.user, "meetings.view_inside_of_group", group)
    _change_address(request)
    return redirect(reverse("meetings:group_member", args=[group.slug]) + "#calendar")


def _change_address(request: HttpRequest) -> None:
    if "close" in request.POST:
        close_calendar_address(by=request.user)
        messages.success(request, _("The address of your calendar does not work any more."))
    else:
        had_one = CalendarToken.objects.visible_to(request.user).exists()
        make_calendar_address(by=request.user)
        if had_one:
            messages.success(request, _("Your calendar has a new address. An earlier one does not work any more."))
        else:
            messages.success(request, _("Your calendar has an address. Give it to your calendar program."))

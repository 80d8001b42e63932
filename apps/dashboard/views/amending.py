"""What a person puts right of a session."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.amending import AmendForm, Offer
from apps.domain.instants import zone_named
from apps.sessions import amending, selectors
from apps.sessions.amending import CannotAmend


@page(Permission.SEE_SESSIONS, Permission.EDIT_TARIFFS)
def amend(request: PageRequest, session_id: int) -> HttpResponse:
    """Which of its readings count, and whether it is one; a POST does it."""
    actor = request.user
    session = selectors.get_session(actor, session_id)
    offer = Offer(actor, session, zone_named(session.station.location.timezone))
    form = AmendForm(request.POST or None, offer=offer)
    if request.method == "POST" and form.is_valid():
        why, now = form.cleaned_data["reason"], timezone.now()
        try:
            amending.amend(session, form.change, reason=why, actor=actor, now=now)
        except CannotAmend as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("dashboard:session", session_id=session.pk)
    status = 422 if request.method == "POST" else 200
    context = {"session": session, "form": form, "offer": offer}
    return render(request, "sessions/amend.html", context, status=status)

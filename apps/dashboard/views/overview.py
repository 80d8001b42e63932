"""What needs a person now."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.dashboard.presenters import overview


@page(Permission.SEE_SESSIONS)
def show(request: PageRequest) -> HttpResponse:
    if not request.user.may(Permission.SEE_STATIONS):
        return redirect("dashboard:sessions")
    actor = request.user
    numbers = overview.Numbers(actor)
    return render(
        request,
        "overview/page.html",
        {
            "attention": overview.attention(numbers),
            "tiles": overview.tiles(numbers),
            "bar": overview.bar(numbers),
            "charging": overview.charging(actor),
        },
    )

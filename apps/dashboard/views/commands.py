"""Every command: who, when, to whom, and what came of it."""

from django.http import HttpResponse
from django.shortcuts import render

from apps.accounts.roles import Permission
from apps.commands import selectors
from apps.commands.models import State
from apps.commands.selectors import CommandFilter
from apps.dashboard.access import PageRequest, page
from apps.dashboard.paging import page_of
from apps.dashboard.presenters import messages as log
from apps.dashboard.presenters.commands import command_life
from apps.domain.commands import COMMANDS
from apps.journal import selectors as journal
from apps.journal.selectors import MessageFilter

_STATES = (("open", "Running"), ("failed", "Failed"), *State.choices)


@page(Permission.SEE_MESSAGES)
def show_list(request: PageRequest) -> HttpResponse:
    query = request.GET
    filter_ = CommandFilter(
        q=query.get("q", "").strip(), state=query.get("state", ""), name=query.get("name", "")
    )
    found = selectors.list_commands(request.user, filter_)
    among = selectors.looked_among(request.user, filter_)
    shown = page_of(found, ("-created_at", "-id"), query.get("after", ""), among=among)
    return render(
        request,
        "commands/list.html",
        {
            "page": shown,
            "lives": [command_life(row) for row in shown.items],
            "filter": filter_,
            "is_filtered": filter_ != CommandFilter(),
            "states": _STATES,
            "names": list(COMMANDS),
        },
    )


@page(Permission.SEE_MESSAGES)
def show(request: PageRequest, command_id: int) -> HttpResponse:
    row = selectors.get_command(request.user, command_id)
    sent = journal.list_messages(
        request.user, MessageFilter(command_id=row.pk, station_id=row.station_id)
    )
    context = {"life": command_life(row), "lines": log.lines(request.user, sent[:20])}
    return render(request, "commands/page.html", context)

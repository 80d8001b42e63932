"""What to do when something is wrong, step by step, for whoever is logged in."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from apps.dashboard.access import PageRequest, page
from apps.dashboard.presenters.runbooks import find_runbook, list_runbooks


@page()
def show_list(request: PageRequest) -> HttpResponse:
    return render(request, "runbooks/list.html", {"runbooks": list_runbooks()})


@page()
def show(request: PageRequest, name: str) -> HttpResponse:
    runbook = find_runbook(name)
    if runbook is None:
        raise Http404
    return render(request, "runbooks/page.html", {"it": runbook})

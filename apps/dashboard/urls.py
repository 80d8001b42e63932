"""The addresses of the control room. An identity may hold slashes: longer routes come first."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from apps.dashboard.views import (
    certificates,
    commands,
    device,
    holdings,
    messages,
    onboarding,
    overview,
    power,
    sessions,
    shell,
    station,
    stations,
    tariffs,
    tokens,
    uploads,
)

app_name = "dashboard"

urlpatterns = [
    path("", overview.show, name="overview"),
    path("login/", shell.LogIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("theme/", shell.set_theme, name="theme"),
    path("search/", shell.search, name="search"),
    path("files/<int:door_id>/", uploads.download, name="upload"),
    path("stations/", stations.show_list, name="stations"),
    path("add-station/", stations.add, name="station-add"),
    path("stations/<path:identity>/actions/<slug:name>/", station.act, name="action"),
    path("stations/<path:identity>/password/", certificates.set_password, name="station-password"),
    path(
        "stations/<path:identity>/onboarding/<slug:what>/",
        onboarding.decide,
        name="onboarding-decide",
    ),
    path("stations/<path:identity>/plan/", power.plan, name="push-plan"),
    path("pushes/<int:push_id>/cancel/", power.cancel, name="push-cancel"),
    path("stations/<path:identity>/", station.show, name="station"),
    path("sessions/", sessions.show_list, name="sessions"),
    path("sessions/export.csv", sessions.export, name="sessions-export"),
    path("sessions/new/", sessions.show_new, name="sessions-new"),
    path("sessions/<int:session_id>/", sessions.show, name="session"),
    path("messages/", messages.show_list, name="messages"),
    path("messages/tail/", messages.show_tail, name="messages-tail"),
    path("messages/<int:message_id>/", messages.show, name="message"),
    path("commands/", commands.show_list, name="commands"),
    path("commands/<int:command_id>/", commands.show, name="command"),
    path("certificates/", certificates.show_list, name="certificates"),
    path("certificates/roots/add/", certificates.believe_root, name="root-add"),
    path("certificates/roots/<int:root_id>/forget/", certificates.forget_root, name="root-forget"),
    path("certificates/<int:issued_id>/revoke/", certificates.revoke, name="certificate-revoke"),
    path("onboarding/", onboarding.show, name="onboarding"),
    path("onboarding/add/<slug:kind>/", onboarding.add_step, name="onboarding-add"),
    path("onboarding/steps/<int:step_id>/", onboarding.edit_step, name="onboarding-step"),
    path(
        "onboarding/steps/<int:step_id>/<slug:how>/",
        onboarding.arrange_step,
        name="onboarding-arrange",
    ),
    path("tokens/", tokens.show_list, name="tokens"),
    path("tokens/add/", tokens.add, name="token-add"),
    path("tokens/rules/", holdings.rules, name="token-rules"),
    path("tokens/<int:token_id>/stations/", device.token_stations, name="token-stations"),
    path("tokens/<int:token_id>/status/", tokens.set_status, name="token-status"),
    path("tariffs/", tariffs.show_list, name="tariffs"),
    path("tariffs/add/", tariffs.add, name="tariff-add"),
    path("tariffs/<int:tariff_id>/versions/add/", tariffs.add_version, name="version-add"),
]

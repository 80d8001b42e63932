"""The addresses of version 1. An identity may hold slashes, so the longer routes come first."""

from django.urls import path, re_path

from apps.api.views import (
    commands,
    device,
    docs,
    holdings,
    messages,
    places,
    power,
    sessions,
    stations,
    tariffs,
    tokens,
)

app_name = "api"

urlpatterns = [
    path("schema/", docs.Schema.as_view(), name="schema"),
    path("docs/", docs.Docs.as_view(), name="docs"),
    path("stations/", stations.StationList.as_view(), name="stations"),
    path("stations/<path:identity>/commands/", commands.StationCommands.as_view()),
    path("stations/<path:identity>/calls/", commands.StationCalls.as_view()),
    path("stations/<path:identity>/charging-profiles/", power.StationLimits.as_view()),
    path("stations/<path:identity>/composite-schedule/", power.StationSchedule.as_view()),
    path("stations/<path:identity>/local-list/", holdings.StationLocalList.as_view()),
    path("stations/<path:identity>/reservations/", holdings.StationReservations.as_view()),
    path("stations/<path:identity>/variables/", stations.StationVariables.as_view()),
    path("stations/<path:identity>/monitors/", device.StationMonitors.as_view()),
    path("stations/<path:identity>/reports/", device.StationReports.as_view()),
    path("stations/<path:identity>/events/", device.StationEvents.as_view()),
    path("stations/<path:identity>/", stations.StationDetail.as_view(), name="station"),
    path("commands/", commands.CommandList.as_view()),
    path("commands/<int:command_id>/", commands.CommandDetail.as_view(), name="command"),
    path("pushes/", power.PushList.as_view()),
    path("pushes/<int:push_id>/", power.PushDetail.as_view(), name="push"),
    path("sessions.csv", sessions.SessionCsv.as_view()),
    path("sessions/", sessions.SessionList.as_view()),
    path("sessions/<int:session_id>/", sessions.SessionDetail.as_view()),
    path("sessions/<int:session_id>/messages/", sessions.SessionMessages.as_view()),
    path("sessions/<int:session_id>/samples/", sessions.SessionSamples.as_view()),
    path("messages/", messages.MessageList.as_view()),
    path("tokens/", tokens.TokenList.as_view()),
    path("tokens/<int:token_id>/", tokens.TokenDetail.as_view(), name="token"),
    path("token-policy/", holdings.TokenPolicyDetail.as_view()),
    path("local-list-policy/", holdings.ListPolicyDetail.as_view()),
    path("reservations/", holdings.ReservationList.as_view()),
    path(
        "reservations/<int:reservation_id>/",
        holdings.ReservationDetail.as_view(),
        name="reservation",
    ),
    path("tariffs/", tariffs.TariffList.as_view()),
    path("tariffs/<int:tariff_id>/", tariffs.TariffDetail.as_view(), name="tariff"),
    path("locations/", places.LocationList.as_view()),
    path("locations/<int:location_id>/", places.LocationDetail.as_view(), name="location"),
    re_path(r"", docs.Nowhere.as_view()),
]

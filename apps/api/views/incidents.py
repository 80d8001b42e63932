"""Incidents: seen, taken, given, put off, closed; and maintenance."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.roles import Permission
from apps.api.errors import Conflict
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.incidents import (
    AssignIn,
    CloseIn,
    IncidentOut,
    IncidentQuery,
    MaintenanceIn,
    MaintenanceOut,
    NoteIn,
    SnoozeIn,
)
from apps.incidents import maintenance, selectors, services
from apps.incidents.models import Incident
from apps.incidents.selectors import IncidentFilter
from apps.stations.selectors import list_locations, list_stations

LONGEST = timedelta(days=90)


class IncidentList(Resource):
    read_permission = Permission.SEE_STATIONS
    pagination_class = CursorPages
    order = ("-opened_at", "-id")

    @extend_schema(parameters=[IncidentQuery], responses=IncidentOut(many=True))
    def get(self, request: Request) -> Response:
        """One line for each cause and site, newest first; ``current`` is what needs a person."""
        wanted = IncidentFilter(**self.query(IncidentQuery))
        found = selectors.list_incidents(self.actor, wanted, now=timezone.now())
        return self.page(found, IncidentOut)


class OneIncident(Resource):
    """What is done to one of them."""

    read_permission = Permission.SEE_STATIONS
    write_permission = Permission.OPERATE

    def one(self, incident_id: int) -> Incident:
        return selectors.get_incident(self.actor, incident_id, now=timezone.now())

    def answer(self, incident_id: int, is_done: bool) -> Response:
        if not is_done:
            raise Conflict("closed", "It is closed already.")
        return Response(IncidentOut(self.one(incident_id)).data)


class IncidentDetail(OneIncident):
    @extend_schema(responses=IncidentOut)
    def get(self, request: Request, incident_id: int) -> Response:
        """One incident; its cases are those of its kinds at its site."""
        return Response(IncidentOut(self.one(incident_id)).data)


class IncidentAcknowledgement(OneIncident):
    @extend_schema(request=None, responses=IncidentOut)
    def post(self, request: Request, incident_id: int) -> Response:
        """Somebody looks after it; with more cases it is open again."""
        one = self.one(incident_id)
        done = services.acknowledge(one, actor=self.actor, now=timezone.now())
        return self.answer(incident_id, done)


class IncidentAssignment(OneIncident):
    @extend_schema(request=AssignIn, responses=IncidentOut)
    def post(self, request: Request, incident_id: int) -> Response:
        """Give it to somebody of the organisation."""
        one, name, to = self.one(incident_id), self.body(AssignIn)["to"], None
        if name is not None:
            to = selectors.list_people(self.actor).filter(username=name).first()
            if to is None:
                raise ValidationError({"to": ["There is nobody of this name."]})
        return self.answer(incident_id, services.assign(one, to, actor=self.actor))


class IncidentSnooze(OneIncident):
    @extend_schema(request=SnoozeIn, responses=IncidentOut)
    def post(self, request: Request, incident_id: int) -> Response:
        """Leave it out of what needs a person until then, or until it gets worse."""
        one, until = self.one(incident_id), self.body(SnoozeIn)["until"]
        if until <= timezone.now():
            raise ValidationError({"until": ["It must lie ahead."]})
        return self.answer(incident_id, services.snooze(one, until, actor=self.actor))


class IncidentNotes(OneIncident):
    @extend_schema(request=NoteIn, responses=IncidentOut)
    def post(self, request: Request, incident_id: int) -> Response:
        """Write something down; it stands among the facts of the incident."""
        one = self.one(incident_id)
        services.note(one, self.body(NoteIn)["text"], actor=self.actor)
        return self.answer(incident_id, is_done=True)


class IncidentClosing(OneIncident):
    @extend_schema(request=CloseIn, responses=IncidentOut)
    def post(self, request: Request, incident_id: int) -> Response:
        """Close it with its open cases, which are dismissed for this reason."""
        one, reason = self.one(incident_id), self.body(CloseIn)["reason"]
        done = services.close(one, reason=reason, actor=self.actor, now=timezone.now())
        return self.answer(incident_id, done)


class MaintenanceList(Resource):
    read_permission = Permission.SEE_STATIONS
    write_permission = Permission.OPERATE
    pagination_class = CursorPages
    order = ("begins_at", "id")

    @extend_schema(responses=MaintenanceOut(many=True))
    def get(self, request: Request) -> Response:
        """Work that goes on or is planned, the next first."""
        found = selectors.list_maintenance(self.actor, now=timezone.now())
        return self.page(found, MaintenanceOut)

    @extend_schema(request=MaintenanceIn, responses={201: MaintenanceOut})
    def post(self, request: Request) -> Response:
        """Nobody is called for what is found there meanwhile."""
        given = self._placed(self.body(MaintenanceIn), timezone.now())
        planned = maintenance.plan_maintenance(**given, actor=self.actor)
        return Response(MaintenanceOut(planned).data, 201)

    def _placed(self, given: dict[str, Any], now: datetime) -> dict[str, Any]:
        location = list_locations(self.actor).filter(name=given["location"]).first()
        station, wrong = None, {}
        if location is None:
            wrong["location"] = ["There is no site of this name."]
        if given["station"] is not None:
            there = list_stations(self.actor).filter(location=location)
            station = there.filter(identity=given["station"]).first()
            if station is None:
                wrong["station"] = ["There is no such station at this site."]
        if not max(now, given["begins_at"]) < given["ends_at"] <= given["begins_at"] + LONGEST:
            wrong["ends_at"] = ["It must lie ahead, after the begin, and 90 days after it at most."]
        if wrong:
            raise ValidationError(wrong)
        return given | {"location": location, "station": station}


class MaintenanceDetail(Resource):
    write_permission = Permission.OPERATE

    @extend_schema(responses={204: None})
    def delete(self, request: Request, maintenance_id: int) -> Response:
        """Call it off, or end it now."""
        planned = selectors.get_maintenance(self.actor, maintenance_id)
        maintenance.call_off_maintenance(planned, actor=self.actor, now=timezone.now())
        return Response(status=204)

"""Jobs: one order for many stations on a frozen list; made and started at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.api.errors import Conflict, Invalid
from apps.api.orders import read_command
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.jobs import ItemOut, ItemQuery, JobIn, JobOut
from apps.api.urlpaths import address_of
from apps.campaigns.audience import group_of
from apps.domain.command import BadParameters
from apps.domain.commands import parameters
from apps.jobs import orders, selectors, services
from apps.jobs.models import Job
from apps.jobs.services import NotNow, Plan
from apps.stations.filters import StationFilter
from apps.stations.models import Station
from apps.stations.selectors import list_stations


class JobList(Resource):
    read_permission = Permission.SEE_STATIONS
    write_permission = Permission.HELP_DRIVER
    pagination_class = CursorPages
    order = ("-campaign_id",)

    @extend_schema(responses=JobOut(many=True))
    def get(self, request: Request) -> Response:
        """Jobs, the newest first."""
        progress = partial(selectors.progress_of, self.actor)
        return self.page(selectors.list_jobs(self.actor), JobOut, progress=progress)

    @extend_schema(request=JobIn, responses={202: JobOut})
    def post(self, request: Request) -> Response:
        """Freezes the list, judges each station, and starts with those that fit.

        Who was left out, and why, is among the items.
        """
        body = self.body(JobIn)
        job = self._started(body, self._given(body))
        address = address_of(request, "job", job_id=job.pk)
        return Response(_shown(self.actor, job), 202, headers={"Location": address})

    def _given(self, body: dict[str, Any]) -> dict[str, Any]:
        """Its parameters as the order reads them; 403 where the key may not."""
        action, given = body["action"], body["parameters"]
        if action not in orders.DEEDS:
            given = parameters(read_command(self.actor, action, given))
        needed = orders.permission_of(action)
        if needed is not None and not self.actor.may(needed):
            raise PermissionDenied
        return given

    @transaction.atomic
    def _started(self, body: dict[str, Any], given: dict[str, Any]) -> Job:
        now = timezone.now()
        plan = Plan(
            given, body["reason"], may_interrupt=body["may_interrupt"],
            at_once=body["parallel"], deadline_s=body["deadline_s"],
        )  # fmt: skip
        with _told():
            query = "&".join(f"{k}={v}" for k, v in body.get("filter", {}).items())
            stations = self._stations(body)
            job = services.freeze(self.actor, stations, body["action"], query=query, now=now)
            services.prepare(job, plan, actor=self.actor, now=now)
            services.start(job, actor=self.actor, now=now)
        return job

    def _stations(self, body: dict[str, Any]) -> QuerySet[Station]:
        if "filter" in body:
            return list_stations(self.actor, StationFilter(**body["filter"]))
        named = group_of(self.actor, body["stations"])
        return list_stations(self.actor).filter(pk__in=[station.pk for station in named])


class JobDetail(Resource):
    read_permission = Permission.SEE_STATIONS

    @extend_schema(responses=JobOut)
    def get(self, request: Request, job_id: int) -> Response:
        """One job and how far it has come."""
        return Response(_shown(self.actor, selectors.get_job(self.actor, job_id)))


class JobItems(Resource):
    read_permission = Permission.SEE_STATIONS
    pagination_class = CursorPages

    @extend_schema(parameters=[ItemQuery], responses=ItemOut(many=True))
    def get(self, request: Request, job_id: int) -> Response:
        """Its stations, and what came of each."""
        job = selectors.get_job(self.actor, job_id)
        state = self.query(ItemQuery).get("state", "")
        return self.page(selectors.list_items(self.actor, job, state), ItemOut)


class JobStop(Resource):
    write_permission = Permission.HELP_DRIVER

    @extend_schema(request=None, responses=JobOut)
    def post(self, request: Request, job_id: int) -> Response:
        """Who was not told is spared; what was sent is followed to its end."""
        job = _mine(self, job_id)
        with _told():
            services.stop(job, actor=self.actor, now=timezone.now())
        return Response(_shown(self.actor, job))


class JobRetry(Resource):
    write_permission = Permission.HELP_DRIVER

    @extend_schema(request=None, responses=JobOut)
    def post(self, request: Request, job_id: int) -> Response:
        """What failed or was spared is done again, on the same list."""
        job = _mine(self, job_id)
        with _told():
            services.retry(job, actor=self.actor, now=timezone.now())
        return Response(_shown(self.actor, job))


def _mine(view: Resource, job_id: int) -> Job:
    """One that the key may see, and whose order it may give."""
    job = selectors.get_job(view.actor, job_id)
    if not selectors.may_order(view.actor, job):
        raise PermissionDenied
    return job


def _shown(actor: Actor, job: Job) -> dict[str, Any]:
    return JobOut(job, context={"progress": selectors.progress_of(actor, [job])}).data


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BadParameters as error:
        raise Invalid(
            "invalid_job", "The job does not fit; see details.", error.problems
        ) from error
    except NotNow as error:
        raise Conflict("not_now", str(error)) from error

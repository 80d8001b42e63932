"""People: listed, invited, changed, logged out. All of it for administrators alone."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from apps.accounts import invitations, log_ins, people, second_factor, selectors
from apps.accounts.models import Mandate
from apps.accounts.roles import Permission
from apps.api.errors import Conflict
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.people import (
    InvitationOut,
    InviteIn,
    LinkOut,
    NewInvitationOut,
    PersonFields,
    PersonOut,
    Sites,
    taken_mandate,
)


class _OfAdministrators(Resource):
    read_permission = write_permission = Permission.ADMINISTER

    def context_of(self, *mandates: Mandate, **more: Any) -> dict[str, Any]:
        return {"sites": Sites(self.actor, mandates), **more}


class PersonList(_OfAdministrators):
    pagination_class = CursorPages

    @extend_schema(responses=PersonOut(many=True))
    def get(self, request: Request) -> Response:
        """Everybody of the organisation, deactivated people as well."""
        found = selectors.list_people(self.actor)
        return self.page(found, PersonOut, sites=lambda rows: Sites(self.actor, rows))

    @extend_schema(request=InviteIn, responses={201: NewInvitationOut})
    def post(self, request: Request) -> Response:
        """Invites somebody, who chooses a name and a password by the link; it works for 7 days."""
        given = taken_mandate(self.actor, self.body(InviteIn))
        made, secret = invitations.invite(
            organisation_id=self.actor.organisation_id,
            actor=self.actor, now=timezone.now(), **given,
        )  # fmt: skip
        link = request.build_absolute_uri(reverse("dashboard:invitation", args=[secret]))
        not_sent = invitations.mail(made, link) if made.email else ""
        context = self.context_of(made, link=link, not_sent=not_sent)
        return Response(NewInvitationOut(made, context=context).data, 201)


class PersonDetail(_OfAdministrators):
    @extend_schema(responses=PersonOut)
    def get(self, request: Request, person_id: int) -> Response:
        """One person."""
        person = selectors.get_person(self.actor, person_id)
        return Response(PersonOut(person, context=self.context_of(person)).data)

    @extend_schema(request=PersonFields(partial=True), responses=PersonOut)
    def patch(self, request: Request, person_id: int) -> Response:
        """Changes what is given; it holds at once. The last active administrator stays one."""
        person = selectors.get_person(self.actor, person_id)
        fields = taken_mandate(self.actor, self.body(PersonFields, partial=True))
        if fields.get("is_active") is False:
            del fields["is_active"]
            people.deactivate(person, actor=self.actor, **fields)
        else:
            people.change_person(person, actor=self.actor, **fields)
        person = selectors.get_person(self.actor, person_id)
        return Response(PersonOut(person, context=self.context_of(person)).data)


class PersonLogOut(_OfAdministrators):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, person_id: int) -> Response:
        """Ends all log-ins of somebody."""
        self.body(Serializer)
        log_ins.end_log_ins(selectors.get_person(self.actor, person_id), actor=self.actor)
        return Response(status=204)


class PersonPasswordLink(_OfAdministrators):
    @extend_schema(request=None, responses={201: LinkOut})
    def post(self, request: Request, person_id: int) -> Response:
        """A link by which somebody sets a new password."""
        self.body(Serializer)
        person = selectors.get_person(self.actor, person_id)
        if not person.is_active:
            raise Conflict("deactivated", "Reactivate the person first.")
        token = people.make_password_link(person, actor=self.actor)
        to = reverse("dashboard:password-link", args=[person.pk, token])
        return Response({"link": request.build_absolute_uri(to)}, 201)


class PersonSecondFactor(_OfAdministrators):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, person_id: int) -> Response:
        """Resets it: the password is enough until another one is turned on."""
        person = selectors.get_person(self.actor, person_id)
        second_factor.turn_off(person, actor=self.actor)
        return Response(status=204)


class InvitationList(_OfAdministrators):
    pagination_class = CursorPages

    @extend_schema(responses=InvitationOut(many=True))
    def get(self, request: Request) -> Response:
        """Invitations that somebody may still come by."""
        found = selectors.list_invitations(self.actor, timezone.now())
        return self.page(found, InvitationOut, sites=lambda rows: Sites(self.actor, rows))


class InvitationDetail(_OfAdministrators):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, invitation_id: int) -> Response:
        """Calls it off; its link opens nothing any more."""
        invitation = selectors.get_invitation(self.actor, invitation_id)
        invitations.call_off(invitation, actor=self.actor, now=timezone.now())
        return Response(status=204)

from typing import Any

from django.db import models
from django.db.models import Q

from apps.domain.command import Command, Declaration
from apps.domain.commands import COMMANDS, declaration_of
from apps.journal.masking import masked


class State(models.TextChoices):
    """queued → sent → accepted | rejected | error | timed out → confirmed | failed | not confirmed.

    Failed: the station said yes, and later that it did not succeed. What failed or was not
    confirmed may yet come true, and is then confirmed. Superseded: a newer command for the same
    purpose took its place before it was sent.
    """

    QUEUED = "queued", "Queued"
    SENT = "sent", "Sent"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    ERROR = "error", "Error"
    TIMED_OUT = "timed_out", "No reply"
    CONFIRMED = "confirmed", "Confirmed"
    FAILED = "failed", "Failed"
    NOT_CONFIRMED = "not_confirmed", "Not confirmed"
    EXPIRED = "expired", "Expired"
    SUPERSEDED = "superseded", "Superseded"


OPEN = (State.QUEUED, State.SENT, State.ACCEPTED)
GIVEN_UP = (State.NOT_CONFIRMED, State.FAILED)
FINAL = tuple(s for s in State if s not in OPEN)


class CommandRow(models.Model):
    """A command to one station and its life. ``detail`` is the station's own word.

    ``progress``: its last report of work that takes its time (firmware, an upload).
    ``due_at``: not before then; null is at once. ``verbatim``: the call that was given word for
    word, as {"action", "payload"}; the name and the parameters are then what it means.
    ``request_id``: the number in it, see ``number``. ``is_unasked``: nobody gave it, so it waits
    behind what people want. ``purpose``: what it is for, where the newest of it is enough; see
    ``succession``. ``superseded_by``: the command that took its place. ``tries``: each
    call where it was not sent as it was given alone, as {"ways" (of domain.ways), "answer"}.
    """

    organisation_id = models.BigIntegerField()
    station_id = models.BigIntegerField()
    identity = models.CharField(max_length=48)
    session_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict)
    actor = models.CharField(max_length=160, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=14, choices=State.choices, default=State.QUEUED)
    detail = models.CharField(max_length=255, blank=True)
    action = models.CharField(max_length=64, blank=True)
    request = models.JSONField(null=True)
    response = models.JSONField(null=True)
    error_code = models.CharField(max_length=64, blank=True)
    error_description = models.CharField(max_length=255, blank=True)
    connection_id = models.CharField(max_length=32, blank=True)
    transaction_id = models.CharField(max_length=36, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    confirm_by = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    observed = models.CharField(max_length=200, blank=True)
    progress = models.CharField(max_length=40, blank=True)
    progress_at = models.DateTimeField(null=True)
    verbatim = models.JSONField(null=True)
    request_id = models.BigIntegerField(null=True)
    is_unasked = models.BooleanField(default=False)
    purpose = models.CharField(max_length=80, blank=True, default="", db_default="")
    superseded_by = models.BigIntegerField(null=True)
    tries = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id", "-created_at"], name="command_recent"),
            models.Index(fields=["station_id", "-created_at"], name="command_by_station"),
            models.Index(
                fields=["station_id", "id"],
                condition=Q(state__in=["queued", "sent", "accepted"]),
                name="command_open",
            ),
            models.Index(
                fields=["station_id", "confirm_by"],
                condition=Q(state__in=["not_confirmed", "failed"]),
                name="command_given_up",
            ),
            models.Index(
                fields=["station_id", "id"],
                condition=Q(state="error", is_unasked=True),
                name="command_lost",
            ),
            models.Index(
                fields=["session_id"],
                condition=Q(session_id__isnull=False),
                name="command_by_session",
            ),
            models.Index(fields=["organisation_id", "name", "-created_at"], name="command_of_name"),
            models.Index(
                fields=["organisation_id", "state", "-created_at"], name="command_in_state"
            ),
        ]

    @property
    def kind(self) -> type[Command] | None:
        """The class of the command; None where it is of another age."""
        return COMMANDS.get(self.name)

    @property
    def declared(self) -> Declaration:
        """What is true of every command of this name."""
        return declaration_of(self.name)

    @property
    def shown_parameters(self) -> dict[str, Any]:
        """What people may see of them; until it is sent the row has them in full."""
        shown: dict[str, Any] = masked(self.parameters)
        return shown

    @property
    def number(self) -> int:
        """The requestId under which the station reports on it."""
        return self.pk if self.request_id is None else self.request_id

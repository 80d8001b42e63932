from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now, Upper
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.domain.texts import is_one_line
from apps.domain.vocabulary import BootStatus, ConnectorStatus, Protocol, Strictness
from apps.protocol import Traits, traits_of
from apps.stations.grouping import StationGroup as StationGroup
from apps.stations.grouping import StationTag as StationTag

EDITABLE = frozenset({  # of a station, by whoever may change it
    "location", "security_profile", "serial_number", "boot_policy", "reading", "assumed_protocol",
})  # fmt: skip


class Location(models.Model):
    """A site. ``changed_at``, here and on what else partners are told of: the last change that
    they would want to hear of, by the clock of the database; ``bulk`` sets it by itself.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    timezone = models.CharField(max_length=64, default="UTC")
    address = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="location_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if not is_one_line(self.name):
            raise ValidationError({"name": "A name is one line, without control characters."})


class Station(models.Model):
    """A charging station. Presence: ``connection_id`` is the socket that counts, "" is none.

    ``reading``: how the form of its messages is judged. ``assumed_protocol``: what it speaks
    where it offers nothing that is spoken here. ``is_stranger``: it came unknown and
    nobody has accepted it yet. ``pending_digest``: of a
    password that it was sent and has not confirmed; until it has shown it, either lets it in.
    ``box_ip``, ``other_…``, ``two_boxes_at``, ``replaced_at``: see ``boxes.Seen``.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="stations")
    identity = models.CharField(max_length=48, unique=True)
    security_profile = models.PositiveSmallIntegerField(default=0)
    password_digest = models.CharField(max_length=64, blank=True)
    pending_digest = models.CharField(max_length=64, blank=True)
    boot_policy = models.CharField(
        max_length=8,
        choices=[(s.value.lower(), s.value) for s in BootStatus],
        default=BootStatus.ACCEPTED.value.lower(),
    )
    reading = models.CharField(
        max_length=8,
        choices=[(r.value, r.value.capitalize()) for r in Strictness],
        default=Strictness.TOLERANT.value,
        db_default=Strictness.TOLERANT.value,
    )
    assumed_protocol = models.CharField(
        max_length=10,
        choices=[(p.value, p.value) for p in Protocol],
        blank=True,
        db_default="",
    )
    is_stranger = models.BooleanField(default=False)
    has_declared_topology = models.BooleanField(default=False)
    registered_at = models.DateTimeField(default=timezone.now)

    vendor = models.CharField(max_length=255, blank=True)
    model = models.CharField(max_length=255, blank=True)
    serial_number = models.CharField(max_length=255, blank=True)
    firmware = models.CharField(max_length=255, blank=True)
    firmware_status = models.CharField(max_length=40, blank=True)
    log_status = models.CharField(max_length=40, blank=True)
    boot_status = models.CharField(max_length=8, blank=True)
    boot_reason = models.CharField(max_length=40, blank=True)
    last_boot_at = models.DateTimeField(null=True, blank=True)
    heartbeat_interval_s = models.PositiveIntegerField(default=300)

    box_ip = models.CharField(max_length=45, blank=True, db_default="")
    other_serial_number = models.CharField(max_length=255, blank=True, db_default="")
    other_maker = models.CharField(max_length=255, blank=True, db_default="")
    other_ip = models.CharField(max_length=45, blank=True, db_default="")
    other_at = models.DateTimeField(null=True, blank=True)
    is_other_last = models.BooleanField(default=False, db_default=False)
    two_boxes_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    protocol = models.CharField(max_length=10, blank=True)
    connection_id = models.CharField(max_length=32, blank=True)
    gateway = models.CharField(max_length=100, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    is_connected = models.BooleanField(default=False)
    clock_offset_s = models.FloatField(null=True, blank=True)
    clock_drift_s_per_day = models.FloatField(null=True, blank=True)
    clock_judged_at = models.DateTimeField(null=True, blank=True)
    connection_changed_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "identity"], name="station_by_identity"),
            models.Index(Upper("identity"), name="station_by_upper"),
            models.Index(
                fields=["id"],
                condition=models.Q(is_connected=True),
                name="station_connected",
            ),
            models.Index(
                fields=["organisation"],
                condition=models.Q(is_stranger=True),
                name="station_stranger",
            ),
        ]

    def __str__(self) -> str:
        return self.identity

    @property
    def traits(self) -> Traits:
        """What its OCPP version can do and how it behaves."""
        return traits_of(self.protocol)


class Alias(models.Model):
    """Another identity under which a station may come in; everything else knows it by its own."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="aliases")
    identity = models.CharField(max_length=120, unique=True)

    class Meta:
        ordering = ["identity"]
        indexes = [models.Index(Upper("identity"), name="alias_by_upper")]

    def __str__(self) -> str:
        return self.identity


class Evse(models.Model):
    """``changed_at``: of it, its connectors, and what they show."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="evses")
    number = models.PositiveIntegerField()
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["station", "number"], name="evse_number_once")
        ]


class Connector(models.Model):
    """A socket or cable. ``status`` as reported; ``session_state`` "" when nothing runs."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="connectors")
    evse = models.ForeignKey(Evse, on_delete=models.CASCADE, related_name="connectors")
    number = models.PositiveIntegerField()
    standard = models.CharField(max_length=40, blank=True)
    max_power_w = models.PositiveIntegerField(null=True, blank=True)
    status = models.CharField(max_length=15, default=ConnectorStatus.UNKNOWN.value)
    status_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=50, blank=True)
    info = models.CharField(max_length=255, blank=True)
    vendor_error_code = models.CharField(max_length=255, blank=True)
    session_state = models.CharField(max_length=15, blank=True)

    class Meta:
        ordering = ["evse__number", "number"]
        constraints = [
            models.UniqueConstraint(fields=["evse", "number"], name="connector_number_once")
        ]
        indexes = [models.Index(fields=["status"], name="connector_by_status")]


class StatusChange(models.Model):
    """One reported status; connector 0 is the whole EVSE, EVSE 0 the whole station."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="status_changes")
    evse_id = models.PositiveIntegerField()
    connector_id = models.PositiveIntegerField()
    status = models.CharField(max_length=15)
    error_code = models.CharField(max_length=50, blank=True)
    info = models.CharField(max_length=255, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["station", "evse_id", "at"], name="status_change_by_evse")]


class FormCount(models.Model):
    """How often one thing was odd about the form of a station's messages, and when.

    ``rule``: of domain.form; one of its REFUSALS where the message was not taken. ``path``: of
    what OCPP knows there, so that the rows of a station are few whatever it sends. ``detail``:
    the name of the newest member that OCPP does not know.
    """

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="form_counts")
    action = models.CharField(max_length=50, blank=True)
    rule = models.CharField(max_length=20)
    path = models.CharField(max_length=150, blank=True)
    firmware = models.CharField(max_length=100, blank=True)
    detail = models.CharField(max_length=40, blank=True)
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "action", "rule", "path", "firmware"], name="form_count_once"
            ),
        ]


class StationNotice(models.Model):
    """A security event, a monitoring event, a firmware or log step: shown, never lost."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=120)
    detail = models.CharField(max_length=255, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["station", "-at"], name="notice_by_station")]


class Variable(models.Model):
    """One attribute of the device model (2.0.1) or one configuration key (1.6); 0 is no EVSE.

    ``changed_by``: who had it set, "" where it was found changed when it was read.
    ``report_id``: the report that named it last.
    """

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="variables")
    component = models.CharField(max_length=110, blank=True)
    variable = models.CharField(max_length=110)
    evse_id = models.PositiveIntegerField(default=0)
    connector_id = models.PositiveIntegerField(default=0)
    attribute = models.CharField(max_length=10, default="Actual")
    value = models.TextField(blank=True)
    mutability = models.CharField(max_length=10, blank=True)
    is_persistent = models.BooleanField(null=True)
    is_constant = models.BooleanField(null=True)
    data_type = models.CharField(max_length=20, blank=True)
    unit = models.CharField(max_length=16, blank=True)
    min_limit = models.FloatField(null=True)
    max_limit = models.FloatField(null=True)
    values_list = models.TextField(blank=True)
    supports_monitoring = models.BooleanField(null=True)
    read_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    changed_by = models.CharField(max_length=160, blank=True)
    changed_command_id = models.BigIntegerField(null=True)
    needs_reboot = models.BooleanField(default=False)
    report_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["component", "variable"]
        indexes = [
            models.Index(
                fields=["station"],
                condition=models.Q(needs_reboot=True),
                name="variable_needs_reboot",
            ),
            models.Index(
                fields=["changed_command_id"],
                condition=models.Q(changed_command_id__isnull=False),
                name="variable_by_command",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "component", "variable", "evse_id", "connector_id", "attribute"],
                name="variable_once",
            ),
        ]

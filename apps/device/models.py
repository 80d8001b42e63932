from django.db import models

from apps.device.assembly import OPEN, Assembly, Kind, State
from apps.stations.models import Station

_KINDS = [
    (Kind.VARIABLES.value, "Device model"),
    (Kind.MONITORS.value, "Monitors"),
    (Kind.CUSTOMER.value, "Customer information"),
]


class Report(models.Model):
    """One answer in parts, known by its station and requestId. ``asked``: see ``asking``.

    ``seqs`` and ``last_seq`` as in Assembly; ``texts`` are the parts of customer information by
    seqNo, until they are let go.
    """

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=10, choices=_KINDS)
    request_id = models.BigIntegerField(null=True)
    command_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=160, blank=True)
    asked = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value.capitalize()) for s in State], default=State.ASKED
    )
    seqs = models.TextField(blank=True)
    last_seq = models.PositiveIntegerField(null=True)
    items = models.PositiveIntegerField(default=0)
    texts = models.JSONField(default=dict)
    begun_at = models.DateTimeField()
    last_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["station", "-begun_at"], name="report_by_station"),
            models.Index(fields=["station", "kind", "request_id"], name="report_by_request"),
            models.Index(
                fields=["last_at"],
                condition=models.Q(state__in=[s.value for s in OPEN]),
                name="report_open",
            ),
            models.Index(
                fields=["command_id"],
                condition=models.Q(command_id__isnull=False),
                name="report_by_command",
            ),
        ]

    @property
    def assembly(self) -> Assembly:
        return Assembly(self.seqs, self.last_seq, self.items)

    @property
    def text(self) -> str:
        """The customer information as it was told."""
        return "".join(self.texts[seq] for seq in sorted(self.texts, key=int))


class Origin(models.TextChoices):
    """Who made a monitor."""

    HARD_WIRED = "hard_wired", "Hard-wired"
    PRECONFIGURED = "preconfigured", "Preconfigured"
    CUSTOM = "custom", "Ours"


class Monitor(models.Model):
    """A monitor of a station. Names as in Variable; ``origin`` "" where nobody has told it."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="monitors")
    number = models.PositiveIntegerField()
    component = models.CharField(max_length=110)
    variable = models.CharField(max_length=110)
    evse_id = models.PositiveIntegerField(default=0)
    connector_id = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=20)
    value = models.FloatField()
    severity = models.PositiveSmallIntegerField()
    is_transaction = models.BooleanField(default=False)
    origin = models.CharField(max_length=13, choices=Origin.choices, blank=True)
    actor = models.CharField(max_length=160, blank=True)
    set_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()
    report_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["severity", "number"]
        constraints = [
            models.UniqueConstraint(fields=["station", "number"], name="monitor_number_once")
        ]


class Monitoring(models.Model):
    """What a station was told last of its monitors; "" and None where nobody did."""

    station = models.OneToOneField(
        Station, on_delete=models.CASCADE, primary_key=True, related_name="monitoring"
    )
    base = models.CharField(max_length=16, blank=True)
    base_by = models.CharField(max_length=160, blank=True)
    base_at = models.DateTimeField(null=True)
    level = models.PositiveSmallIntegerField(null=True)
    level_by = models.CharField(max_length=160, blank=True)
    level_at = models.DateTimeField(null=True)


class DeviceEvent(models.Model):
    """One entry of what a station noticed. ``kind`` and ``trigger`` are OCPP's words.

    ``is_status``: it told the availability of a connector, which is kept there too.
    """

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="device_events")
    event_id = models.PositiveIntegerField()
    component = models.CharField(max_length=110)
    variable = models.CharField(max_length=110)
    evse_id = models.PositiveIntegerField(default=0)
    connector_id = models.PositiveIntegerField(default=0)
    trigger = models.CharField(max_length=8)
    kind = models.CharField(max_length=21)
    cause = models.PositiveIntegerField(null=True)
    value = models.TextField(blank=True)
    tech_code = models.CharField(max_length=50, blank=True)
    tech_info = models.TextField(blank=True)
    is_cleared = models.BooleanField(default=False)
    is_status = models.BooleanField(default=False)
    transaction_id = models.CharField(max_length=36, blank=True)
    monitor_number = models.PositiveIntegerField(null=True)
    severity = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField()
    generated_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["station", "-at"], name="device_event_by_station")]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "event_id", "at", "component", "variable"],
                name="device_event_once",
            )
        ]

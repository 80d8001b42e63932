from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, Trim, Upper

from apps.accounts.models import Organisation
from apps.domain.vocabulary import SampleContext, SessionState
from apps.journal.secrecy import shown
from apps.stations.models import Station
from apps.tariffs.models import TariffVersion
from apps.tokens.models import Token
from ocpp_platform.columns import SmallFloatField, WordField

FIRST_ID = 1_000_001  # 1.6 transaction ids are these; far from the ids that stations make up
CONTEXTS: dict[str, int] = {
    SampleContext.BEGIN.value: 1,
    SampleContext.INTERRUPTION_BEGIN.value: 2,
    SampleContext.INTERRUPTION_END.value: 3,
    SampleContext.CLOCK.value: 4,
    SampleContext.PERIODIC.value: 5,
    SampleContext.TRIGGER.value: 6,
    SampleContext.OTHER.value: 7,
    SampleContext.END.value: 8,
}  # in this order where instants are the same


class Session(models.Model):
    """A transaction of a charger and its price. Written by ``services`` only.

    ``state_at``/``state_seq`` and ``token_seq`` are the order keys of the facts beside them;
    ``seqs`` the set of seqNo seen, as ranges ("0-7,9"). Energies in Wh. No index names a column
    that every message changes (``columns.HOT``): PostgreSQL then rewrites the row in its place.
    ``start_said_at``, ``end_said_at``: its begin and end in the words of the station, as against
    what ``timing`` makes of them (None: the same); ``…_heard_at``: when we heard of them;
    ``offset_s``: see ``machine.Facts``.
    ``runs``, ``is_doubted``, ``ahead_wh``: see ``energy.Totals``; ``told``, ``totalled``: samples
    taken, and those when they were totalled last, and ``is_stale`` since. ``limit_w``: what its
    connector was said to deliver when it began.
    ``decided_wh``: what a person decided that it took (``deciding``).
    ``is_misdated``: whether a message itself showed that the clock which told it was wrong, so that
    the mark lasts whatever comes; None of those from before it was kept.
    ``is_thinned``: whether samples of it went with age (``thinning``); None until that is judged.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    station = models.ForeignKey(
        Station, on_delete=models.PROTECT, related_name="charging_sessions", db_index=False
    )
    evse_id = models.PositiveIntegerField(null=True)
    connector_id = models.PositiveIntegerField(null=True)
    transaction_id = models.CharField(max_length=36)
    natural_key = models.CharField(max_length=120, null=True)
    protocol = models.CharField(max_length=10)
    token_uid = models.CharField(max_length=36, blank=True)
    token_kind = models.CharField(max_length=20, blank=True)
    token_at = models.DateTimeField(null=True)
    token = models.ForeignKey(Token, null=True, on_delete=models.SET_NULL, related_name="+")
    remote_start_id = models.BigIntegerField(null=True)
    reservation_id = models.BigIntegerField(null=True)

    state = models.CharField(
        max_length=15,
        choices=[(s.value, s.value) for s in SessionState],
        default=SessionState.PENDING.value,
    )
    charging_state = models.CharField(max_length=15, blank=True)
    state_at = models.DateTimeField(null=True)
    state_seq = models.IntegerField(default=-1)
    has_charged = models.BooleanField(default=False)
    seqs = models.TextField(blank=True)
    started_at = models.DateTimeField()
    offset_s = models.FloatField(null=True)
    has_start = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    start_said_at = models.DateTimeField(null=True)
    start_heard_at = models.DateTimeField(null=True)
    end_said_at = models.DateTimeField(null=True)
    end_heard_at = models.DateTimeField(null=True)
    end_seq = models.IntegerField(null=True)
    stop_reason = models.CharField(max_length=40, blank=True)
    is_estimated = models.BooleanField(default=False)
    last_event_at = models.DateTimeField()
    last_received_at = models.DateTimeField()
    changed_at = models.DateTimeField(db_default=Now(), editable=False)
    asked_at = models.DateTimeField(null=True)

    energy_wh = models.FloatField(default=0)
    meter_start_wh = models.FloatField(null=True)
    meter_stop_wh = models.FloatField(null=True)
    register_at = models.DateTimeField(null=True)
    power_w = models.FloatField(null=True)
    soc_pct = models.FloatField(null=True)
    soc_start_pct = models.FloatField(null=True)
    max_power_w = models.FloatField(null=True)
    sampled_at = models.DateTimeField(null=True)
    flowed_at = models.DateTimeField(null=True)
    runs = models.TextField(blank=True, default="")
    is_doubted = models.BooleanField(default=False, db_default=False)
    ahead_wh = models.FloatField(default=0, db_default=0)
    told = models.PositiveIntegerField(default=0, db_default=0)
    totalled = models.PositiveIntegerField(default=0, db_default=0)
    is_stale = models.BooleanField(default=False, db_default=False)
    limit_w = models.FloatField(null=True)
    decided_wh = models.FloatField(null=True)
    is_thinned = models.BooleanField(null=True)
    is_misdated = models.BooleanField(null=True)
    flags = models.CharField(max_length=200, blank=True)
    is_problem = models.BooleanField(default=False)

    tariff_version = models.ForeignKey(
        TariffVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    currency = models.CharField(max_length=3, blank=True)
    price_excl_vat = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    vat = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    price_incl_vat = models.DecimalField(max_digits=16, decimal_places=3, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["station", "transaction_id"], name="session_once"),
            models.UniqueConstraint(fields=["station", "natural_key"], name="session_start_once"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-started_at", "-id"], name="session_recent"),
            models.Index(fields=["station", "-started_at"], name="session_by_station"),
            models.Index(
                Upper("token_uid"), models.F("started_at").desc(), name="session_by_token"
            ),
            models.Index(Upper(Trim("transaction_id")), name="session_by_any_spelling"),
            models.Index(
                fields=["organisation", "-started_at", "-id"],
                condition=Q(is_problem=True),
                name="session_problem",
            ),
            models.Index(
                fields=["station", "evse_id"],
                condition=Q(ended_at__isnull=True),
                name="session_open",
            ),
            models.Index(
                fields=["ended_at"],
                condition=Q(is_thinned__isnull=True, ended_at__isnull=False),
                name="session_to_thin",
            ),
        ]

    @property
    def shown_token(self) -> str:
        """What people may see of the token; no code that a driver types."""
        return shown(self.token_uid, self.token_kind)


class Reading(models.Model):
    """A meter at one instant. Wh, W, A, V; phases L1 to L3. What money is made of is exact.

    ``is_trusted``: ``at`` is the station's own word, not our clock in place of a wrong one.
    """

    at = models.DateTimeField()
    context = WordField(numbers=CONTEXTS)
    register_wh = models.FloatField(null=True)
    power_w = models.FloatField(null=True)
    soc_pct = SmallFloatField(null=True)
    current_l1_a = SmallFloatField(null=True)
    current_l2_a = SmallFloatField(null=True)
    current_l3_a = SmallFloatField(null=True)
    voltage_l1_v = SmallFloatField(null=True)
    voltage_l2_v = SmallFloatField(null=True)
    voltage_l3_v = SmallFloatField(null=True)
    is_trusted = models.BooleanField(default=True, db_default=True)
    interval_wh = models.FloatField(null=True)

    class Meta:
        abstract = True


class Sample(Reading):
    """The meter of a session."""

    pk = models.CompositePrimaryKey("session_id", "at", "context")
    session_id = models.BigIntegerField()

    class Meta:
        ordering = ["at", "context"]


class StraySample(Reading):
    """Named no session, and none ran there then: one whose start comes later takes it."""

    station_id = models.BigIntegerField()
    evse_id = models.PositiveIntegerField()
    received_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station_id", "evse_id", "at", "context"], name="stray_key"
            ),
        ]


class ParkedEvent(models.Model):
    """A message about a session that could not be placed: acknowledged, kept, to be judged."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="parked_events")
    received_at = models.DateTimeField()
    action = models.CharField(max_length=50)
    why = models.CharField(max_length=200)
    payload = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "-received_at"], name="parked_recent")]


class Amendment(models.Model):
    """What a person has put right of a session; the readings stay where they were told.

    ``set_aside``: the reading of that instant and context does not count in ``session``.
    ``joined``: ``other`` counts in ``session``, which has a copy of its readings. ``split``: what
    comes after ``at`` does not count in ``session`` but in ``other``, which has a copy of it.
    """

    class Kind(models.TextChoices):
        SET_ASIDE = "set_aside"
        JOINED = "joined"
        SPLIT = "split"

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="amendments")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    at = models.DateTimeField(null=True)
    context = models.CharField(max_length=30, blank=True)
    other = models.ForeignKey(
        Session, null=True, on_delete=models.CASCADE, related_name="amended_by"
    )
    reason = models.CharField(max_length=200)
    decided_by = models.CharField(max_length=160)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "at", "context"],
                condition=Q(kind="set_aside"),
                name="reading_set_aside_once",
            ),
        ]

"""The boots of one batch, ruled in memory from what was read at once, and what they begin."""

from collections.abc import Collection

from django.conf import settings

from apps.batch.parts import Batch, Part
from apps.batch.refs import StationRef
from apps.campaigns.batch import Campaigns
from apps.commands import questions
from apps.commands.services import Whom
from apps.domain.events import StationBooted
from apps.domain.vocabulary import BootStatus
from apps.history import doers
from apps.onboarding import renewals, services
from apps.onboarding.models import Policy, RecipeStep, Setup
from apps.onboarding.setups import SET_UPS
from apps.onboarding.verdict import Case, Ruling, rule
from apps.protocol.vendors import adapter_for
from ocpp_platform.bulk import Writes


class Boots(Part):
    """``decide`` for each; ``flush`` begins what begins."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._interval_s = settings.OCPP_HEARTBEAT_INTERVAL_S
        self._setups: dict[int, Setup] = {}
        self._policies: dict[int, Policy] = {}
        self._with_steps: set[int] = set()
        self._begun: dict[int, str] = {}
        self._renewing: dict[int, None] = {}
        self._unread: dict[int, Whom] = {}

    def load(self) -> None:
        if booting := [item.ref for item, _ in self.batch.told(StationBooted)]:
            self._load(booting)

    def decide(self, ref: StationRef, policy: str, told: str) -> BootStatus:
        """What the boot is answered. ``told``: what the one before it was."""
        setup = self._setups.get(ref.id)
        ruling = Ruling(BootStatus(policy.capitalize()))
        if policy == "accepted":
            ruling = rule(self._case(ref, setup, policy, told))
        if ruling.begins:
            self._begun[ref.id] = ref.identity
        if setup is not None and setup.renew_since and ruling.status is BootStatus.PENDING:
            self._renewing[ref.id] = None
        return ruling.status

    def interval_s(self, ref: StationRef, status: BootStatus) -> int:
        """How often it shall beat; while it is held, when it may boot again."""
        policy = self._policies.get(ref.organisation_id)
        if status is not BootStatus.ACCEPTED:
            return (policy.retry_interval_s if policy else 0) or self._interval_s
        wanted = (policy.heartbeat_interval_s if policy else 0) or self._interval_s
        manner = adapter_for(ref.vendor, ref.model, ref.firmware).manner
        return max(wanted, manner.heartbeat_s)

    def read_everything(self, ref: StationRef) -> None:
        """Have the station asked for all of its settings, once."""
        self._unread[ref.id] = (ref.organisation_id, ref.id, ref.identity)

    def flush(self, _writes: Writes) -> None:
        now = self.batch.now
        if self._begun:
            by = {key: doers.station(key, identity) for key, identity in self._begun.items()}
            services.begin_all(by, now=now)
            for station_id in self._begun:
                self.batch.part(Campaigns).heard(SET_UPS, station_id)
        for station_id in self._renewing:
            renewals.renew(station_id, now=now)
        if self._unread:
            questions.queue_readings(list(self._unread.values()), now=now)

    def _case(self, ref: StationRef, setup: Setup | None, policy: str, told: str) -> Case:
        has_steps = ref.organisation_id in self._with_steps
        if setup is None:
            stage = "running" if ref.id in self._begun else ""
            return Case(policy, told, stage, has_steps=has_steps)
        return Case(
            policy, told, setup.stage, setup.is_blocking, setup.renew_since is not None, has_steps
        )

    def _load(self, booting: Collection[StationRef]) -> None:
        organisations = {ref.organisation_id for ref in booting}
        setups = Setup.objects.filter(station_id__in={ref.id for ref in booting})
        self._setups = {setup.station_id: setup for setup in setups}
        policies = Policy.objects.filter(organisation_id__in=organisations)
        self._policies = {policy.organisation_id: policy for policy in policies}
        steps = RecipeStep.objects.filter(organisation_id__in=organisations)
        self._with_steps = set(steps.values_list("organisation_id", flat=True).distinct())

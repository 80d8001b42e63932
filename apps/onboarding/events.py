"""Boots, and what stations do while they are set up."""

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.campaigns.batch import Campaigns
from apps.commands.happenings import Progressed, Replied
from apps.domain.answers import Answer
from apps.domain.events import StationBooted
from apps.domain.vocabulary import BootStatus
from apps.onboarding import orders, renewals
from apps.onboarding.batch import Boots
from apps.onboarding.setups import SET_UPS
from apps.protocol.vendors import adapter_for
from apps.stations.batch import Stations
from apps.stations.happenings import Booted, CameIn
from apps.stations.sharing import Sharing

_BY_CERTIFICATE = 3  # the security profile


def booted(batch: Batch, item: Item, event: StationBooted) -> Answer:
    """Ruled by its policy and its set-up; what follows a boot in service is hooked to it."""
    stations, boots = batch.part(Stations), batch.part(Boots)
    batch.station_changed(item.ref)
    is_unread = stations.is_unread(item.ref, event)
    status = boots.decide(item.ref, *stations.standing(item.ref))
    interval_s = boots.interval_s(item.ref, status)
    shown = batch.part(Sharing).booted(item, event)
    answer = stations.boot(item.ref, shown, batch.now, status, interval_s)
    if status is BootStatus.ACCEPTED and item.may_be_read:
        batch.follow(Booted(item, is_unread))
    return answer


def _read(batch: Batch, told: Booted) -> None:
    if told.is_unread:
        batch.part(Boots).read_everything(told.item.ref)


def _came(batch: Batch, told: CameIn) -> None:
    """With a certificate that must be renewed, with a new one, or without its status."""
    ref, event = told.item.ref, told.event
    if adapter_for(ref.vendor, ref.model, ref.firmware).manner.is_silent_when_back:
        orders.ask_status(ref, batch.now)
    has_certificate = event.security_profile >= _BY_CERTIFICATE
    if has_certificate or event.must_renew:
        renewals.note_certificate(
            ref, event.must_renew, has_certificate=has_certificate, now=batch.now
        )


def _replied(batch: Batch, told: Replied) -> None:
    batch.part(Campaigns).heard(SET_UPS, told.item.ref.id)


def _progressed(batch: Batch, told: Progressed) -> None:
    batch.part(Campaigns).heard(SET_UPS, told.ref.id)


HOOKS = {Booted: _read, CameIn: _came, Progressed: _progressed, Replied: _replied}

"""Firmware and logs."""

from apps.dashboard.commands.screen import Effect, Menu, Offer, Screen, Strip
from apps.dashboard.forms.maintenance import FirmwareForm, LogForm
from apps.dashboard.forms.publishing import PublishForm, UnpublishForm
from apps.domain.maintenance import GetLog, UpdateFirmware
from apps.domain.publishing import PublishFirmware, UnpublishFirmware

SCREENS = (
    Screen(
        command=GetLog, form=LogForm, tab="maintenance",
        offers=(
            Offer(
                label="Fetch a log…", icon="hard-drive-download", danger=0,
                help="The station sends its file.",
                preset={}, effect=Effect.NONE,
                places=(Menu.SERVICE, Strip("maintenance", is_main=False)),
            ),
        ),
    ),
    Screen(
        command=UpdateFirmware, form=FirmwareForm, tab="maintenance",
        offers=(
            Offer(
                label="Update the firmware…", icon="cpu", danger=2,
                help="Fetched, checked, installed, restarted.",
                preset={}, effect=Effect.NONE,
                places=(Menu.SERVICE, Strip("maintenance", is_main=False)),
            ),
        ),
    ),
    Screen(
        command=PublishFirmware, form=PublishForm, tab="maintenance",
        offers=(
            Offer(
                label="Publish firmware…", icon="share-2", danger=1,
                help="A local controller keeps it for the stations behind it.",
                preset={}, effect=Effect.NONE,
                places=(Menu.SERVICE, Strip("maintenance", is_main=False)),
            ),
        ),
    ),
    Screen(
        command=UnpublishFirmware, form=UnpublishForm, tab="maintenance",
        offers=(
            Offer(
                label="Unpublish firmware…", icon="circle-slash", danger=1,
                help="The local controller no longer offers it.",
                preset={}, effect=Effect.NONE,
                places=(Menu.SERVICE, Strip("maintenance", is_main=False)),
            ),
        ),
    ),
)  # fmt: skip

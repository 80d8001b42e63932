"""What people fill in. ``FORMS``: the form of each command, by its name."""

from apps.dashboard.forms.certificates import FORMS as CERTIFICATE_FORMS
from apps.dashboard.forms.commands import (
    AvailabilityForm,
    CommandForm,
    RawForm,
    ReadForm,
    ResetForm,
    StartForm,
    StopForm,
    TriggerForm,
    UnlockForm,
)
from apps.dashboard.forms.device import FORMS as DEVICE_FORMS
from apps.dashboard.forms.display import FORMS as DISPLAY_FORMS
from apps.dashboard.forms.holdings import FORMS as HOLDING_FORMS
from apps.dashboard.forms.maintenance import FirmwareForm, LogForm
from apps.dashboard.forms.power import POWER_FORMS
from apps.dashboard.forms.publishing import FORMS as PUBLISHING_FORMS
from apps.dashboard.forms.transfers import FORMS as TRANSFER_FORMS

FORMS: dict[str, type[CommandForm]] = {
    "start_session": StartForm,
    "stop_session": StopForm,
    "unlock_connector": UnlockForm,
    "trigger_message": TriggerForm,
    "reset": ResetForm,
    "change_availability": AvailabilityForm,
    "get_variables": ReadForm,
    "get_log": LogForm,
    "update_firmware": FirmwareForm,
    "raw_call": RawForm,
    **POWER_FORMS,
    **HOLDING_FORMS,
    **CERTIFICATE_FORMS,
    **DISPLAY_FORMS,
    **PUBLISHING_FORMS,
    **TRANSFER_FORMS,
    **DEVICE_FORMS,
}

"""The audit log goes into the history, where services write what happened."""

from django.db import migrations

from ocpp_platform.migration import MoveRows

KINDS = {
    "root believed": "root trusted",
    "token accepted": "token changed",
    "token blocked": "token changed",
    "token rules changed": "token policy changed",
    "station: accept": "station accepted",
    "station: reject": "station rejected",
    "station: run set-up again": "set-up begun",
    "station: try again": "set-up tried again",
    "set-up step: up": "set-up step moved",
    "set-up step: down": "set-up step moved",
    "set-up step: remove": "set-up step removed",
}
SUBJECTS = {"onboarding": "organisation", "list": "organisation", "set-up": "station"}
THINGS = {
    "certificate", "location", "organisation", "push", "root", "station", "tariff",
    "token",
}  # fmt: skip


def into_history(entries):
    """A piece of the audit log becomes facts, and goes."""
    facts = entries.model._meta.apps.get_model("history", "Fact")
    facts.objects.bulk_create(fact(facts, entry) for entry in entries.order_by("pk"))
    entries.delete()


def fact(model, entry):
    is_command = " " not in entry.action  # "reset", "start_session"; all else is a phrase
    kind = "command given" if is_command else KINDS.get(entry.action, entry.action)
    details = dict(entry.details)
    number = details.pop("command", None) if is_command else None
    if is_command:
        details["station"] = entry.target
    elif kind != entry.action:
        details["was"] = entry.action
    return model(
        organisation_id=entry.organisation_id,
        at=entry.at,
        kind=kind[:40],
        subject_kind=_subject(kind),
        subject_id=number,
        subject_label=entry.action if is_command else entry.target,
        actor_kind="key" if entry.actor.startswith("key ") else "person",
        actor_label=entry.actor,
        reason=entry.reason,
        details=details,
    )


def _subject(kind):
    if kind.startswith("set-up step"):
        return "step"
    first = kind.split()[0].removesuffix("s")
    if first in THINGS and "policy" not in kind:
        return first
    return SUBJECTS.get(first, "organisation") if first != "command" else "command"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0003_managers"), ("history", "0001_initial")]

    operations = [MoveRows("accounts", "AuditEntry", into_history)]

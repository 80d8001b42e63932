"""What the clock does, and every how many seconds."""

SCHEDULE = {
    "stations-presence": {"task": "stations.sweep_presence", "schedule": 15},
    "commands-expiry": {"task": "commands.expire", "schedule": 10},
    "sessions-samples": {"task": "sessions.keep_samples", "schedule": 6 * 3600},
    "sessions-watchdog": {"task": "sessions.watch_silence", "schedule": 30},
    "reconciliation": {"task": "reconciliation.reconcile", "schedule": 60},
    "incidents": {"task": "incidents.keep", "schedule": 20},
    "incidents-telling": {"task": "incidents.tell", "schedule": 15},
    "power-pushes": {"task": "power.push_due", "schedule": 15},
    "jobs": {"task": "jobs.go_on", "schedule": 5},
    "onboarding-upkeep": {"task": "onboarding.go_on", "schedule": 10},
    "onboarding-renewal": {"task": "onboarding.renew_ending", "schedule": 6 * 3600},
    "costs-telling": {"task": "costs.tell", "schedule": 60},
    "lists-upkeep": {"task": "lists.keep", "schedule": 30},
    "reservations-expiry": {"task": "reservations.expire", "schedule": 30},
    "device-reports": {"task": "device.watch_reports", "schedule": 30},
    "device-customers": {"task": "device.forget_customers", "schedule": 6 * 3600},
    "certificates-ending": {"task": "certificates.warn_of_ends", "schedule": 6 * 3600},
    "retention": {"task": "retention.prune", "schedule": 3600},
    "journal-upkeep": {"task": "journal.keep", "schedule": 600},
}

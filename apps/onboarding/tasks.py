"""What time does to set-ups."""

from celery import shared_task
from django.utils import timezone

from apps.campaigns.advance import advance
from apps.onboarding import renewals
from apps.onboarding.setups import SET_UPS


@shared_task(name="onboarding.go_on")
def go_on() -> None:
    """Go on with set-ups whose step is over without anybody having seen it."""
    advance(SET_UPS, now=timezone.now())


@shared_task(name="onboarding.renew_ending")
def renew_ending() -> None:
    """Have stations renew certificates that end soon, where that is wanted."""
    renewals.renew_ending(now=timezone.now())

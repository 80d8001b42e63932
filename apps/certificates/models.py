from django.db import models

from apps.accounts.models import Organisation
from apps.stations.models import Station


class IssuedCertificate(models.Model):
    """A certificate that our issuer made for a station. ``chain``: PEM, leaf first, no root.

    ``warned_d``: how many days before its end people were last told that it ends.

    ``answered_at`` and ``is_accepted`` say what the station made of it; None: nothing yet.
    """

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="certificates")
    kind = models.CharField(max_length=10)
    serial_number = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64, unique=True)
    key_fingerprint = models.CharField(max_length=64)
    subject = models.CharField(max_length=255)
    chain = models.TextField()
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    issued_at = models.DateTimeField()
    is_accepted = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=200, blank=True)
    warned_d = models.PositiveSmallIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["station", "key_fingerprint"], name="issued_by_key"),
            models.Index(fields=["not_after"], name="issued_by_end"),
            models.Index(
                fields=["revoked_at"],
                condition=models.Q(revoked_at__isnull=False),
                name="issued_by_revocation",
            ),
        ]


class InstalledCertificate(models.Model):
    """A certificate that a station says it holds, named as the station names it."""

    station = models.ForeignKey(
        Station, on_delete=models.CASCADE, related_name="installed_certificates"
    )
    kind = models.CharField(max_length=20)
    hash_algorithm = models.CharField(max_length=6)
    issuer_name_hash = models.CharField(max_length=128)
    issuer_key_hash = models.CharField(max_length=128)
    serial_number = models.CharField(max_length=40)
    children = models.JSONField(default=list)
    reported_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "id"]


class ProfileOrder(models.Model):
    """A station has agreed to move to this security profile; done when it comes with it."""

    station = models.OneToOneField(Station, on_delete=models.CASCADE, related_name="profile_order")
    profile = models.PositiveSmallIntegerField()
    agreed_at = models.DateTimeField()


class TrustedRoot(models.Model):
    """A root that an organisation trusts for drivers' contracts, beside those of the files.

    ``added_by``: who said so, or how it came: with the command that put it into a station.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    certificate = models.TextField()
    fingerprint = models.CharField(max_length=64)
    subject = models.CharField(max_length=255)
    not_after = models.DateTimeField()
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=160)

    class Meta:
        ordering = ["subject", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "fingerprint"], name="root_once"),
        ]

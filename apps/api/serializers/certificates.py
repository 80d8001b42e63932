"""Roots that an organisation trusts for drivers' contracts."""

from rest_framework import serializers

from apps.domain.certificates import MAX_CERTIFICATE


class RootIn(serializers.Serializer):
    certificate = serializers.CharField(max_length=MAX_CERTIFICATE, help_text="One, PEM.")


class RootOut(serializers.Serializer):
    id = serializers.IntegerField()
    subject = serializers.CharField()
    fingerprint = serializers.CharField(help_text="SHA-256, hexadecimal.")
    not_after = serializers.DateTimeField()
    added_at = serializers.DateTimeField()
    added_by = serializers.CharField()
    certificate = serializers.CharField()

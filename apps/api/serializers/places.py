"""Locations: where stations stand."""

from rest_framework import serializers

from apps.api.serializers.fields import check_zone


class LocationFields(serializers.Serializer):
    """The body of POST; of PATCH, where every field is optional."""

    name = serializers.CharField(max_length=100)
    timezone = serializers.CharField(max_length=64, required=False, help_text="IANA.")
    address = serializers.CharField(max_length=200, allow_blank=True, required=False)
    city = serializers.CharField(max_length=100, allow_blank=True, required=False)
    country = serializers.RegexField(
        r"^[A-Z]{2}$", allow_blank=True, required=False, help_text="ISO 3166-1 alpha-2."
    )

    def validate_timezone(self, value: str) -> str:
        return check_zone(value)


class LocationOut(LocationFields):
    id = serializers.IntegerField(read_only=True)

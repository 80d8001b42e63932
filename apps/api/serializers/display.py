"""What a station shows to drivers."""

from rest_framework import serializers

from apps.display.life import Life
from apps.domain.display import FORMATS, PRIORITIES, STATES


class DisplayMessageOut(serializers.Serializer):
    """``state`` "accepted" is what the station holds; starts_at and ends_at say when it shows."""

    number = serializers.IntegerField(help_text="The id that the station knows it by.")
    state = serializers.ChoiceField(choices=[state.value for state in Life])
    detail = serializers.CharField(help_text="Why it was refused, or is gone.")
    content = serializers.CharField()
    format = serializers.ChoiceField(choices=FORMATS)
    language = serializers.CharField()
    priority = serializers.ChoiceField(choices=PRIORITIES)
    station_state = serializers.ChoiceField(
        choices=("", *STATES), help_text='Shown only in this state of the station; "" is any.'
    )
    transaction_id = serializers.CharField(help_text="Shown only while this session runs.")
    display = serializers.CharField(help_text='Which display; "" is the one it has.')
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    is_ours = serializers.BooleanField(help_text="We set it; else the station reported it.")
    actor = serializers.CharField()
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class DisplayMessageQuery(serializers.Serializer):
    state = serializers.ChoiceField(choices=[state.value for state in Life], required=False)

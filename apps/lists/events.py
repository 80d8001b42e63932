"""What stations tell of their local lists."""

from apps.commands.happenings import Answered, by_class
from apps.lists import services

HOOKS = {Answered: by_class(services.ANSWERED)}

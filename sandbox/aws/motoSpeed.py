"""Moto's slowest places, made faster: with hundreds of instances they are most of what it does.

What moto answers stays the same. Where a later moto has none of these names, importing this fails.
"""

import functools

from moto.core import responses, serialize
from moto.ec2.models import core


def get_tags(self: core.TaggedEC2Resource) -> list[dict[str, str]]:
    """Of this resource alone: moto goes through the tags of all resources for each one."""
    tags = self.ec2_backend.tags.get(self.id, {})
    return [{"key": key, "value": value} for key, value in tags.items()]


class KnownKeys(serialize.XFormedAttributePicker):
    """Under which names a member may be in an object: the same for all objects of a class, so found out once."""

    known: dict[tuple, tuple[str, ...]] = {}

    def get_possible_keys(self, context: serialize.AttributePickerContext):
        shape = context.shape
        place = (type(context.obj), context.key, id(shape))
        entry = self.known.get(place)
        # The shape is kept with its keys, so that no other one gets its identity.
        if entry is None or entry[0] is not shape:
            entry = (shape, tuple(dict.fromkeys(super().get_possible_keys(context))))
            self.known[place] = entry
        return entry[1]


core.TaggedEC2Resource.get_tags = get_tags
responses.XFormedAttributePicker = KnownKeys
responses.method_names_from_class = functools.cache(responses.method_names_from_class)

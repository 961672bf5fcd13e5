"""The model file, as which a network is written for people."""

from etiograph.formats.native.model_file import (
    dumps_native,
    edited,
    load_native,
    loads_native,
    places_native,
    save_native,
)

__all__ = [
    "dumps_native",
    "edited",
    "load_native",
    "loads_native",
    "places_native",
    "save_native",
]

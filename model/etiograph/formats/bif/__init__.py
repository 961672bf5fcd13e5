"""Networks in the Interchange Format (BIF)."""

from etiograph.formats.bif.read import load_bif, loads_bif
from etiograph.formats.bif.write import dumps_bif, save_bif

__all__ = ["dumps_bif", "load_bif", "loads_bif", "save_bif"]

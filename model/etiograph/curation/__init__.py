"""Keeping a network true to its sources: numbers against evidence, calibration, small editions."""

"""Programs that put questions to one engine each, in a process and perhaps a Python of its own.

They import nothing of this package but :mod:`.answering`, so that the engine's environment needs the
engine alone.
"""

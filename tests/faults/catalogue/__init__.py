"""The fault catalogue: what may be wrong with a delivery, each fault by name, and what must become of it.

A fault is a small function that damages a clean delivery of the demo city. Its name is the function's, its sentence the
docstring's first line; feed, level and disposition stand in its decorator. Belongs here: faults, the clean city that
they damage (`forms.py`, `city_files.py`), and what became of them (`outcomes.py`). Does not belong here: what the
warehouse does about them.
"""

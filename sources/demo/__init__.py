"""The fictitious city: deliveries of the project's own making, for a first run and for load.

`write_demo` writes what the offices of a city would send of all eleven feeds, month after month, as
`../shared/feeds.md` describes it, with a few everyday faults in the last month: rows that must be set aside and rows
that must warn. No person and no firm in it exists. Belongs here: making deliveries. Does not belong here: reading
them, or anything that a real city's data would pass through.
"""

from sources.demo.report import DemoDelivery, DemoFault, DemoReport
from sources.demo.stop import DemoError
from sources.demo.writing import write_demo

__all__ = ["DemoDelivery", "DemoError", "DemoFault", "DemoReport", "write_demo"]

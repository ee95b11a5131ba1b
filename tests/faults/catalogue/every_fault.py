"""All faults of the catalogue: importing a module of faults lists them. A new module of faults is a line here."""

from tests.faults.catalogue import damaged_bytes, odd_sheets, stopped_months, wrong_changes, wrong_ledgers, wrong_rows
from tests.faults.catalogue.fault import FAULTS

__all__ = ["FAULTS", "damaged_bytes", "odd_sheets", "stopped_months", "wrong_changes", "wrong_ledgers", "wrong_rows"]

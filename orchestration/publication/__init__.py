"""What leaves: the gate, the ledger, releases and their writers.

The only code that writes under `published/`. Knows what is promised to readers; does not know how a figure
is computed, nor Dagster, dbt or Great Expectations (the dbt manifest reaches it as data).
"""

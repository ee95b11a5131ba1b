"""The assets in the order of the flow: landing, raw, intake, warehouse, verdicts, release. One module a layer.

A module here joins a step to Dagster and shows what came of it; the step itself is a plain function elsewhere.
"""

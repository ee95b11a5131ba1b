"""What drives: runs, state, plan, gate and publication, command line.

Knows months and deliveries as wholes. Does not belong here: parsing a cell (`sources`), a formula
(`dbt_project`), what a sound batch is (`expectations`).
"""

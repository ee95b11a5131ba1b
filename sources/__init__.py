"""What arrives: file formats, contracts, deliveries, and which row of a sheet is data.

Belongs here: everything between a sender's file and the raw Parquet. Does not belong here: the meaning of a
value, rules, databases, dbt, Dagster. Imports nothing of the project's other packages.
"""

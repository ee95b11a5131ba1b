"""What a sound batch is, and what was found: verdicts as data.

Belongs here: suites (what must hold in which table), the judge that asks Great Expectations and the rule list,
verdicts and what they stop. Does not belong here: Dagster, dbt, publication, the meaning of a cell.
"""

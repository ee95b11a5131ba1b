"""The style of the SQL, as `.sqlfluff` describes it: what does not keep to it is found.

That all models keep to it is asked by `make lint`: two minutes of one core, which the suite cannot spare.
"""

import json
import subprocess

from tests.city import REPOSITORY
from tests.dbt_command import BIN

# One fault a line, among what is right.
FAULTY = """-- grain: one row per town
with places as (

    SELECT
        town_code,
        {{ threshold('prior_gap_pct') }} limit_pct
      , town_name
    from {{ ref('int_places') }}

),
final as (

    select places.town_code, unused.level
    from places
    join {{ ref('town_list') }} as unused
    on places.town_code = unused.town_code
    group by 1, 2

)

select * from final
"""


def sqlfluff(*arguments: str, given: str | None = None) -> tuple[int, dict[str, set[str]], str]:
    """Exit status, rules broken by file, and what was said."""
    command = [str(BIN / "sqlfluff"), "lint", "--processes", "1", "--format", "json", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, input=given, capture_output=True, text=True, check=False)
    read = json.loads(done.stdout) if done.stdout.startswith("[") else []
    broken = {
        file["filepath"]: {f"{one['start_line_no']} {one['code']} {one['description']}" for one in file["violations"]}
        for file in read
    }
    return done.returncode, broken, done.stdout[-2000:] + done.stderr[-2000:]


def test_what_does_not_is_found() -> None:
    status, broken, said = sqlfluff("--stdin-filename", "dbt_project/models/marts/faulty.sql", "-", given=FAULTY)
    assert status == 1, said
    ((_, rules),) = broken.items()
    found = {" ".join(rule.split()[:2]) for rule in rules}
    assert found >= {
        "4 CP01",  # a keyword in capitals
        "6 AL02",  # an alias without `as`
        "7 LT04",  # a leading comma
        "11 LT08",  # no blank line between CTEs
        "13 LT09",  # two columns on a line
        "15 AM05",  # a join that does not say which
        "17 AM06",  # columns by their numbers
    }

"""Every check proven on few rows: sound rows pass it, spoilt ones fail it and no other, none at all are not judged.

Each suite has months of its own in one warehouse. The first is sound; the second holds what is odd and still right;
then each check has the months that break it; the last is empty. So a check that leaks into another month is seen too.
"""

from dataclasses import dataclass

import pytest

from expectations.judge import judge
from expectations.suites import SUITES
from expectations.suites.suite import Suite
from expectations.verdict import Verdict

# What breaks each check; `{p}` is the month.
BREAKS = {
    "R-GX-STAT-001": "update stg_statistics_enterprise set _file = '' where _period = '{p}' and _row = 1",
    "R-GX-STAT-002": "update stg_statistics_enterprise set _row_id = 'x' where _period = '{p}' and _row < 3",
    "R-GX-STAT-003": "delete from stg_statistics_enterprise where _period = '{p}' and _row = 1",
    "R-GX-STAT-004": "update val_row_counts set rows_in_force = 6"
    " where period = '{p}' and feed = 'statistics_enterprise'",
    "R-GX-STAT-005": "update int_statistics_enterprise set electricity_use_ytd = null where period = '{p}'",
    "R-GX-STAT-006": "update int_statistics_enterprise set town_code = 't1' where period = '{p}'",
    "R-GX-PROD-001": "update stg_statistics_product set _row = null where _period = '{p}' and _row = 2",
    "R-GX-PROD-002": "update stg_statistics_product set _row_id = 'x' where _period = '{p}' and _row < 3",
    "R-GX-PROD-003": "delete from stg_statistics_product where _period = '{p}' and _row = 2",
    "R-GX-PROD-004": "update val_row_counts set rows_in_force = 1 where period = '{p}' and feed = 'statistics_product'",
    "R-GX-PROD-005": "update int_statistics_product set average_price = null where period = '{p}'",
    "R-GX-PROD-006": "delete from int_statistics_product where period = '{p}' and town_code = 't2'",
    "R-GX-REG-001": "update stg_registration_entities set _file = null where _period = '{p}' and _row = 1",
    "R-GX-REG-002": "update stg_registration_entities set _row_id = 'x' where _period = '{p}' and _row < 3",
    "R-GX-REG-003": "delete from stg_registration_entities where _period = '{p}' and _row = 2",
    "R-GX-REG-004": "update stg_registration_entities set industry_code = null, business_scope = null"
    " where _period = '{p}'",
    "R-GX-REG-005": "update stg_registration_entities set status_group = 'revoked' where _period = '{p}'",
    "R-GX-CHG-001": "update stg_registration_changes set _file = null where _period = '{p}' and _row = 1",
    "R-GX-CHG-002": "update stg_registration_changes set _row_id = 'x' where _period = '{p}' and _row < 3",
    "R-GX-CHG-003": "delete from stg_registration_changes where _period = '{p}' and _row = 2",
    "R-GX-PROJ-001": "update stg_ledger_projects set _file = '' where _period = '{p}' and _row = 3",
    "R-GX-PROJ-002": "update stg_ledger_projects set _row_id = 'x' where _period = '{p}' and _row < 3",
    "R-GX-PROJ-003": "update stg_ledger_projects set _row_kind = 'total' where _period = '{p}' and _row = 2",
    "R-GX-PROJ-004": "update val_row_counts set rows_in_force = 6 where period = '{p}' and feed = 'ledger_projects'",
    "R-GX-PROJ-005": "update int_ledger_projects set planned_start = null where period = '{p}'",
    "R-GX-ISS-001": "update stg_ledger_issues set _file = '' where _period = '{p}' and _row = 3",
    "R-GX-ISS-002": "update stg_ledger_issues set _row_id = 'x' where _period = '{p}' and _row < 3",
    "R-GX-ISS-003": "delete from stg_ledger_issues where _period = '{p}' and _row = 2",
    "R-GX-ISS-004": "update val_row_counts set rows_in_force = 6 where period = '{p}' and feed = 'ledger_issues'",
    "R-GX-ISS-005": "update int_ledger_issues set closed_on = null where period = '{p}'",
    "R-GX-TASK-001": "update stg_ledger_tasks set _file = '' where _period = '{p}' and _row = 3",
    "R-GX-TASK-002": "update stg_ledger_tasks set _row_id = 'x' where _period = '{p}' and _row < 3",
    "R-GX-TASK-003": "delete from stg_ledger_tasks where _period = '{p}' and _row = 2",
    "R-GX-TASK-004": "update val_row_counts set rows_in_force = 6 where period = '{p}' and feed = 'ledger_tasks'",
    "R-GX-TASK-005": "update int_ledger_tasks set progress_note = null where period = '{p}'",
    "R-GX-EVT-001": "update stg_ledger_events set _file = '' where _period = '{p}' and _row = 3",
    "R-GX-EVT-002": "update stg_ledger_events set _row_id = 'x' where _period = '{p}' and _row < 3",
    "R-GX-EVT-003": "delete from stg_ledger_events where _period = '{p}' and _row = 2",
    "R-GX-EVT-004": "update val_row_counts set rows_in_force = 6 where period = '{p}' and feed = 'ledger_events'",
    "R-GX-EVT-005": "update int_ledger_events set deal_value = null where period = '{p}'",
    "R-GX-FUND-001": "update stg_ledger_funds set _file = '' where _period = '{p}' and _row = 3",
    "R-GX-FUND-002": "update stg_ledger_funds set _row_id = 'x' where _period = '{p}' and _row < 3",
    "R-GX-FUND-003": "delete from stg_ledger_funds where _period = '{p}' and _row = 2",
    "R-GX-FUND-004": "update val_row_counts set rows_in_force = 6 where period = '{p}' and feed = 'ledger_funds'",
    "R-GX-FUND-005": "update int_ledger_funds set paid_amount = null where period = '{p}'",
    "R-GX-HON-001": "update stg_ledger_honours set _file = '' where _period = '{p}' and _row = 3",
    "R-GX-HON-002": "update stg_ledger_honours set _row_id = 'x' where _period = '{p}' and _row < 3",
    "R-GX-HON-003": "delete from stg_ledger_honours where _period = '{p}' and _row = 2",
    "R-GX-HON-004": "update val_row_counts set rows_in_force = 6 where period = '{p}' and feed = 'ledger_honours'",
    "R-GX-HON-005": "update int_ledger_honours set expires_on = null where period = '{p}'",
    "R-GX-PLAT-001": "update stg_ledger_platforms set _file = '' where _period = '{p}' and _row = 3",
    "R-GX-PLAT-002": "update stg_ledger_platforms set _row_id = 'x' where _period = '{p}' and _row < 3",
    "R-GX-PLAT-003": "delete from stg_ledger_platforms where _period = '{p}' and _row = 2",
    "R-GX-PLAT-004": "update val_row_counts set rows_in_force = 6 where period = '{p}' and feed = 'ledger_platforms'",
    "R-GX-PLAT-005": "update int_ledger_platforms set opened_on = null where period = '{p}'",
    "R-GX-CONS-001": "update file_conservation set rows_used = 1 where period = '{p}' and feed = 'ledger_projects'",
    "R-GX-CONS-002": "update file_conservation set rows_used = 3, rows_superseded = -1"
    " where period = '{p}' and feed = 'ledger_projects'",
    "R-GX-CONS-003": "delete from file_conservation where period = '{p}' and feed = 'ledger_projects'",
    "R-GX-CONS-004": "update file_conservation set rows_used = 0, rows_quarantined = 2"
    " where period = '{p}' and feed = 'ledger_projects'",
    "R-GX-IND-001": "delete from indicator_monthly"
    " where period = '{p}' and town_code = 't2' and indicator_code = 'projects'",
    "R-GX-IND-002": "update indicator_monthly set value_status = null"
    " where period = '{p}' and town_code = 't2' and indicator_code = 'projects'",
    "R-GX-IND-003": "update indicator_monthly set value_status = 'provisional'"
    " where period = '{p}' and town_code = 't2' and indicator_code = 'projects'",
    "R-GX-IND-004": "update indicator_monthly set value_status = 'missing'"
    " where period = '{p}' and town_code = 't2' and indicator_code = 'projects'",
    "R-GX-IND-005": "update indicator_monthly set value = 2.5"
    " where period = '{p}' and town_code = 't2' and indicator_code = 'projects'",
    "R-GX-IND-006": "update indicator_monthly set value = -2, value_ytd = -1"
    " where period = '{p}' and town_code = 't2' and indicator_code = 'average_price'",
    "R-GX-IND-007": "update indicator_monthly set value_ytd = 6"
    " where period = '{p}' and town_code = 't2' and indicator_code = 'gross_output_value'",
    "R-GX-IND-008": "update indicator_monthly set value = 6"
    " where period = '{p}' and town_code = 't2' and indicator_code = 'average_price'",
    "R-GX-IND-009": "update indicator_monthly set yoy_pct = 400.01"
    " where period = '{p}' and town_code = 'all' and indicator_code = 'gross_output_value'",
    "R-GX-IND-010": "update indicator_monthly set value = 5"
    " where period = '{p}' and town_code = 't2' and indicator_code = 'issues_overdue'",
    "R-GX-TGT-001": "delete from target_progress where period = '{p}' and target_id = 'T2'",
    "R-GX-TGT-002": "update target_progress set light = null where period = '{p}' and target_id = 'T1'",
    "R-GX-TGT-003": "update target_progress set light = 'blue' where period = '{p}' and target_id = 'T1'",
    "R-GX-TGT-004": "update target_progress set light = 'grey' where period = '{p}' and target_id = 'T1'",
    "R-GX-TGT-005": "update target_progress set actual_value = null, light = 'grey'"
    " where period = '{p}' and target_id = 'T3'",
    "R-GX-TGT-006": "update target_progress set progress_pct = -0.01 where period = '{p}' and target_id = 'T1'",
    "R-GX-TGT-007": "update target_progress set gap_value = -0.01 where period = '{p}' and target_id = 'T1'",
    "R-GX-TGT-008": "update target_progress set light = 'green' where period = '{p}' and target_id = 'T3'",
    "R-GX-TGT-009": "update target_progress set projection_low = 30.01 where period = '{p}' and target_id = 'T1'",
    "R-GX-PRG-001": "delete from project_progress where period = '{p}' and project_id = 'P-t1'",
    "R-GX-PRG-002": "update project_progress set completion_pct = -0.01 where period = '{p}' and project_id = 'P-t1'",
    "R-GX-PRG-003": "update project_progress set alert = null where period = '{p}' and project_id = 'P-t1'",
    "R-GX-PRG-004": "update project_progress set alert = 'late' where period = '{p}' and project_id = 'P-t1'",
    "R-GX-PRG-005": "update project_progress set delay_days = -1 where period = '{p}' and project_id = 'P-t1'",
    "R-GX-PRG-006": "update project_progress set stage_since = '2099-01' where period = '{p}' and project_id = 'P-t1'",
    "R-GX-ENT-001": "delete from entity_dynamics where period = '{p}' and town_code = 't2'"
    " and chain_segment = 'service' and entity_type = '企业'",
    "R-GX-ENT-002": "update entity_dynamics set net_new_ytd = null where period = '{p}' and town_code = 't2'"
    " and chain_segment = 'service' and entity_type = '企业'",
    "R-GX-ENT-003": "update entity_dynamics set new_month = -1 where period = '{p}' and town_code = 't2'"
    " and chain_segment = 'service' and entity_type = '企业'",
    "R-GX-ENT-004": "update entity_dynamics set cancelled_month = 4 where period = '{p}' and town_code = 't2'"
    " and chain_segment = 'service' and entity_type = '企业'",
    "R-GX-ENT-005": "update entity_dynamics set active = 3 where period = '{p}' and town_code = 'all'"
    " and chain_segment = 'service' and entity_type = '企业'",
    "R-GX-IBD-001": "delete from int_ledger_issues where period = '{p}' and issue_id = 'I-t11'",
    "R-GX-IBD-002": "update issue_board set is_overdue = false where period = '{p}' and issue_id = 'I-t11'",
    "R-GX-IBD-003": "update issue_board set days_open = -1 where period = '{p}' and issue_id = 'I-t11'",
    "R-GX-TBD-001": "delete from int_ledger_tasks where period = '{p}' and task_id = '三-1'",
    "R-GX-TBD-002": "update task_board set is_overdue = false where period = '{p}' and task_id = '三-1'",
    "R-GX-LAD-001": "delete from enterprise_ladder where period = '{p}' and town_code = 't1'",
    "R-GX-LAD-002": "update enterprise_ladder set trailing_12m_revenue = 1999.99"
    " where period = '{p}' and town_code = 't1'",
    "R-GX-LAD-003": "update enterprise_ladder set ladder_stage = 'candidate' where period = '{p}' and town_code = 't1'",
    "R-GX-STR-001": "delete from industry_structure where period = '{p}' and town_code = 'all'",
    "R-GX-STR-002": "update industry_structure set hhi = 10000.01 where period = '{p}' and town_code = 't1'",
    "R-GX-RCG-001": "delete from town_recognition where period = '{p}' and town_code = 't1' and level = 'city'",
    "R-GX-RCG-002": "update town_recognition set value = 4.99"
    " where period = '{p}' and town_code = 't1' and level = 'county'",
    "R-GX-CARD-001": "delete from town_scorecard where period = '{p}' and town_code = 't1'",
    "R-GX-CARD-002": "update town_scorecard set recognition_score = 100.01 where period = '{p}' and town_code = 't1'",
    "R-GX-CARD-003": "update town_scorecard set output_ytd = null where period = '{p}' and town_code = 't1'",
    "R-GX-COV-001": "delete from plan_coverage where period = '{p}' and clause = '三-3'",
    "R-GX-COV-002": "update plan_coverage set state = 'at_risk' where period = '{p}' and clause = '二'",
    "R-GX-COV-003": "update plan_coverage set target_lights = 'T1 red|T2 green' where period = '{p}' and clause = '二'",
    "R-GX-REL-001": "delete from data_reliability where period = '{p}' and feed = 'statistics_product'",
    "R-GX-REL-002": "update data_reliability set received_units = 3 where period = '{p}' and feed = 'ledger_projects'",
    "R-GX-REL-003": "update data_reliability set coverage_pct = 100.05, on_time_pct = 100"
    " where period = '{p}' and feed = 'ledger_projects'",
    "R-GX-REL-004": "update data_reliability set rows_superseded = null, rows_used = 1"
    " where period = '{p}' and feed = 'ledger_projects'",
    "R-GX-REL-005": "update data_reliability set score = 98.48 where period = '{p}' and feed = 'ledger_projects'",
    "R-GX-REL-006": "update data_reliability set grade = 'B' where period = '{p}' and feed = 'ledger_projects'",
    "R-GX-REL-007": "update indicator_monthly set value = 99.99 where period = '{p}' and town_code = 'all'"
    " and indicator_code = 'on_time_rate'",
    "R-GX-REL-008": "update stg_due_dates set is_calendar_known = false where period = '{p}'"
    " and feed = 'ledger_projects'",
    "R-GX-ENT-006": "update indicator_monthly set value = 5 where period = '{p}' and town_code = 't1'"
    " and indicator_code = 'active_entities'",
}

# The other end of the same check, where it has one: a month that it catches as well.
BREAKS_TOO = {
    "R-GX-CONS-001": "update file_conservation set rows_read = null where period = '{p}' and feed = 'ledger_projects'",
    "R-GX-IND-001": "delete from indicator_monthly"
    " where period = '{p}' and town_code = 'all' and indicator_code = 'tasks_done'",
    "R-GX-IND-010": "update indicator_monthly set value = 9"
    " where period = '{p}' and town_code = 'all' and indicator_code = 'tasks_overdue'",
    "R-GX-IND-004": "update indicator_monthly set value = null, value_ytd = null"
    " where period = '{p}' and indicator_code = 'average_price'",
    "R-GX-IND-007": "update indicator_monthly set value = null, value_ytd = null, value_status = 'missing'"
    " where period = '{p}' and town_code <> 't1' and indicator_code = 'gross_output_value'",
    "R-GX-TGT-008": "update target_progress set light = 'yellow' where period = '{p}' and target_id = 'T2'",
    "R-GX-PRG-001": "insert into project_progress select * from project_progress"
    " where period = '{p}' and project_id = 'P-t1'",
    "R-GX-IBD-001": "update issue_board set issue_id = 'I-t12' where period = '{p}' and issue_id = 'I-t11'",
    "R-GX-IBD-003": "update issue_board set times_rolled_over = -1 where period = '{p}' and issue_id = 'I-t11'",
    "R-GX-TBD-001": "update task_board set task_id = '三-2' where period = '{p}' and task_id = '三-1'",
    "R-GX-LAD-001": "insert into enterprise_ladder select * replace ('E-t3' as credit_code) from enterprise_ladder"
    " where period = '{p}' and town_code = 't1'",
    "R-GX-LAD-002": "update enterprise_ladder set trailing_12m_revenue = null"
    " where period = '{p}' and town_code = 't1'",
    "R-GX-STR-002": "update industry_structure set core_count = -1 where period = '{p}' and town_code = 't1'",
    "R-GX-RCG-002": "update town_recognition set passed = false"
    " where period = '{p}' and town_code = 't1' and level = 'county'",
    "R-GX-COV-001": "update plan_coverage set figures = null where period = '{p}' and clause = '三-3'",
    "R-GX-COV-002": "update plan_coverage set state = 'on_course' where period = '{p}' and clause = '三-2'",
    "R-GX-REL-002": "update data_reliability set coverage_pct = 99.98"
    " where period = '{p}' and feed = 'ledger_projects'",
    "R-GX-REL-003": "update data_reliability set revised_cells = 0 where period = '{p}' and feed = 'ledger_projects'",
    "R-GX-REL-005": "update data_reliability set score = null, grade = null"
    " where period = '{p}' and feed = 'ledger_projects'",
    "R-GX-REL-006": "update data_reliability set grade = null where period = '{p}' and feed = 'ledger_projects'",
    "R-GX-ENT-005": "update entity_dynamics set active = 0 where period = '{p}' and town_code = 'all'"
    " and chain_segment = 'service' and entity_type = '企业'",
}

# Odd, at the very edge, and right: nothing fails.
STILL_RIGHT = (
    # A fall of exactly 30 %; a column that is filled for the first time next month; one 合计 more.
    "update val_row_counts set rows_in_force = 7 where period = '{p}'",
    "update int_statistics_enterprise set employees = null where period between '{first}' and '{p}'",
    "insert into stg_statistics_enterprise select * replace (4 as _row, concat(_row_id, '4') as _row_id)"
    " from stg_statistics_enterprise where _period = '{p}' and _row = 3",
    # The name decides where there is no industry code.
    "update stg_registration_entities set industry_code = null where _period = '{p}'",
    # A refused file has no rows to account for.
    "insert into stg_deliveries select * replace ('refused' as delivery_id, 'refused' as status) from stg_deliveries"
    " where period = '{p}' and feed = 'ledger_projects'",
    # What is not due has no figure; growth at both bounds; a town that does not report beside one that does.
    "update indicator_monthly set value_status = 'not_due', value = null, value_ytd = null, yoy_pct = null"
    " where period = '{p}' and indicator_code = 'average_price'",
    "update indicator_monthly set yoy_pct = 400 where period = '{p}' and indicator_code = 'gross_output_value'",
    "update indicator_monthly set yoy_pct = -80 where period = '{p}' and indicator_code = 'total_profit'",
    "update indicator_monthly set yoy_pct = 1200 where period = '{p}' and indicator_code = 'projects'",
    "update indicator_monthly set value_status = 'missing', value = null, value_ytd = null"
    " where period = '{p}' and indicator_code = 'total_profit' and town_code = 't2'",
    "update indicator_monthly set value = -4, value_ytd = -5"
    " where period = '{p}' and indicator_code = 'total_profit' and town_code = 'all'",
    # A town whose events leave their deals empty, beside one without events; growth of what comes in lumps.
    "update indicator_monthly set value_status = 'missing', value = null, value_ytd = null"
    " where period = '{p}' and indicator_code = 'event_deal_value' and town_code in ('all', 't2')",
    "update indicator_monthly set value = 0, value_ytd = 0"
    " where period = '{p}' and indicator_code = 'event_deal_value' and town_code = 't1'",
    "update indicator_monthly set yoy_pct = 1200 where period = '{p}' and indicator_code = 'funds_paid'",
    # At the target and not green: a growth that only rounds to it.
    "update target_progress set target_value = actual_value where period = '{p}' and target_id = 'T1'",
    # An issue that names no town, beside one that does.
    "update int_ledger_issues set town_code = null where period = '{p}' and town_code = 't1'",
    # An issue of the whole city; a ledger of which no row is used; nothing known of an enterprise or a town.
    "update issue_board set town_code = 'all', is_overdue = false, days_open = null, days_overdue = null"
    " where period = '{p}'",
    "update indicator_monthly set value = 0, value_ytd = 0 where period = '{p}'"
    " and indicator_code in ('issues_overdue', 'tasks_overdue', 'tasks_due')",
    "delete from task_board where period = '{p}'",
    "delete from int_ledger_tasks where period = '{p}'",
    "update enterprise_ladder set trailing_12m_revenue = null, above_scale_gap = null, is_above_scale = null,"
    " ladder_stage = 'micro' where period = '{p}' and town_code = 't1'",
    "update enterprise_ladder set ladder_stage = null where period = '{p}' and town_code = 't2'",
    "update industry_structure set cr4_pct = null, hhi = null, leading_industry_share_pct = null, core_count = null"
    " where period = '{p}' and town_code = 't1'",
    "update town_recognition set value = null, passed = null where period = '{p}' and town_code = 't1'",
    "update town_scorecard set recognition_score = null where period = '{p}' and town_code = 't1'",
    "update plan_coverage set state = 'off_course' where period = '{p}' and clause = '二'",
    # A certificate without an end, a platform in building, beside others.
    "update int_ledger_honours set expires_on = null where period = '{p}' and town_code = 't1'",
    "update int_ledger_platforms set opened_on = null, operating_status = '在建'"
    " where period = '{p}' and town_code = 't1'",
    # A feed that did not come; one with a report of nothing; a score that is rounded up to a bound.
    "update data_reliability set received_units = 0, coverage_pct = 0, received_on = null, on_time_pct = 0,"
    " first_pass_pct = null, revised_cells = 0, mean_abs_revision_pct = null, score = 0, grade = 'D'"
    " where period = '{p}' and feed = 'registration_entities'",
    "update data_reliability set first_pass_pct = null, revised_cells = 0, mean_abs_revision_pct = null, score = 100"
    " where period = '{p}' and feed = 'statistics_product'",
    "update data_reliability set first_pass_pct = 83.33, mean_abs_revision_pct = 0, score = 95, grade = 'B'"
    " where period = '{p}' and feed = 'ledger_projects'",
    # An alert, a stage of old, no completion.
    "update project_progress set alert = 'stalled', stage_since = '2001-01', completion_pct = null"
    " where period = '{p}'",
)


@dataclass
class Months:
    """One suite's months in the warehouse."""

    suite: Suite
    sound: str
    odd: str
    empty: str
    broken: dict[str, list[str]]
    """By check id: the months that break it."""

    @property
    def filled(self) -> list[str]:
        return [self.sound, self.odd, *(month for months in self.broken.values() for month in months)]


def _months() -> dict[str, Months]:
    """Two years for each suite, by its table."""
    of_tables = {}
    for number, suite in enumerate(SUITES):
        months = (f"{2010 + 2 * number + year}-{month:02}" for year in (0, 1) for month in range(1, 13))
        sound, odd = next(months), next(months)
        broken = {
            check.check_id: [next(months) for breaks in (BREAKS, BREAKS_TOO) if check.check_id in breaks]
            for check in suite.checks
        }
        of_tables[suite.table] = Months(suite, sound, odd, next(months), broken)
    return of_tables


MONTHS = _months()
CHECKS = [(suite.table, check.check_id) for suite in SUITES for check in suite.checks]


@pytest.fixture(scope="session")
def verdicts(make_warehouse) -> dict[tuple[str, str], Verdict]:
    """Verdicts of all suites, each over its own year, by check and month."""
    spoils = []
    for months_of in MONTHS.values():
        spoils += [sql.format(p=months_of.odd, first=months_of.sound) for sql in STILL_RIGHT]
        for check_id, months in months_of.broken.items():
            sql = [breaks[check_id] for breaks in (BREAKS, BREAKS_TOO) if check_id in breaks]
            spoils += [statement.format(p=month) for statement, month in zip(sql, months, strict=True)]
    warehouse = make_warehouse(
        [month for months_of in MONTHS.values() for month in months_of.filled],
        [months_of.empty for months_of in MONTHS.values()],
        spoils,
    )
    found = {}
    for months_of in MONTHS.values():
        for verdict in judge(warehouse, [*months_of.filled, months_of.empty], [months_of.suite]):
            if verdict.kind == "gx":
                found[verdict.check_id, verdict.period] = verdict
    return found


def _not_passed(verdicts, table: str, month: str) -> dict[str, str]:
    checks = [check.check_id for check in MONTHS[table].suite.checks]
    outcomes = {check_id: verdicts[check_id, month].outcome for check_id in checks}
    return {check_id: outcome for check_id, outcome in outcomes.items() if outcome != "passed"}


def test_every_check_has_rows_that_break_it():
    assert {check_id for _, check_id in CHECKS} == set(BREAKS)
    assert len(CHECKS) == len(set(CHECKS))


@pytest.mark.parametrize("table", MONTHS)
def test_sound_rows_pass_every_check(verdicts, table):
    assert _not_passed(verdicts, table, MONTHS[table].sound) == {}


@pytest.mark.parametrize("table", MONTHS)
def test_what_is_odd_and_right_passes_every_check(verdicts, table):
    assert _not_passed(verdicts, table, MONTHS[table].odd) == {}


@pytest.mark.parametrize(("table", "check_id"), CHECKS)
def test_spoilt_rows_fail_this_check_and_no_other(verdicts, table, check_id):
    for month in MONTHS[table].broken[check_id]:
        assert _not_passed(verdicts, table, month) == {check_id: "failed"}
        verdict = verdicts[check_id, month]
        assert verdict.rows_failing >= 1
        assert verdict.rows_looked_at >= 1
        assert verdict.details["examples"]


@pytest.mark.parametrize(("table", "check_id"), CHECKS)
def test_where_there_are_no_rows_nothing_is_evaluated(verdicts, table, check_id):
    verdict = verdicts[check_id, MONTHS[table].empty]
    assert (verdict.outcome, verdict.rows_looked_at) == ("not_evaluated", 0)
    assert "没有可检验的行" in verdict.message_zh


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.table)
def test_checks_say_in_both_languages_what_must_hold(suite):
    for check in suite.checks:
        assert check.check_id.startswith("R-GX-")
        assert check.claim.isidentifier()
        assert any("\u4e00" <= character <= "\u9fff" for character in check.must_hold_zh)
        assert check.must_hold_en.isascii()

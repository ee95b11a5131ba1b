-- A small warehouse in which every check holds: the tables that the judge reads, with the columns that it reads.
-- `judged_months` (period, is_empty) is there before; an empty month has deliveries, and no row of anything else.

create table filled_months as select period from judged_months where not is_empty;

create table thresholds as
select * from (values
    ('volume_drop_pct', 30), ('growth_low_pct', -80), ('growth_high_pct', 400),
    ('reliability_coverage_weight', 0.4), ('reliability_on_time_weight', 0.3), ('reliability_first_pass_weight', 0.3),
    ('reliability_max_revision_points', 10), ('reliability_grade_a_score', 95), ('reliability_grade_b_score', 85),
    ('reliability_grade_c_score', 70), ('above_scale_revenue', 2000)
) as listed (threshold_id, value);

-- Reference lists.
create table town_list as select * from (values ('t1'), ('t2')) as listed (town_code);
create table entity_type_list as select * from (values ('公司', '企业'), ('企业', '企业'), ('个体户', '个体工商户'))
    as listed (keyword, entity_type);
create table membership_rules as select * from (values ('t1', 'core'), ('t2', 'core'), ('t1', 'service'))
    as listed (town_code, chain_segment);
create table plan_clauses as select * from (values ('二'), ('三-2'), ('三-3')) as listed (clause);
create table recognition_criteria as select * from (values ('county', 'output'), ('city', 'output'))
    as listed (level, criterion);
create table indicator_list as
select * from (values
    ('gross_output_value', '万元', 'flow', 'statistics_enterprise'),
    ('total_profit', '万元', 'flow', 'statistics_enterprise'),
    ('average_price', '元/base unit', 'rate', 'statistics_product'),
    ('active_entities', '户', 'stock', 'registration_entities'),
    ('net_new_entities', '户', 'flow', 'registration_entities'),
    ('projects', '个', 'stock', 'ledger_projects'),
    ('capacity_completed', 'the project''s unit', 'stock', 'ledger_projects'),
    ('issues_open', '个', 'stock', 'ledger_issues'),
    ('issues_overdue', '个', 'stock', 'ledger_issues'),
    ('tasks_due', '项', 'stock', 'ledger_tasks'),
    ('tasks_overdue', '项', 'stock', 'ledger_tasks'),
    ('event_deal_value', '万元', 'flow', 'ledger_events'),
    ('funds_paid', '万元', 'stock', 'ledger_funds'),
    ('tasks_done', '项', 'stock', 'ledger_tasks')
) as listed (indicator_code, unit, nature, source_feed);

-- What came in: every feed every month, two data rows and a 合计.
create table stg_feeds as
select feed, feed as label_zh, is_required, '' as not_due_months
from (values
    ('statistics_enterprise', true), ('statistics_product', true), ('registration_entities', true),
    ('ledger_projects', true),
    ('registration_changes', false),
    ('ledger_issues', false),
    ('ledger_tasks', false),
    ('ledger_events', false),
    ('ledger_funds', false),
    ('ledger_honours', false),
    ('ledger_platforms', false)
) as listed (feed, is_required);

create table stg_deliveries as
select
    concat(feed, ':', period) as delivery_id, feed, period, 'accepted' as status, false as is_refusal_pending,
    3 as rows_read, 2 as rows_data, 1 as rows_not_data
from stg_feeds cross join judged_months;

create table delivered as
select
    deliveries.feed,
    deliveries.period as _period,
    deliveries.delivery_id as _delivery_id,
    concat(deliveries.delivery_id, ':', row_no) as _row_id,
    'a.xlsx' as _file,
    row_no as _row,
    case when row_no = 3 then 'total' else 'data' end as _row_kind,
    '1431' as industry_code,
    '年馍加工' as business_scope,
    cast(null as varchar) as _corrections,
    case when row_no = 1 then 'active' else 'cancelled' end as status_group
from stg_deliveries as deliveries
inner join filled_months on deliveries.period = filled_months.period
cross join (values (1), (2), (3)) as listed (row_no);

create table stg_statistics_enterprise as select * from delivered where feed = 'statistics_enterprise';
create table stg_statistics_product as select * from delivered where feed = 'statistics_product';
create table stg_registration_entities as select * from delivered where feed = 'registration_entities';
create table stg_registration_changes as select * from delivered where feed = 'registration_changes';
create table stg_ledger_projects as select * from delivered where feed = 'ledger_projects';
create table stg_ledger_issues as select * from delivered where feed = 'ledger_issues';
create table stg_ledger_tasks as select * from delivered where feed = 'ledger_tasks';
create table stg_ledger_events as select * from delivered where feed = 'ledger_events';
create table stg_ledger_funds as select * from delivered where feed = 'ledger_funds';
create table stg_ledger_honours as select * from delivered where feed = 'ledger_honours';
create table stg_ledger_platforms as select * from delivered where feed = 'ledger_platforms';

create table val_row_counts as
select period, feed, delivery_id, 10 as rows_in_force from stg_deliveries where period in (from filled_months);

-- Used rows: one of each town.
create table int_statistics_enterprise as
select
    period, town_code, concat('E-', town_code) as credit_code, '1431' as industry_code, true as is_above_scale,
    10 as employees,
    1 as gross_output_value_ytd_prior, 1 as operating_revenue_ytd_prior, 1 as total_profit_ytd, 1 as tax_paid_ytd,
    1 as export_value_ytd, 1 as rd_expense_ytd, 1 as electricity_use_ytd, 1 as online_retail_sales_ytd
from filled_months cross join town_list;
create table int_statistics_product as
select period, town_code, 1 as output_ytd_prior, 1 as sales_month, 1 as sales_ytd, 1 as average_price
from filled_months cross join town_list;
create table int_ledger_projects as
select
    period, concat('P-', town_code) as project_id, town_code, 1 as planned_investment_year,
    1 as completed_investment_month, 1 as completed_investment_ytd, 1 as completed_investment_total,
    date '2024-01-01' as planned_start, date '2024-01-01' as actual_start, date '2025-01-01' as planned_finish,
    1 as capacity_quantity
from filled_months cross join town_list;

create table int_ledger_issues as
select
    period, town_code, concat('I-', town_code, issue_no) as issue_id, '某某厂' as subject, '共性' as category, '市发改局' as supporting_unit, '调研' as measures,
    date '2024-01-01' as closed_on
from filled_months cross join town_list cross join (values (1), (2), (3), (4)) as listed (issue_no);
create table int_ledger_tasks as
select
    period, concat('三-', task_no) as task_id, '各单位' as responsible_unit, '有序推进' as progress_note,
    1 as quantified_value
from filled_months cross join generate_series(1, 8) as listed (task_no);
create table int_ledger_events as
select period, 20 as enterprises, 300 as attendance, 5 as intended_value, 4 as deal_value from filled_months;
create table int_ledger_funds as
select period, '某某厂' as beneficiary, 5 as received_amount, 4 as paid_amount from filled_months;
create table int_ledger_honours as
select
    period, town_code, '91141082MA00000001' as credit_code, '某某厂' as holder, date '2027-01-01' as expires_on
from filled_months cross join town_list;
create table int_ledger_platforms as
select
    period, town_code, date '2022-08-27' as opened_on, '运行' as operating_status, 12 as enterprises_served,
    '某某中心' as operator
from filled_months cross join town_list;

create table file_conservation as
select
    period, feed, delivery_id, rows_read, 2 as rows_used, 0 as rows_quarantined, 0 as rows_superseded,
    1 as rows_not_data
from stg_deliveries where period in (from filled_months);

-- Marts. Of each town 4 (市 8); the net number and the profit are below zero.
create table indicator_monthly as
select
    filled_months.period,
    places.town_code,
    indicators.indicator_code,
    case when indicators.indicator_code = 'average_price' then '年馍' else 'all' end as breakdown,
    case when indicators.indicator_code = 'average_price' then '元/公斤' else indicators.unit end as unit,
    cast(sign * 4 * places.weight as decimal(18, 4)) as value,
    cast(sign * 5 * places.weight as decimal(18, 4)) as value_ytd,
    cast(10 as decimal(18, 4)) as yoy_pct,
    'preliminary' as value_status
from filled_months
cross join (values ('t1', 1), ('t2', 1), ('all', 2)) as places (town_code, weight)
cross join (
    select *, case when indicator_code in ('net_new_entities', 'total_profit') then -1 else 1 end as sign
    from indicator_list where indicator_code <> 'capacity_completed'
) as indicators
where indicators.source_feed <> 'ledger_tasks' or places.town_code = 'all';

-- Targets: one not reached, one reached, one of a task (which reads the whole city), one without a figure.
create table target_list as
select targets.*, years.year
from (values
    ('T1', 't1', 'active_entities', 'all', 'value', 'at_least'),
    ('T2', 'all', 'gross_output_value', 'all', 'value_ytd', 'at_least'),
    ('T3', 't1', 'tasks_done', 'all', 'value', 'done'),
    ('T4', 'all', 'platforms_operating', 'all|物流', 'value', 'done')
) as targets (target_id, town_code, indicator_code, breakdown, measure, direction)
cross join (select distinct cast(substr(period, 1, 4) as integer) as year from judged_months) as years;

create table target_progress as
select
    period, target_id, direction, plan_clause,
    cast(target_value as decimal(18, 4)) as target_value,
    cast(actual_value as decimal(18, 4)) as actual_value,
    cast(20 as decimal(18, 4)) as progress_pct,
    cast(0 as decimal(18, 4)) as gap_value,
    light,
    cast(case when target_id = 'T1' then 30 end as decimal(18, 4)) as projection_low,
    cast(case when target_id = 'T1' then 30 end as decimal(18, 4)) as projected_year_end,
    cast(case when target_id = 'T1' then 31 end as decimal(18, 4)) as projection_high
from filled_months
cross join (values
    ('T1', 'at_least', 20, 4, 'red', '二'),
    ('T2', 'at_least', 9, 10, 'green', '二'),
    ('T3', 'done', 9, 8, 'yellow', '三-2'),
    ('T4', 'done', 1, null, 'grey', '二')
) as progress (target_id, direction, target_value, actual_value, light, plan_clause);

create table project_progress as
select
    period, project_id, period as stage_since, cast(50 as decimal(18, 4)) as completion_pct, 0 as delay_days,
    'none' as alert
from int_ledger_projects;

-- Boards. As many issues and tasks are overdue as the indicators say: 4 a town, 8 in the whole city.
create table issue_board as
select
    period, issue_id, town_code, 60 as days_open, 30 as days_overdue, true as is_overdue, 1 as times_rolled_over
from int_ledger_issues;
create table task_board as
select period, task_id, true as is_overdue from int_ledger_tasks;
-- One enterprise is over the threshold, of the other nobody knows.
create table enterprise_ladder as
select
    period, town_code, credit_code, is_above_scale,
    cast(case when town_code = 't1' then 2100 end as decimal(18, 4)) as trailing_12m_revenue,
    cast(case when town_code = 't1' then 0 end as decimal(18, 4)) as above_scale_gap, 'above_scale' as ladder_stage
from int_statistics_enterprise;
create table industry_structure as
select
    filled_months.period, places.town_code, cast(100 as decimal(18, 4)) as cr4_pct, cast(10000 as decimal(18, 4)) as hhi,
    cast(0 as decimal(18, 4)) as leading_industry_share_pct, 0 as upstream_count, 4 as core_count,
    1 as downstream_count, 1 as service_count
from filled_months cross join (values ('t1'), ('t2'), ('all')) as places (town_code);
create table town_recognition as
select
    period, town_code, level, criterion, cast(5 as decimal(18, 4)) as value,
    cast(case when level = 'city' then 6 else 5 end as decimal(18, 4)) as threshold, level <> 'city' as passed
from filled_months cross join town_list cross join recognition_criteria;
create table town_scorecard as
select
    period, town_code, cast(100 as decimal(18, 4)) as recognition_score, cast(5 as decimal(18, 4)) as output_ytd
from filled_months cross join town_list;
create table plan_coverage as
select period, clause, '存续经营主体数6户' as figures, target_lights, state
from filled_months
cross join (values
    ('二', 'T1 red|T2 green|T4 grey', 'off_course'),
    ('三-2', 'T3 yellow', 'at_risk'),
    ('三-3', null, 'no_figure')
) as coverage (clause, target_lights, state);

-- Of a core segment 2 active entities a type and town; one of each type belongs to both towns.
create table entity_dynamics as
select
    filled_months.period, places.town_code, types.entity_type, segments.chain_segment,
    case when segments.chain_segment = 'core' then places.active else 1 end as active,
    1 as new_month, 2 as new_ytd, 1 as cancelled_month, 3 as cancelled_ytd, -1 as net_new_ytd
from filled_months
cross join (values ('t1', 2), ('t2', 2), ('all', 3)) as places (town_code, active)
cross join (select distinct entity_type from entity_type_list) as types
cross join (select distinct chain_segment from membership_rules) as segments;
update indicator_monthly set value = 6, value_ytd = 6 where indicator_code = 'active_entities' and town_code = 'all';

-- Reliability: both units there and in time, one row in a hundred not at first, two cells revised by 1.25 %.
create table stg_due_dates as
select feed, period, date '2024-04-08' as due_on, true as is_calendar_known from stg_feeds cross join judged_months;
create table data_reliability as
select
    filled_months.period, feeds.feed, 2 as expected_units, 2 as received_units,
    cast(100 as decimal(18, 4)) as coverage_pct, date '2024-04-08' as due_on, date '2024-04-07' as received_on,
    cast(100 as decimal(18, 4)) as on_time_pct, 3 as rows_read, 2 as rows_used, 0 as rows_quarantined,
    0 as rows_superseded, 1 as rows_not_data, cast(99 as decimal(18, 4)) as first_pass_pct, 2 as revised_cells,
    cast(1.25 as decimal(18, 4)) as mean_abs_revision_pct, cast(98.45 as decimal(18, 4)) as score, 'A' as grade
from filled_months cross join stg_feeds as feeds;
insert into indicator_monthly
select period, 'all', rates.indicator_code, 'all', '%', rates.value, rates.value, null, 'preliminary'
from filled_months
cross join (values ('coverage_rate', 100), ('on_time_rate', 100), ('first_pass_rate', 99))
    as rates (indicator_code, value);

-- The rule list and what the rules found.
create table validation_rules as
select * from (values
    ('R-STAT-004', 'statistics_enterprise', 'quarantine', 'output_is_not_negative'),
    ('R-STAT-008', 'statistics_enterprise', 'warn', 'ytd_adds_up'),
    ('R-BATCH-001', '*', 'block', 'few_rows_are_set_aside'),
    ('R-BATCH-005', '*', 'block', 'required_feed_is_there'),
    ('R-BATCH-006', '*', 'block', 'no_refused_file_is_pending')
) as listed (rule_id, feed, severity, claim);
alter table validation_rules add column message_zh varchar default '有问题';
alter table validation_rules add column message_en varchar default 'there is a problem';
alter table validation_rules add column remedy_zh varchar default '请更正';
alter table validation_rules add column remedy_en varchar default 'correct it';

create table rule_evaluations as
select
    judged_months.period, feeds.feed, rules.rule_id, rules.severity, 2 as rows_looked_at, 0 as rows_failing
from judged_months
cross join stg_feeds as feeds
inner join validation_rules as rules on rules.feed in (feeds.feed, '*');

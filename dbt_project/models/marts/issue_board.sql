-- grain: one row per period and issue of that month's ledger
with issues as (

    select
        period,
        issue_id,
        town_code,
        subject,
        category,
        raised_on,
        lead_unit,
        due_on,
        status,
        closed_on,
        is_closed
    from {{ ref('int_ledger_issues') }}

),

periods as (

    select
        period,
        month_end_on
    from {{ ref('int_periods') }}

),

-- An issue runs until it is closed; one that is closed on no known day ended nobody knows when.
dated as (

    select
        issues.period,
        issues.issue_id,
        periods.month_end_on,
        case when issues.is_closed then issues.closed_on else periods.month_end_on end as ended_on,
        issues.due_on <= periods.month_end_on as is_due
    from issues
    inner join periods
        on issues.period = periods.period

),

-- Earlier ledgers in which it was open at their month's end.
rolled_over as (

    select
        period,
        issue_id,
        sum(case when is_closed then 0 else 1 end) over (
            partition by issue_id
            order by period
            rows between unbounded preceding and 1 preceding
        ) as times_rolled_over
    from issues

),

final as (

    select
        issues.period,
        issues.issue_id,
        coalesce(issues.town_code, 'all') as town_code,
        issues.subject,
        issues.category,
        issues.raised_on,
        issues.lead_unit,
        issues.due_on,
        issues.status,
        issues.closed_on,
        cast({{ dbt.datediff('issues.raised_on', 'dated.ended_on', 'day') }} as integer) as days_open,
        cast(
            case
                when issues.due_on >= dated.month_end_on or dated.ended_on <= issues.due_on then 0
                else {{ dbt.datediff('issues.due_on', 'dated.ended_on', 'day') }}
            end as integer
        ) as days_overdue,
        not issues.is_closed and dated.is_due as is_overdue,
        cast(coalesce(rolled_over.times_rolled_over, 0) as integer) as times_rolled_over,
        cast(null as {{ dbt.type_string() }}) as release_id
    from issues
    inner join dated
        on
            issues.period = dated.period
            and issues.issue_id = dated.issue_id
    inner join rolled_over
        on
            issues.period = rolled_over.period
            and issues.issue_id = rolled_over.issue_id

)

select * from final

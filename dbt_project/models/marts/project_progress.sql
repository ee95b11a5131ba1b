-- grain: one row per period and project of that month's ledger
with projects as (

    select
        period,
        project_id,
        project_name,
        town_code,
        owner,
        responsible_unit,
        township,
        stage,
        total_investment,
        planned_investment_year,
        completed_investment_month,
        completed_investment_ytd,
        completed_investment_total,
        planned_start,
        actual_start,
        planned_finish,
        actual_finish,
        problems
    from {{ ref('int_ledger_projects') }}

),

statuses as (

    select
        period,
        project_id,
        stage_since,
        completion_pct,
        delay_days,
        alert
    from {{ ref('int_project_status') }}

),

final as (

    select
        projects.period,
        projects.project_id,
        projects.project_name,
        projects.town_code,
        projects.owner,
        projects.responsible_unit,
        projects.township,
        projects.stage,
        statuses.stage_since,
        projects.total_investment,
        projects.planned_investment_year,
        projects.completed_investment_month,
        projects.completed_investment_ytd,
        projects.completed_investment_total,
        statuses.completion_pct,
        projects.planned_start,
        projects.actual_start,
        projects.planned_finish,
        projects.actual_finish,
        statuses.delay_days,
        statuses.alert,
        projects.problems,
        cast(null as {{ dbt.type_string() }}) as release_id
    from projects
    inner join statuses
        on
            projects.period = statuses.period
            and projects.project_id = statuses.project_id

)

select * from final

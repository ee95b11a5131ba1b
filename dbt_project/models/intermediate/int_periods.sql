-- grain: one row per month from the first to the last with an accepted delivery
with spine as (

    select period
    from {{ ref('stg_periods') }}

),

statistics_pauses as (

    select concat('|', max(not_due_months), '|') as not_due_months
    from {{ ref('stg_feeds') }}
    where feed = 'statistics_enterprise'

),

final as (

    select
        spine.period,
        cast(substr(spine.period, 1, 4) as integer) as year,
        {{ month_number('spine.period') }} as month,
        {{ period_start('spine.period') }} as month_start_on,
        {{ month_end('spine.period') }} as month_end_on,
        {{ period_shift('spine.period', -1) }} as prior_period,
        {{ period_shift('spine.period', -12) }} as prior_year_period,
        concat(
            cast(cast(substr(spine.period, 1, 4) as integer) - 1 as {{ dbt.type_string() }}), '-12'
        ) as december_last_year,
        coalesce(
            instr(
                statistics_pauses.not_due_months,
                concat('|', cast({{ month_number('spine.period') }} as {{ dbt.type_string() }}), '|')
            ) = 0,
            true
        ) as is_statistics_due,
        -- The return after a pause is for the paused month too: its 本月 is no month.
        coalesce(
            {{ month_number('spine.period') }} > 1
            and instr(
                statistics_pauses.not_due_months,
                concat('|', cast({{ month_number('spine.period') }} - 1 as {{ dbt.type_string() }}), '|')
            ) > 0,
            false
        ) as is_joint_return
    from spine
    cross join statistics_pauses

)

select * from final

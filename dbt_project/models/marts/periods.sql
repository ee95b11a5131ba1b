-- grain: one row per month held
with months as (

    select
        period,
        year,
        month,
        month_start_on,
        month_end_on,
        is_statistics_due
    from {{ ref('int_periods') }}

),

-- Whether a month stands published is known on publication alone: it stamps status and reason.
final as (

    select
        period,
        year,
        month,
        cast(floor((month + 2) / 3) as integer) as quarter,
        month_start_on,
        month_end_on,
        is_statistics_due,
        concat(
            cast(year as {{ dbt.type_string() }}), '年',
            cast(month as {{ dbt.type_string() }}), '月'
        ) as label_zh,
        cast(null as {{ dbt.type_string() }}) as status,
        cast(null as {{ dbt.type_string() }}) as status_reason,
        cast(null as {{ dbt.type_string() }}) as release_id
    from months

)

select * from final

-- grain: one row per feed, month and town of its data rows as first delivered: how many, how many passed
with first_rows as (

    select
        period,
        feed,
        town_code,
        is_passed
    from {{ ref('int_first_rows') }}

),

final as (

    select
        period,
        feed,
        town_code,
        count(*) as rows_data,
        count(*) filter (where is_passed) as rows_passed
    from first_rows
    group by period, feed, town_code

)

select * from final

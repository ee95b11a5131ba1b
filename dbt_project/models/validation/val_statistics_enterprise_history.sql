-- grain: one row per row in force or superseded of the enterprise return whose key can be read
{%- set figures = statistics_enterprise_columns() %}
{%- set rising = [] %}
{%- for item in statistics_enterprise_items() if item not in statistics_enterprise_signed_items() %}
{%- do rising.append(item ~ '_ytd') %}
{%- endfor %}

with recursive {{ walk_history('statistics_enterprise', figures, rising) }},

final as (

    select
        _row_key,
        _period,
        _row_id,
        falls,
        falls_seen,
        jumps,
        jumps_seen,
        is_used
    from walked

)

select * from final

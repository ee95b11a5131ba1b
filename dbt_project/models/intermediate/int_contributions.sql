-- grain: one row per month, place, indicator, breakdown and what gives something to it, over all feeds
-- A view: the tables of the feeds hold the rows.
{{ config(materialized='view') }}
{#- Changes have no figures of their own: they go into those of the register. -#}
{%- set feeds = row_feeds() | reject('equalto', 'registration_changes') | list + ['data_reliability'] %}

with

final as (

    {%- for feed in feeds %}
    select
        period,
        town_code,
        indicator_code,
        breakdown,
        unit,
        contributor,
        row_id,
        note,
        cell_columns,
        is_in_month,
        is_in_year,
        is_counted,
        value,
        value_ytd,
        value_ytd_prior,
        base,
        warnings,
        is_revised
    from {{ ref('int_contributions_' ~ feed) }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

)

select * from final

-- grain: one row per month, place, indicator and breakdown for which there is a figure, over all feeds
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
        value,
        value_ytd,
        value_ytd_prior,
        has_given_prior,
        prior_gap_ytd,
        contributors,
        flags,
        is_revised
    from {{ ref('int_figures_' ~ feed) }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

)

select * from final

-- grain: one row per membership rule, kind of term and term
with rules as (

    select
        concat(town_code, ' ', cast(rule_order as {{ dbt.type_string() }})) as rule_key,
        industry_prefixes,
        keywords_name,
        keywords_scope,
        industry_none,
        keywords_none
    from {{ ref('membership_rules') }}

),

{%- set kinds = ['industry_prefixes', 'keywords_name', 'keywords_scope', 'industry_none', 'keywords_none'] %}
{%- for kind in kinds %}

{{ kind }}_terms as (

    {{ split_rows('rules', ['rule_key'], kind) }}

),
{%- endfor %}

final as (

    {%- for kind in kinds %}
    select
        rule_key,
        '{{ kind }}' as kind,
        part as term
    from {{ kind }}_terms
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

)

select * from final

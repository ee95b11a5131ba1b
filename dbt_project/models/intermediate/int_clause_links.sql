-- grain: one row per clause of the plan, kind of link and what it names
{#- Each kind of link, and the column of the seed that holds it. -#}
{%- set kinds = {'target': 'targets', 'indicator': 'watched_by', 'board': 'boards'} %}

with clauses as (

    select
        clause,
        targets,
        watched_by,
        boards
    from {{ ref('plan_clauses') }}

),

{%- for kind, column in kinds.items() %}

{{ kind }}_parts as (

    {{ split_rows('clauses', ['clause', column], column) }}

),

{{ kind }}_links as (

    select
        clause,
        part as linked_code,
        -- Where it stands in the list: links keep the order in which the plan names them.
        instr(concat('|', {{ column }}, '|'), concat('|', part, '|')) as link_place
    from {{ kind }}_parts

),
{%- endfor %}

final as (

    {%- for kind in kinds %}
    select
        clause,
        '{{ kind }}' as kind,
        linked_code,
        cast(
            row_number() over (partition by clause order by link_place, linked_code) as integer
        ) as link_order
    from {{ kind }}_links
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

)

select * from final

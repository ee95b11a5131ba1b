{#- CTEs `indicators`, `asked` and `final`: what each row of a feed gives to each figure of the catalogue, on a CTE
    `placed` (period, town_code, contributor, row_id, warnings, revised, is_moved, and what the arguments name): every
    row in its town and in `all`. The catalogue (seed indicator_list) says which item an indicator takes, under which
    condition, and in which parts it stands, so that an indicator of an existing kind is one line of it:
    items       name -> value, and optionally value_ytd, value_ytd_prior, base, unit (expressions), columns (the cells)
    conditions  name -> month, optionally year (does the row count there?), columns that decide it, and `among`: rows
                outside of it are not asked at all. An indicator without a condition takes every row.
    parts       kind -> breakdown, and optionally join, where, columns
    A row that does not count stays, without marking the figure with its warnings unless `marks_all`: a correction
    that took it out revises the figure. -#}
{% macro contributions(feed, items, conditions={}, parts={}, marks_all=false) -%}
{%- set everywhere = {'month': 'true', 'columns': []} -%}
{%- set conditions = dict({'': everywhere}, **conditions) -%}
{%- set parts = dict({'all': {'breakdown': "'all'"}}, **parts) -%}
{%- set amounts = {'value': '22, 8', 'value_ytd': '18, 4', 'value_ytd_prior': '18, 4', 'base': '18, 4'} -%}
indicators as (

    select
        indicator_code,
        item,
        coalesce(counts_when, '') as counts_when,
        concat('|', breakdowns, '|') as breakdowns
    from {{ ref('indicator_list') }}
    where source_feed = '{{ feed }}'

),

asked as (

    select
        placed.*,
        indicators.indicator_code,
        indicators.breakdowns,
        case indicators.counts_when
            {%- for name, condition in conditions.items() %}
            when '{{ name }}' then coalesce({{ condition.month }}, false)
            {%- endfor %}
        end as is_in_month,
        case indicators.counts_when
            {%- for name, condition in conditions.items() %}
            when '{{ name }}' then coalesce({{ condition.year | default(condition.month) }}, false)
            {%- endfor %}
        end as is_in_year,
        case indicators.counts_when
            {%- for name, condition in conditions.items() %}
            when '{{ name }}' then '{{ condition.columns | join("|") }}'
            {%- endfor %}
        end as condition_columns,
        {%- for amount, width in amounts.items() %}
        cast(
            case indicators.item
                {%- for name, item in items.items() %}
                when '{{ name }}'
                    then {{ item[amount] | default(item.value if amount == 'value_ytd' else 'null') }}
                {%- endfor %}
            end as decimal({{ width }})
        ) as {{ amount }},
        {%- endfor %}
        cast(
            case indicators.item
                {%- for name, item in items.items() %}
                when '{{ name }}' then {{ item.unit | default('null') }}
                {%- endfor %}
            end as {{ dbt.type_string() }}
        ) as unit,
        case indicators.item
            {%- for name, item in items.items() %}
            when '{{ name }}' then '{{ item.columns | default([]) | join("|") }}'
            {%- endfor %}
        end as item_columns
    from placed
    cross join indicators
    where
        case indicators.counts_when
            {%- for name, condition in conditions.items() %}
            when '{{ name }}' then {{ condition.among | default('true') }}
            {%- endfor %}
        end

),

parted as (
    {% for kind, part in parts.items() %}
    select
        asked.*,
        {{ part.breakdown }} as breakdown,
        '{{ part.columns | default([]) | join("|") }}' as part_columns
    from asked
    {%- if part.join %}
    {{ part.join }}
    {%- endif %}
    where
        instr(asked.breakdowns, '|{{ kind }}|') > 0
        and {{ part.breakdown }} is not null
        {%- if part.where %}
        and {{ part.where }}
        {%- endif %}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

columned as (

    select
        parted.*,
        trim(both '|' from replace(
            concat(item_columns, '|', condition_columns, '|', part_columns), '||', '|'
        )) as cell_columns,
        trim(both '|' from concat(condition_columns, '|', part_columns)) as deciding_columns
    from parted

),

final as (

    select
        period,
        town_code,
        indicator_code,
        breakdown,
        unit,
        contributor,
        row_id,
        cast(null as {{ dbt.type_string() }}) as note,
        cell_columns,
        is_in_month,
        is_in_year,
        is_in_year and coalesce(value, value_ytd, base) is not null as is_counted,
        value,
        value_ytd,
        value_ytd_prior,
        base,
        {{ 'warnings' if marks_all else 'case when is_in_year then warnings end' }} as warnings,
        is_in_year and (is_moved or {{ is_revised_among('revised', 'item_columns') }})
        or {{ is_revised_among('revised', 'deciding_columns') }} as is_revised
    from columned

)
{%- endmacro %}

-- grain: one row per delivered 合计 row of a feed: how far it is from the rows of its sheet
{#- feed: columns that add up. Products add up only where a sheet has one unit, and in that unit, for their 合计 names
    no product; prices never do. -#}
{%- set feeds = {
    'statistics_enterprise': statistics_enterprise_columns(),
    'statistics_product': [
        'output_month_delivered', 'output_ytd_delivered', 'output_ytd_prior_delivered', 'sales_month_delivered',
        'sales_ytd_delivered',
    ],
    'ledger_projects': ledger_projects_amounts(),
    'ledger_events': ledger_events_figures(),
    'ledger_funds': ledger_funds_amounts(),
    'ledger_platforms': ['enterprises_served'],
} %}

with
{%- for feed, columns in feeds.items() %}

{{ feed }}_as_read as (

    select *
    from {{ ref('stg_' ~ feed) }}
    where _corrections is null

),

{{ feed }}_rows as (

    -- Rows as read: an exact repeat once, and without declared corrections.
    select
        as_read._delivery_id,
        as_read._file,
        as_read._sheet,
        {%- for column in columns %}
        sum(as_read.{{ column }}) as {{ column }},
        {%- endfor %}
        {%- if feed == 'statistics_product' %}
        count(distinct as_read.quantity_unit) as units,
        {%- else %}
        1 as units,
        {%- endif %}
        count(*) as rows_added
    from {{ feed }}_as_read as as_read
    inner join {{ ref('val_' ~ feed ~ '_rows') }} as feed_rows
        on as_read._row_id = feed_rows._row_id
    where feed_rows._status <> 'repeat'
    group by as_read._delivery_id, as_read._file, as_read._sheet

),

{{ feed }}_totals as (

    select
        '{{ feed }}' as feed,
        totals._period as period,
        totals._delivery_id as delivery_id,
        totals._file as file,
        totals._sheet as sheet,
        totals._row as row_no,
        totals._arrival_no as arrival_no,
        rows_read.rows_added,
        greatest(
            {%- for column in columns %}
            case
                when totals.{{ column }} is null or totals.{{ column }} = coalesce(rows_read.{{ column }}, 0)
                    then 0
                when coalesce(rows_read.{{ column }}, 0) = 0 then 999999
                else
                    least(
                        {{ round_ratio(
                            'abs(totals.' ~ column ~ ' - rows_read.' ~ column ~ ')',
                            'abs(rows_read.' ~ column ~ ')', 100, places=4
                        ) }}, 999999
                    )
            end{{ ',' if not loop.last }}
            {%- endfor %}
        ) as deviation_pct
    from {{ feed }}_as_read as totals
    inner join {{ feed }}_rows as rows_read
        on
            totals._delivery_id = rows_read._delivery_id
            and totals._file = rows_read._file
            and coalesce(totals._sheet, '') = coalesce(rows_read._sheet, '')
    where totals._row_kind = 'total' and rows_read.units = 1

),
{%- endfor %}

final as (

    {%- for feed in feeds %}
    select
        feed,
        period,
        delivery_id,
        file,
        sheet,
        row_no,
        arrival_no,
        rows_added,
        deviation_pct
    from {{ feed }}_totals
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

)

select * from final

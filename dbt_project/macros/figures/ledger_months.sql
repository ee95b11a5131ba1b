{#- The months of a feed that have its data, with the days between which a row's date counts. -#}
{% macro ledger_months(feed) -%}
    select
        feed_months.period,
        periods.month_start_on,
        periods.month_end_on,
        {{ period_start("concat(substr(feed_months.period, 1, 4), '-01')") }} as year_start_on
    from {{ ref('int_feed_months') }} as feed_months
    inner join {{ ref('int_periods') }} as periods on feed_months.period = periods.period
    where feed_months.feed = '{{ feed }}' and feed_months.has_data
{%- endmacro %}

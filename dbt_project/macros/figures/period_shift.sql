{#- The period `months` after (before, if negative) the given one. -#}
{% macro period_shift(period, months) -%}
    {{ period_of("cast(" ~ dbt.dateadd('month', months, period_start(period)) ~ " as date)") }}
{%- endmacro %}

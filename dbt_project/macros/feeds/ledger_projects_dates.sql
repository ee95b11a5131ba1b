{% macro ledger_projects_dates() -%}
    {{ return(['planned_start', 'actual_start', 'planned_finish', 'actual_finish']) }}
{%- endmacro %}

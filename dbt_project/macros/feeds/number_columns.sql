{#- The numeric columns of a feed as `val_<feed>_rows` has them: those whose revisions are counted. A feed that is not
    listed does not compile, so that no revision goes uncounted in silence. -#}
{% macro number_columns(feed) -%}
    {%- set columns = {
        'statistics_enterprise': statistics_enterprise_columns(),
        'statistics_product': statistics_product_columns(),
        'registration_entities': ['registered_capital'],
        'registration_changes': [],
        'ledger_projects': ledger_projects_amounts() + ['capacity_quantity'],
        'ledger_issues': [],
        'ledger_tasks': ['quantified_value'],
        'ledger_honours': [],
        'ledger_platforms': ['enterprises_served'],
        'ledger_events': ledger_events_figures(),
        'ledger_funds': ledger_funds_amounts(),
    } -%}
    {%- if feed not in columns -%}
        {{ exceptions.raise_compiler_error('number_columns: no entry for the feed ' ~ feed) }}
    {%- endif -%}
    {{ return(columns[feed]) }}
{%- endmacro %}

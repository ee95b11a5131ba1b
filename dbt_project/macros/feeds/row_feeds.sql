{#- The feeds that have a staging model and rules. A feed is added here when its models are written. -#}
{% macro row_feeds() -%}
    {{ return([
        'statistics_enterprise', 'statistics_product', 'registration_entities', 'registration_changes', 'ledger_projects',
        'ledger_issues',
        'ledger_tasks',
        'ledger_events',
        'ledger_funds',
        'ledger_honours',
        'ledger_platforms',
    ]) }}
{%- endmacro %}

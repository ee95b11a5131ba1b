{#- Feed -> the raw columns of its key, each with the kind of its parser (`code`, `text`, `date`): how a declared
    correction finds the row that it speaks of. A test holds it against the contracts. -#}
{% macro feed_keys() -%}
    {{ return({
        'statistics_enterprise': [('credit_code', 'code')],
        'statistics_product': [('credit_code', 'code'), ('product_name', 'text')],
        'registration_entities': [('credit_code', 'code')],
        'ledger_projects': [('project_id', 'code')],
        'ledger_issues': [('issue_id', 'code')],
        'ledger_tasks': [('task_id', 'code')],
        'ledger_honours': [('certificate_no', 'code'), ('honour_type', 'text')],
        'ledger_platforms': [('platform_id', 'code')],
        'ledger_events': [('event_id', 'code')],
        'ledger_funds': [('project_id', 'code'), ('fund_type', 'text'), ('allocated_on', 'date')],
    }) }}
{%- endmacro %}

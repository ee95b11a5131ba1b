{#- Feed -> the raw columns of its key, each with the kind of its parser (`code`, `text`, `date`): how a declared
    correction finds the row that it speaks of. A test holds it against the contracts. -#}
{% macro feed_keys() -%}
    {{ return({
        'statistics_enterprise': [('credit_code', 'code')],
        'statistics_product': [('credit_code', 'code'), ('product_name', 'text')],
        'registration_entities': [('credit_code', 'code')],
        'ledger_projects': [('project_id', 'code')],
    }) }}
{%- endmacro %}

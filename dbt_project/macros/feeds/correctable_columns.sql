{#- The columns of a feed in which a declared correction may change a cell: those of its contract but the key and the
    personal ones. A test holds the list against the contracts. -#}
{% macro correctable_columns(feed) -%}
    {{ return({
        'statistics_enterprise': ['enterprise_name', 'town', 'industry_code', 'is_above_scale']
            + statistics_enterprise_columns(),
        'statistics_product': ['enterprise_name', 'town', 'quantity_unit'] + statistics_product_columns(),
        'registration_entities': [
            'entity_type', 'registered_capital', 'established_on', 'approved_on', 'registration_status',
            'cancelled_on', 'registration_authority', 'division_code', 'industry_code', 'business_scope',
        ],
        'ledger_projects': [
            'project_name', 'town', 'owner', 'credit_code', 'project_type', 'stage', 'progress_note',
            'responsible_unit', 'township', 'problems', 'design_capacity',
        ] + ledger_projects_amounts() + ledger_projects_dates(),
    }[feed]) }}
{%- endmacro %}

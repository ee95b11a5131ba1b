{#- The columns of a feed in which a declared correction may change a cell: those of its contract but the key and the
    personal ones (none of the changes of the register). A test holds the list against the contracts. -#}
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
        'ledger_issues': [
            'town', 'subject', 'category', 'problem', 'raised_on', 'lead_unit', 'supporting_unit', 'measures', 'due_on',
            'status', 'closed_on',
        ],
        'ledger_tasks': [
            'task_name', 'lead_unit', 'responsible_unit', 'due_on', 'progress_note', 'status', 'completed_on',
            'quantified_value',
        ],
        'ledger_honours': ['honour_level', 'credit_code', 'town', 'granted_on', 'expires_on'],
        'ledger_platforms': [
            'platform_name', 'town', 'platform_type', 'opened_on', 'operating_status', 'enterprises_served', 'operator',
        ],
        'ledger_events': [
            'event_name', 'event_type', 'town', 'held_on', 'enterprises', 'attendance', 'intended_value', 'deal_value',
        ],
        'ledger_funds': ['town', 'amount', 'received_amount', 'paid_amount'],
    }.get(feed, [])) }}
{%- endmacro %}

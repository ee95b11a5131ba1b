-- grain: one row per period, indicator, breakdown and task; tasks have no town, so all stand under `all`
with ledger_months as (

    {{ ledger_months('ledger_tasks') }}

),

-- A day of completion after the month's end sets its row aside.
placed as (

    select
        tasks.period,
        'all' as town_code,
        tasks.task_id as contributor,
        tasks._row_id as row_id,
        tasks.is_done,
        tasks.due_on <= ledger_months.month_end_on as is_due,
        tasks._warnings as warnings,
        tasks._revised as revised,
        false as is_moved
    from {{ ref('int_ledger_tasks') }} as tasks
    inner join ledger_months on tasks.period = ledger_months.period

),

{{ contributions(
    'ledger_tasks',
    items={'tasks': {'value': '1'}},
    conditions={
        'due': {'month': 'placed.is_due', 'columns': ['due_on']},
        'done': {'month': 'placed.is_done', 'columns': ['status', 'completed_on']},
        'overdue': {
            'month': 'placed.is_due and not placed.is_done', 'columns': ['due_on', 'status', 'completed_on'],
        },
    },
    parts={'task': {'breakdown': 'asked.contributor'}},
) }}

select * from final

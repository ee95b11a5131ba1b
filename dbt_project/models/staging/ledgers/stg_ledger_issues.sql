-- grain: one row per delivered row (data, 合计 or damaged line)
with raw_rows as (

    {{ raw_rows('ledger_issues') }}

),

typed as (

    select
        {{ lineage_columns('raw_rows') }}
        {{ parse_code('raw_rows.issue_id') }} as issue_id,
        {{ parse_text('raw_rows.town') }} as town,
        {{ parse_text('raw_rows.subject') }} as subject,
        {{ parse_text('raw_rows.category') }} as category_delivered,
        {{ parse_text('raw_rows.problem') }} as problem,
        {{ parse_date('raw_rows.raised_on') }} as raised_on,
        raw_rows.raised_on as raised_on_cell,
        {{ parse_text('raw_rows.lead_unit') }} as lead_unit,
        {{ parse_text('raw_rows.supporting_unit') }} as supporting_unit,
        {{ parse_text('raw_rows.measures') }} as measures,
        {{ parse_last_day('raw_rows.due_on') }} as due_on,
        raw_rows.due_on as due_on_cell,
        {{ parse_text('raw_rows.status') }} as status_delivered,
        {{ parse_date('raw_rows.closed_on') }} as closed_on,
        {{ parse_last_day('raw_rows.closed_on') }} as closed_at_latest_on,
        raw_rows.closed_on as closed_on_cell
    from raw_rows

),

final as (

    select
        {{ lineage_columns('typed') }}
        typed.issue_id,
        typed.town,
        town_names.town_code,
        typed.subject,
        categories.category,
        typed.problem,
        typed.raised_on,
        typed.lead_unit,
        typed.supporting_unit,
        typed.measures,
        typed.due_on,
        statuses.status,
        typed.closed_on,
        typed.closed_at_latest_on,
        statuses.is_closed as is_called_closed,
        {{ unreadable_columns([
            ('category', 'typed.category_delivered', 'categories.category'),
            ('raised_on', 'typed.raised_on_cell', 'typed.raised_on'),
            ('due_on', 'typed.due_on_cell', 'typed.due_on'),
            ('status', 'typed.status_delivered', 'statuses.status'),
            ('closed_on', 'typed.closed_on_cell', 'typed.closed_on'),
        ]) }}
        {{ impossible_dates([
            ('raised_on', 'typed.raised_on_cell', 'typed.raised_on'),
            ('due_on', 'typed.due_on_cell', 'typed.due_on'),
            ('closed_on', 'typed.closed_on_cell', 'typed.closed_on'),
        ]) }},
        typed.closed_on is not null or coalesce(statuses.is_closed, false) as is_closed
    from typed
    left join {{ ref('stg_town_names') }} as town_names
        on {{ fold_name('typed.town') }} = town_names.town_name_folded
    left join {{ ref('issue_category_list') }} as categories
        on {{ fold_name('typed.category_delivered') }} = categories.category
    left join {{ ref('issue_status_list') }} as statuses
        on {{ fold_name('typed.status_delivered') }} = statuses.status

)

select * from final

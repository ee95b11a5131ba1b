-- grain: one row per declared correction in force: what became of it
-- applied: its wrong value stands in the row in force and is replaced. obsolete: the row says something else by now.
-- no_such_row: no row of that key is in force.
with corrections as (

    select * from {{ ref('stg_declared_corrections') }}

),

cells as (

    select * from {{ ref('stg_corrected_cells') }}

),

rows_in_force as (

    {%- for feed in row_feeds() %}
    select
        '{{ feed }}' as feed,
        _row_id,
        _file,
        _sheet,
        _row
    from {{ ref('val_' ~ feed ~ '_rows') }}
    where _status = 'in_force' and exists (select 1 from corrections)
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

located as (

    select
        corrections.*,
        cells.delivery_id,
        rows_in_force._file as file,
        rows_in_force._sheet as sheet,
        rows_in_force._row as row_no,
        cells.cell,
        cells.is_standing,
        rows_in_force._row_id as row_id
    from corrections
    left join cells on corrections.correction_id = cells.correction_id
    left join rows_in_force on cells.feed = rows_in_force.feed and cells.row_id = rows_in_force._row_id
    qualify
        row_number() over (
            partition by corrections.correction_id
            order by rows_in_force._row_id is null, cells.row_id
        ) = 1

),

final as (

    select
        correction_id,
        feed,
        period,
        row_key,
        column_name,
        wrong,
        right_cell,
        case
            when row_id is null then 'no_such_row'
            when is_standing then 'applied'
            else 'obsolete'
        end as outcome,
        case when row_id is not null then delivery_id end as delivery_id,
        file,
        sheet,
        row_no,
        case when row_id is not null then cell end as cell
    from located

)

select * from final

{#- CTEs `keyed`, `resent`, `ranked`, `first_deliveries`, `confronted` on a CTE `staged`; the last adds to its columns:
    _row_key          readable key as text, or null
    _status           in_force | repeat | superseded
    _is_duplicate_key another row of the same key in the same delivery says something else
    _repeats          how many exact repeats this row stands for
    _revised          `|`-joined columns whose value differs from the key's first delivery, or null
    A row whose key cannot be read is superseded once its sender has mended it: a later delivery has a row of the same
    name, or holds every key of the delivery that held it and is no shorter. It would count against its month for ever otherwise.
    `comes_in_parts`: files of a month go on where the last ended; one without a readable key is not resent by the next. -#}
{% macro row_status(key, name, content_columns, revisable_columns, is_full_replacement=false, comes_in_parts=false) -%}
keyed as (

    select
        staged.*,
        {{ key }} as _row_key,
        {{ name }} as _row_name,
        md5(concat(
            {%- for column in content_columns %}
            coalesce(cast(staged.{{ column }} as {{ dbt.type_string() }}), ''){{ ", '|'," if not loop.last }}
            {%- endfor %}
        )) as _content
    from staged

),

{%- if not is_full_replacement %}

delivery_sizes as (

    select
        keyed._period,
        keyed._delivery_id,
        keyed._arrival_no,
        count(*) as rows_delivered,
        count(distinct keyed._row_key) as keys_delivered
    from keyed
    group by keyed._period, keyed._delivery_id, keyed._arrival_no

),

keys_again as (

    select
        earlier._delivery_id,
        later._delivery_id as later_delivery_id,
        count(distinct earlier._row_key) as keys_delivered
    from keyed as earlier
    inner join keyed as later
        on
            earlier._period = later._period
            and earlier._row_key = later._row_key
            and earlier._arrival_no < later._arrival_no
    group by earlier._delivery_id, later._delivery_id

),

resent as (

    select distinct earlier._delivery_id
    from delivery_sizes as earlier
    inner join delivery_sizes as later
        on
            earlier._period = later._period
            and earlier._arrival_no < later._arrival_no
            and earlier.rows_delivered <= later.rows_delivered
    left join keys_again
        on
            earlier._delivery_id = keys_again._delivery_id
            and later._delivery_id = keys_again.later_delivery_id
    where
        earlier.keys_delivered = coalesce(keys_again.keys_delivered, 0)
        and earlier.keys_delivered >= {{ 1 if comes_in_parts else 0 }}

),
{%- endif %}

ranked as (

    select
        keyed.*,
        {{ 'false' if is_full_replacement else 'resent._delivery_id is not null' }} as _is_resent,
        {%- if is_full_replacement %}
        max(keyed._arrival_no) over (partition by keyed._period) as _last_arrival_no,
        {%- else %}
        case
            when keyed._row_key is not null
                then max(keyed._arrival_no) over (partition by keyed._period, keyed._row_key)
            when keyed._row_name is not null
                then max(keyed._arrival_no) over (partition by keyed._period, keyed._row_name)
            else keyed._arrival_no
        end as _last_arrival_no,
        {%- endif %}
        keyed._row_key is not null
        and min(keyed._content) over same_delivery <> max(keyed._content) over same_delivery
            as _has_other_content,
        case
            when keyed._row_key is null then 1
            else
                row_number() over (
                    partition by keyed._period, keyed._row_key, keyed._arrival_no, keyed._content
                    order by keyed._file, keyed._sheet, keyed._row
                )
        end as _repeat_no,
        case
            when keyed._row_key is null then 0
            else
                count(*) over (
                    partition by keyed._period, keyed._row_key, keyed._arrival_no, keyed._content
                ) - 1
        end as _repeats
    from keyed
    {%- if not is_full_replacement %}
    left join resent on keyed._delivery_id = resent._delivery_id
    {%- endif %}
    window same_delivery as (partition by keyed._period, keyed._row_key, keyed._arrival_no)

),

first_deliveries as (

    select
        ranked._period,
        ranked._row_key,
        {%- for column in revisable_columns %}
        ranked.{{ column }},
        {%- endfor %}
    from ranked
    where ranked._row_key is not null and ranked._arrival_no < ranked._last_arrival_no
    qualify row_number() over (
        partition by ranked._period, ranked._row_key
        order by ranked._arrival_no, ranked._file, ranked._sheet, ranked._row
    ) = 1

),

confronted as (

    select
        ranked.*,
        case
            when ranked._repeat_no > 1 and not ranked._has_other_content then 'repeat'
            when ranked._arrival_no < ranked._last_arrival_no then 'superseded'
            when ranked._row_key is null and ranked._is_resent then 'superseded'
            else 'in_force'
        end as _status,
        ranked._has_other_content as _is_duplicate_key,
        case
            when first_deliveries._row_key is not null and ranked._arrival_no = ranked._last_arrival_no
                then
                    nullif(
                        concat(
                            {%- for column in revisable_columns %}
                            case
                                when ranked.{{ column }} is distinct from first_deliveries.{{ column }}
                                    then '{{ column }}|'
                                else ''
                            end{{ ',' if not loop.last }}
                            {%- endfor %}
                        ), ''
                    )
        end as _revised
    from ranked
    left join first_deliveries
        on
            ranked._period = first_deliveries._period
            and ranked._row_key = first_deliveries._row_key

)
{%- endmacro %}

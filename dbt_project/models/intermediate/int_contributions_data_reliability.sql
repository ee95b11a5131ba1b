-- grain: one row per month with an enterprise return, place, rate of its reliability, and unit, row or month behind it
with months as (

    select
        feed_months.period,
        places.town_code
    from {{ ref('int_feed_months') }} as feed_months
    cross join {{ ref('int_places') }} as places
    where feed_months.feed = 'statistics_enterprise' and feed_months.has_data

),

indicators as (

    select
        indicator_code,
        item
    from {{ ref('indicator_list') }}
    where source_feed = 'data_reliability'

),

returns as (

    select
        months.period,
        months.town_code,
        returns.credit_code,
        returns._row_id,
        returns.gross_output_value_ytd,
        returns._warnings,
        {{ is_revised_in('returns._revised', ['town_code']) }} as is_moved,
        {{ is_revised_in('returns._revised', ['gross_output_value_ytd', 'town_code']) }} as is_output_revised
    from months
    inner join {{ ref('int_statistics_enterprise') }} as returns
        on
            months.period = returns.period
            and (months.town_code = returns.town_code or months.town_code = 'all')

),

units as (

    select
        months.period,
        months.town_code,
        indicators.indicator_code,
        expected_units.credit_code as contributor,
        returns._row_id as row_id,
        case when expected_units.is_received then '已报送' else '应报未报' end as note,
        case indicators.item
            when 'received' then case when expected_units.is_received then 1 else 0 end
            else case when expected_units.is_on_time then 1 else 0 end
        end as value,
        1 as base,
        true as is_counted,
        returns._warnings as warnings,
        coalesce(returns.is_moved, false) as is_revised
    from months
    inner join {{ ref('int_expected_units') }} as expected_units
        on
            months.period = expected_units.period
            and expected_units.feed = 'statistics_enterprise'
            and (months.town_code = expected_units.town_code or months.town_code = 'all')
    inner join indicators on indicators.item in ('received', 'on_time')
    left join returns
        on
            months.period = returns.period
            and months.town_code = returns.town_code
            and expected_units.credit_code = returns.credit_code

),

-- A row without a readable town counts for the whole city alone.
first_rows as (

    select
        months.period,
        months.town_code,
        indicators.indicator_code,
        cast(null as {{ dbt.type_string() }}) as contributor,
        first_rows.row_id,
        case when first_rows.is_passed then '一次通过' else '首次报送未通过' end as note,
        case when first_rows.is_passed then 1 else 0 end as value,
        1 as base,
        false as is_counted,
        cast(null as {{ dbt.type_string() }}) as warnings,
        false as is_revised
    from months
    inner join {{ ref('int_first_rows') }} as first_rows
        on
            months.period = first_rows.period
            and first_rows.feed = 'statistics_enterprise'
            and (months.town_code = first_rows.town_code or months.town_code = 'all')
    inner join indicators on indicators.item = 'passed'

),

-- The returns themselves, which give no amount to these two rates, but their marks.
marks as (

    select
        returns.period,
        returns.town_code,
        indicators.indicator_code,
        returns.credit_code as contributor,
        returns._row_id as row_id,
        '在用报表' as note,
        cast(null as integer) as value,
        cast(null as integer) as base,
        true as is_counted,
        returns._warnings as warnings,
        case when indicators.item = 'passed' then returns.is_moved else returns.is_output_revised end as is_revised
    from returns
    inner join indicators on indicators.item in ('passed', 'output_revision')

),

first_outputs as (

    select
        period,
        row_key,
        first_value
    from {{ ref('int_revised_cells') }}
    where feed = 'statistics_enterprise' and column_name = 'gross_output_value_ytd'

),

-- The place's figure of a month as the first deliveries gave it, and as it stands.
outputs as (

    select
        returns.period,
        returns.town_code,
        sum(
            case
                when first_outputs.row_key is null then returns.gross_output_value_ytd
                else first_outputs.first_value
            end
        ) as first_output,
        sum(returns.gross_output_value_ytd) as latest_output
    from returns
    left join first_outputs
        on returns.period = first_outputs.period and returns.credit_code = first_outputs.row_key
    group by returns.period, returns.town_code

),

horizon as (

    select {{ threshold('revision_months') }} as revision_months

),

revisions as (

    select
        months.period,
        months.town_code,
        indicators.indicator_code,
        outputs.period as contributor,
        cast(null as {{ dbt.type_string() }}) as row_id,
        concat(
            outputs.period, ' 产值累计：首次 ', cast(outputs.first_output as {{ dbt.type_string() }}),
            '，现为 ', cast(outputs.latest_output as {{ dbt.type_string() }})
        ) as note,
        outputs.latest_output as value,
        outputs.first_output as base,
        false as is_counted,
        cast(null as {{ dbt.type_string() }}) as warnings,
        false as is_revised
    from months
    cross join horizon
    inner join outputs on months.town_code = outputs.town_code and months.period >= outputs.period
    inner join indicators on indicators.item = 'output_revision'
    where {{ month_count('months.period') }} - {{ month_count('outputs.period') }} < horizon.revision_months

),

{#- CTE: the columns of the return from which it comes -#}
{%- set kinds = {
    'units': 'credit_code', 'first_rows': '', 'marks': 'town_code', 'revisions': 'gross_output_value_ytd',
} %}

final as (

    {%- for kind, columns in kinds.items() %}
    select
        period,
        town_code,
        indicator_code,
        'all' as breakdown,
        cast(null as {{ dbt.type_string() }}) as unit,
        contributor,
        row_id,
        note,
        '{{ columns }}' as cell_columns,
        true as is_in_month,
        true as is_in_year,
        is_counted,
        cast(value as decimal(22, 8)) as value,
        cast(value as decimal(18, 4)) as value_ytd,
        cast(null as decimal(18, 4)) as value_ytd_prior,
        cast(base as decimal(18, 4)) as base,
        warnings,
        is_revised
    from {{ kind }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

)

select * from final

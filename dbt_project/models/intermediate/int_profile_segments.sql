-- grain: one row per entity profile and town it belongs to: the segment of the first rule that fits
with profiles as (

    select distinct
        profile_id,
        region_code,
        industry_code,
        entity_name,
        business_scope
    from {{ ref('int_register_in_effect') }}

),

rules as (

    select
        membership_rules.town_code,
        membership_rules.chain_segment,
        membership_rules.rule_order,
        concat(
            membership_rules.town_code, ' ', cast(membership_rules.rule_order as {{ dbt.type_string() }})
        ) as rule_key,
        town_list.region_code
    from {{ ref('membership_rules') }} as membership_rules
    inner join {{ ref('town_list') }} as town_list on membership_rules.town_code = town_list.town_code

),

terms as (

    select
        rules.town_code,
        rules.chain_segment,
        rules.rule_order,
        rules.region_code,
        terms.kind,
        terms.term
    from rules
    inner join {{ ref('stg_membership_terms') }} as terms on rules.rule_key = terms.rule_key

),

met as (

    select
        profiles.profile_id,
        terms.town_code,
        terms.chain_segment,
        terms.rule_order,
        terms.kind in ('industry_none', 'keywords_none') as is_excluding
    from profiles
    inner join terms
        on
            substr(profiles.region_code, 1, length(terms.region_code)) = terms.region_code
            and case
                when terms.kind in ('industry_prefixes', 'industry_none')
                    then substr(profiles.industry_code, 1, length(terms.term)) = terms.term
                when terms.kind in ('keywords_name', 'keywords_none')
                    then instr(profiles.entity_name, terms.term) > 0
                else instr(profiles.business_scope, terms.term) > 0
            end

),

fitting as (

    select
        profile_id,
        town_code,
        chain_segment,
        rule_order
    from met
    group by profile_id, town_code, chain_segment, rule_order
    having not max(is_excluding)

),

final as (

    select
        profile_id,
        town_code,
        chain_segment
    from fitting
    qualify row_number() over (partition by profile_id, town_code order by rule_order) = 1

)

select * from final

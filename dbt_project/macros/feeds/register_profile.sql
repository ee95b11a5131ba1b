{#- What decides membership, apart from the entity: months and entities that agree in it are judged once.
    Columns region_code and profile_id. -#}
{% macro register_profile() -%}
        coalesce(division_code, substr(credit_code, 3, 6)) as region_code,
        md5(concat(
            coalesce(division_code, substr(credit_code, 3, 6)), '|', coalesce(industry_code, ''), '|',
            entity_name, '|', coalesce(business_scope, '')
        )) as profile_id,
{%- endmacro %}

{#- Text functions whose spelling or default differs between engines. Meaning belongs in macros/parsing. -#}

{% macro replace_all(expression, pattern, replacement) -%}
    {{ return(adapter.dispatch('replace_all')(expression, pattern, replacement)) }}
{%- endmacro %}

{% macro default__replace_all(expression, pattern, replacement) -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement }}')
{%- endmacro %}

{% macro duckdb__replace_all(expression, pattern, replacement) -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}


{% macro matches(expression, pattern) -%}
    {{ return(adapter.dispatch('matches')(expression, pattern)) }}
{%- endmacro %}

{% macro default__matches(expression, pattern) -%}
    {{ expression }} rlike '{{ pattern }}'
{%- endmacro %}

{% macro duckdb__matches(expression, pattern) -%}
    regexp_matches({{ expression }}, '{{ pattern }}')
{%- endmacro %}


{#- Distinct non-null values of a text column of a group, sorted and joined by `|`. -#}
{% macro joined_set(expression) -%}
    {{ return(adapter.dispatch('joined_set')(expression)) }}
{%- endmacro %}

{% macro default__joined_set(expression) -%}
    nullif(array_join(array_sort(collect_set({{ expression }})), '|'), '')
{%- endmacro %}

{% macro duckdb__joined_set(expression) -%}
    string_agg(distinct {{ expression }}, '|' order by {{ expression }})
{%- endmacro %}


{#- `expression` split at a separator, one row a part; columns `key_columns` and `part`. -#}
{% macro split_rows(relation, key_columns, expression, separator='|') -%}
    {{ return(adapter.dispatch('split_rows')(relation, key_columns, expression, separator)) }}
{%- endmacro %}

{% macro default__split_rows(relation, key_columns, expression, separator) -%}
    select {{ key_columns | join(', ') }}, trim(exploded.part) as part
    from {{ relation }}
    lateral view explode(split({{ expression }}, '[{{ separator }}]')) exploded as part
    where trim(exploded.part) <> ''
{%- endmacro %}

{% macro duckdb__split_rows(relation, key_columns, expression, separator) -%}
    select
        {% for column in key_columns -%}
            parted.{{ column }},
        {% endfor -%}
        trim(parted.part) as part
    from (
        select
            {% for column in key_columns -%}
                {{ column }},
            {% endfor -%}
            unnest(string_split({{ expression }}, '{{ separator }}')) as part
        from {{ relation }}
    ) as parted
    where trim(parted.part) <> ''
{%- endmacro %}


{#- Aggregate: the distinct parts of `|`-joined texts, sorted and joined again; null when there is none. -#}
{% macro joined_parts(expression) -%}
    {{ return(adapter.dispatch('joined_parts')(expression)) }}
{%- endmacro %}

{% macro default__joined_parts(expression) -%}
    nullif(
        array_join(array_sort(array_distinct(flatten(collect_list(split({{ expression }}, '[|]'))))), '|'), ''
    )
{%- endmacro %}

{% macro duckdb__joined_parts(expression) -%}
    nullif(
        array_to_string(
            list_sort(list_distinct(flatten(
                list(string_split({{ expression }}, '|')) filter (where {{ expression }} is not null)
            ))), '|'
        ), ''
    )
{%- endmacro %}


{#- The distinct parts of several `|`-joined texts of one row, sorted and joined again; null when there is none. -#}
{% macro merged_parts(expressions) -%}
    {{ return(adapter.dispatch('merged_parts')(expressions)) }}
{%- endmacro %}

{% macro default__merged_parts(expressions) -%}
    nullif(
        array_join(array_sort(array_distinct(split(concat_ws('|', {{ expressions | join(', ') }}), '[|]'))), '|'),
        ''
    )
{%- endmacro %}

{% macro duckdb__merged_parts(expressions) -%}
    nullif(
        array_to_string(
            list_sort(list_distinct(string_split(concat_ws('|', {{ expressions | join(', ') }}), '|'))), '|'
        ), ''
    )
{%- endmacro %}

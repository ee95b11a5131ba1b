{#- No two rows of a model share the given columns. A returned row is a grain that stands twice. -#}
{% test unique_grain(model, columns) %}

    select
        {{ columns | join(', ') }},
        count(*) as rows_of_grain
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1

{% endtest %}

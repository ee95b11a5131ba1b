{#- A written date as `YYYY-MM-DD`, a month without a day as `YYYY-MM`; whatever else is written stays, folded and
    without its time of day. What is no date of the calendar can have the form of one. -#}
{% macro _date_text(expression) -%}
    {%- set text = namespace(sql=fold_width(expression)) -%}
    {%- for pattern, written in [
        ('[\\s\\x{00A0}T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?[\\s\\x{00A0}]*$', ''),
        ('[\\s\\x{00A0}]+', ''),
        ('[.]0+$', ''),
        ('[/.年月]', '-'),
        ('[-日]+$', ''),
        ('^长期$', '9999-12-31'),
        ('^([0-9]{4})([0-9]{2})([0-9]{2})$', '\\1-\\2-\\3'),
        ('^([0-9]{4})-([0-9])(-[0-9]{1,2})?$', '\\1-0\\2\\3'),
        ('^([0-9]{4}-[0-9]{2})-([0-9])$', '\\1-0\\2'),
    ] -%}
        {%- set text.sql = replace_all(text.sql, pattern, written) -%}
    {%- endfor -%}
    {{ text.sql }}
{%- endmacro %}

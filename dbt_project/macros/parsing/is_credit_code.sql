{#- The unified social credit code, GB 32100-2015: 18 characters without I O S V Z, the last a check:
    (31 − Σ value × 3^(i−1) mod 31) mod 31. `stdnum.cn.uscc` agrees (tests). -#}
{% macro is_credit_code(code) -%}
    (
        {{ matches("coalesce(" ~ code ~ ", '')", '^[0-9A-HJ-NPQRTUWXY]{18}$') }}
        and mod(
            31 - mod(
                {%- for weight in [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28] %}
                {{ '+ ' if not loop.first }}{{ weight }} * {{ _credit_digit(code, loop.index) }}
                {%- endfor %},
                31
            ),
            31
        ) = {{ _credit_digit(code, 18) }}
    )
{%- endmacro %}

{#- Full-width digits, letters and signs as half-width ones. Translating is dear and hardly a cell needs it. -#}
{% macro fold_width(expression) -%}
    case
        when {{ matches(expression, '[！-～　−]') }}
            then translate(
                {{ expression }},
                '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ．，－＋（）％／：　−',
                '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,-+()%/: -'
            )
        else {{ expression }}
    end
{%- endmacro %}

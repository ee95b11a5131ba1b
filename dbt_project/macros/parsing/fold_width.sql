{#- From a cell as delivered to a value: text, codes, flags. Each macro is used in staging alone; what may be
    normalised is normalised here and nowhere else. Numbers and dates have files of their own. -#}
{% macro fold_width(expression) -%}
    translate(
        {{ expression }},
        '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ．，－＋（）％／：　−',
        '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,-+()%/: -'
    )
{%- endmacro %}

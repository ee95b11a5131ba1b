{#- From a cell as delivered to a value: text, codes, flags. Each macro is used in staging alone; what may be
    normalised is normalised here and nowhere else. Numbers and dates have files of their own. -#}

{% macro fold_width(expression) -%}
    translate(
        {{ expression }},
        '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ．，－＋（）％／：　−',
        '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,-+()%/: -'
    )
{%- endmacro %}


{#- Trimmed; null when the cell is empty or one of the signs for "missing". Width is kept: it is text. -#}
{% macro parse_text(expression) -%}
    nullif(
        nullif({{ replace_all(expression, '^[\\s\\x{00A0}\\x{3000}]+|[\\s\\x{00A0}\\x{3000}]+$', '') }}, ''),
        case when {{ is_missing_mark(expression) }} then {{ replace_all(expression, '^[\\s\\x{00A0}\\x{3000}]+|[\\s\\x{00A0}\\x{3000}]+$', '') }} end
    )
{%- endmacro %}


{% macro is_missing_mark(expression) -%}
    {{ matches(
        "coalesce(" ~ expression ~ ", '')",
        '^[\\s\\x{00A0}\\x{3000}]*(-|－|—|——|–|…|……|/|／|无|空)?[\\s\\x{00A0}\\x{3000}]*$'
    ) }}
{%- endmacro %}


{#- For comparing names: width folded, all white space out. -#}
{% macro fold_name(expression) -%}
    {{ replace_all(fold_width(expression), '[\\s\\x{00A0}]+', '') }}
{%- endmacro %}


{#- A code of a list (industry, division): folded, without spaces; null when missing. -#}
{% macro parse_code(expression) -%}
    case when not {{ is_missing_mark(expression) }} then upper({{ fold_name(expression) }}) end
{%- endmacro %}


{#- True for 是, false for 否, null for missing and for anything else. -#}
{% macro parse_flag(expression) -%}
    case
        when {{ parse_code(expression) }} in ('是', '1', 'Y', 'YES', '√') then true
        when {{ parse_code(expression) }} in ('否', '0', 'N', 'NO', '×') then false
    end
{%- endmacro %}

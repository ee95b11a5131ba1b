{#- A table that is filled some months at a time, so that never more of a large feed than `rows_at_once` (or one month)
    is in memory. The model says with `is_in_batch` where its months come from, and in `batches_of` of which feed they
    are; no row of it may look at another month. -#}
{% materialization in_batches, default %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set in_making = make_intermediate_relation(target) -%}
    {%- set backup = make_backup_relation(target, 'table' if existing is none else existing.type) -%}
    {%- set first, last = batch_placeholders() -%}
    {{ drop_relation_if_exists(load_cached_relation(in_making)) }}
    {{ drop_relation_if_exists(load_cached_relation(backup)) }}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set batches = month_batches(config.require('batches_of'), config.require('rows_at_once')) %}
    {%- for batch in batches %}
    {%- set of_batch = sql | replace(first, batch[0]) | replace(last, batch[1]) %}
    {% call statement('main') -%}
        {%- if loop.first %}
        {{ create_table_as(False, in_making, of_batch) }}
        {%- else %}
        insert into {{ in_making }}
        {{ of_batch }}
        {%- endif %}
    {%- endcall %}
    {%- endfor %}

    {%- if existing is not none %}
    {{ adapter.rename_relation(existing, backup) }}
    {%- endif %}
    {{ adapter.rename_relation(in_making, target) }}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ drop_relation_if_exists(backup) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target]}) }}
{% endmaterialization %}

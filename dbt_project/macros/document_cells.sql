{# Every printed cell that a reader of the star sees: (bytes, project, indicator, item, field) → value. 0 is none. Amounts in
   yuan, other cells as printed. Refers to the CTEs `contents`, `projects` and `indicators` of the model that calls it. #}
{% macro document_cells() %}
    {%- for field in [
        'unit_name', 'project_code', 'project_name', 'goal_text', 'cycle_goal_text', 'goal_result_text', 'total_score'
    ] %}
    select
        document_key,
        project_no,
        0 as indicator_no,
        '' as item,
        '{{ field }}' as field,
        cast({{ field }} as varchar) as cell_value,
        source_table,
        source_row,
        cast(null as integer) as source_column
    from projects
    union all
    {%- endfor %}
    select
        document_key,
        coalesce(project_no, 0) as project_no,
        0 as indicator_no,
        case scope when 'unit' then coalesce(unit_name, '') else '' end as item,
        case scope when 'project' then '' else scope || '_' end || 'amount_cny.' || funding_source_code as field,
        string_agg(cast(amount_cny as varchar), ' + ' order by source_table, source_row, source_column) as cell_value,
        min(source_table) as source_table,
        min(source_row) as source_row,
        min(source_column) as source_column
    from {{ ref('stg_amounts') }}
    where document_key in (select contents.document_key from contents)
    group by all
    {%- for field, value in [
        ('category', "concat_ws(' / ', level1_text, level2_text)"), ('indicator_name', 'indicator_text'), ('weight', 'weight')
    ] %}
    union all
    select
        document_key,
        project_no,
        indicator_no,
        '' as item,
        '{{ field }}' as field,
        cast({{ value }} as varchar) as cell_value,
        source_table,
        source_row,
        source_column
    from indicators
    {%- endfor %}
    union all
    select
        indicators.document_key,
        indicators.project_no,
        indicators.indicator_no,
        '' as item,
        targets.horizon || '_target' as field,
        targets.target_text as cell_value,
        targets.source_table,
        targets.source_row,
        targets.source_column
    from {{ ref('stg_targets') }} as targets
    inner join indicators
        on
            targets.document_key = indicators.document_key
            and targets.project_key = indicators.project_key
            and targets.indicator_no = indicators.indicator_no
    where targets.measure_no = 1
    {%- for field in ['actual_text', 'score', 'deviation_reason'] %}
    union all
    select
        indicators.document_key,
        indicators.project_no,
        indicators.indicator_no,
        '' as item,
        '{{ field }}' as field,
        cast(results.{{ field }} as varchar) as cell_value,
        results.source_table,
        results.source_row,
        results.source_column
    from {{ ref('stg_results') }} as results
    inner join indicators
        on
            results.document_key = indicators.document_key
            and results.project_key = indicators.project_key
            and results.indicator_no = indicators.indicator_no
    where results.measure_no = 1
    {%- endfor %}
    {%- for field in ['initial_budget_cny', 'adjusted_budget_cny', 'executed_cny', 'execution_rate', 'score'] %}
    union all
    select
        executions.document_key,
        executions.project_no,
        0 as indicator_no,
        '' as item,
        'execution_{{ field }}.' || executions.funding_source_code as field,
        string_agg(
            cast(executions.{{ field }} as varchar), ' + ' order by executions.source_table, executions.source_row
        ) as cell_value,
        min(executions.source_table) as source_table,
        min(executions.source_row) as source_row,
        min(executions.source_column) as source_column
    from {{ ref('stg_executions') }} as executions
    where executions.document_key in (select contents.document_key from contents)
    group by all
    {%- endfor %}
{% endmacro %}

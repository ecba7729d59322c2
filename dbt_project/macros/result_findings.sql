{# The rules about self-evaluations, one CTE each with the columns of `finding`. They stand here because `finding.sql` is
   long enough; a rule that compares a result with the target document would belong there. #}
{% macro result_findings() -%}
results as (
    select * from {{ ref('fct_indicator_result') }}
),

result_not_understood as (
    select
        document_key,
        project_key,
        fiscal_year,
        indicator_no,
        cast(null as varchar) as horizon,
        'result_not_understood' as rule_code,
        'warning' as severity,
        '实际完成值未能读懂，原文保留 (actual value not understood, text kept)' as message,
        actual_text as evidence
    from results
    where parse_grade = 'D'
),

score_exceeds_weight as (
    select
        document_key,
        project_key,
        fiscal_year,
        indicator_no,
        cast(null as varchar) as horizon,
        'score_exceeds_weight' as rule_code,
        'warning' as severity,
        '得分高于分值 (score above its weight)' as message,
        score || ' > ' || weight as evidence
    from results
    where measure_no = 1 and score > weight
    union all
    select
        document_key,
        project_key,
        fiscal_year,
        cast(null as integer) as indicator_no,
        cast(null as varchar) as horizon,
        'score_exceeds_weight' as rule_code,
        'warning' as severity,
        '预算执行率的得分高于分值 (score of the budget execution above its weight)' as message,
        execution_score || ' > ' || execution_weight as evidence
    from {{ ref('fct_project_evaluation') }}
    where execution_score > execution_weight
),

result_contradicts_score as (
    select
        document_key,
        project_key,
        fiscal_year,
        indicator_no,
        cast(null as varchar) as horizon,
        'result_contradicts_score' as rule_code,
        'info' as severity,
        '实际完成值未达到指标值，却得满分 (target missed, yet the full score)' as message,
        target_text || ' / ' || actual_text as evidence
    from results
    where measure_no = 1 and not is_met and score = weight and weight > 0
),

-- 90 or 80 points for the indicators leave 10 or 20 for the execution rate, which not every form prints a weight for.
weights_sum_not_100 as (
    select
        results.document_key,
        results.project_key,
        results.fiscal_year,
        cast(null as integer) as indicator_no,
        cast(null as varchar) as horizon,
        'weights_sum_not_100' as rule_code,
        'info' as severity,
        '各项分值之和不是 100 (weights do not add up to 100)' as message,
        sum(results.weight) || ' + ' || coalesce(max(evaluations.execution_weight), 0) as evidence
    from results
    inner join {{ ref('fct_project_evaluation') }} as evaluations
        on results.document_key = evaluations.document_key and results.project_key = evaluations.project_key
    where results.measure_no = 1
    group by results.document_key, results.project_key, results.fiscal_year
    having
        count(*) = count(results.weight)
        and sum(results.weight) + coalesce(max(evaluations.execution_weight), 0) != 100
        and not (max(evaluations.execution_weight) is null and sum(results.weight) in (80, 90))
),

-- Half a last printed digit of the rate, and of each amount, as in `reconciliation`: all sides times two and times budget.
execution_rate_mismatch as (
    select
        document_key,
        project_key,
        fiscal_year,
        cast(null as integer) as indicator_no,
        cast(null as varchar) as horizon,
        'execution_rate_mismatch' as rule_code,
        'warning' as severity,
        '执行率与执行数和全年预算数不符 (execution rate differs from executed over budget)' as message,
        concat_ws(' ', funding_source_code, executed_cny, '/', adjusted_budget_cny, execution_rate || '%') as evidence
    from {{ ref('stg_executions') }}
    where
        is_authoritative
        and document_type = 'self_evaluation'
        and adjusted_budget_cny > 0
        and abs(cast(executed_cny as double) * 100 - cast(execution_rate as double) * adjusted_budget_cny)
        > 0.5 * power(10, -execution_rate_decimals) * adjusted_budget_cny
        + 0.5 * coalesce(amount_step_cny, 0.01) * (100 + execution_rate)
        + 0.000001
),
{%- endmacro %}

{# Their names, for the union of all rules. #}
{% macro result_rules() -%}
{{ return([
    'result_not_understood', 'score_exceeds_weight', 'result_contradicts_score', 'weights_sum_not_100',
    'execution_rate_mismatch'
]) }}
{%- endmacro %}

{{ config(alias='自评结果') }}

select
    results.fiscal_year as "年度",
    versions.department_name as "部门",
    versions.unit_name as "单位",
    projects.project_name as "项目",
    results.indicator_no as "序号",
    categories.level1_name as "一级指标",
    categories.level2_name as "二级指标",
    indicators.indicator_name as "三级指标",
    results.target_text as "指标值",
    results.actual_text as "实际完成值",
    case when results.is_met then '是' when not results.is_met then '否' else '无法判定' end as "是否完成",
    results.weight as "分值",
    results.score as "得分",
    results.deviation_reason as "偏差原因",
    documents.title as "来源文件"
from {{ ref('fct_indicator_result').include(database=false) }} as results
inner join {{ ref('dim_project').include(database=false) }} as projects
    on results.project_key = projects.project_key
inner join {{ ref('dim_budget_unit').include(database=false) }} as units
    on projects.budget_unit_key = units.budget_unit_key
inner join {{ ref('dim_budget_unit').include(database=false) }} as versions
    on
        units.budget_unit_id = versions.budget_unit_id
        and results.fiscal_year between coalesce(versions.valid_from_year, 0) and coalesce(versions.valid_to_year, 9999)
inner join {{ ref('dim_indicator_category').include(database=false) }} as categories
    on results.category_key = categories.category_key
inner join {{ ref('dim_indicator').include(database=false) }} as indicators
    on results.indicator_key = indicators.indicator_key
inner join {{ ref('dim_document').include(database=false) }} as documents
    on results.document_key = documents.document_key
where results.measure_no = 1

{{ config(alias='项目预算') }}

select
    fiscal_year as "年度",
    department_name as "部门",
    budget_unit_name as "单位",
    project_name as "项目",
    goal_text as "绩效目标",
    total_amount_cny as "预算金额（元）",
    change_amount_cny as "比上年增减（元）",
    indicator_count as "指标数",
    quantified_indicator_count as "量化指标数",
    quantified_share as "量化比例",
    warning_finding_count as "提示问题数"
from {{ ref('mart_project').include(database=false) }}

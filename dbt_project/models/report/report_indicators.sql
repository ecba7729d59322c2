{{ config(alias='绩效指标') }}

select
    fiscal_year as "年度",
    department_name as "部门",
    budget_unit_name as "单位",
    project_name as "项目",
    indicator_no as "序号",
    level1_name as "一级指标",
    level2_name as "二级指标",
    indicator_name as "三级指标",
    cycle_target_text as "实施周期指标值",
    annual_target_text as "年度指标值",
    annual_comparator as "年度比较符",
    annual_lower_value as "年度下限",
    annual_upper_value as "年度上限",
    annual_unit_name as "计量单位",
    annual_parse_grade as "识别等级",
    document_title as "来源文件"
from {{ ref('mart_indicator').include(database=false) }}

{{ config(alias='覆盖情况') }}

select
    coverage.fiscal_year as "年度",
    units.department_name as "部门",
    units.unit_name as "单位",
    coverage.has_target as "有绩效目标",
    coverage.has_self_evaluation as "有自评结果"
from {{ ref('coverage').include(database=false) }} as coverage
inner join {{ ref('dim_budget_unit').include(database=false) }} as units
    on coverage.budget_unit_key = units.budget_unit_key

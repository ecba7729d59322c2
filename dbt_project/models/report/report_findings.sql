{{ config(alias='数据质量问题') }}

select
    nullif(findings.fiscal_year, 0) as "年度",
    case findings.severity when 'critical' then '严重' when 'warning' then '警告' else '提示' end as "级别",
    findings.rule_code as "规则",
    findings.message as "说明",
    projects.project_name as "项目",
    findings.indicator_no as "指标序号",
    findings.evidence as "原文",
    documents.title as "来源文件"
from {{ ref('finding').include(database=false) }} as findings
inner join {{ ref('dim_project').include(database=false) }} as projects
    on findings.project_key = projects.project_key
inner join {{ ref('dim_document').include(database=false) }} as documents
    on findings.document_key = documents.document_key

-- The targets that were known at a time.
-- Rows of equal bytes are kept once, under the last version that had them: `stored_key`. Of several documents that stated a
-- project at the time, the newest counts, as in the facts of today.
create macro main.indicator_targets_as_of(as_of) as table (
with contents as (
    select
        document_key,
        document_type,
        valid_from,
        valid_to,
        max_by(document_key, version_no) over (partition by document_id, fiscal_year, sha256) as stored_key
    from main.dim_document
),

versions as (
    select document_key, stored_key, valid_from
    from contents
    where
        document_type = 'target'
        and valid_from <= cast(as_of as timestamp)
        and (valid_to is null or valid_to > cast(as_of as timestamp))
),

budgets as (
    select * from main.fct_project_budget
    union all by name
    select * from history.hist_project_budget
),

stated as (
    select
        budgets.project_key,
        budgets.fiscal_year,
        versions.stored_key,
        versions.document_key as version_key,
        first_value(versions.document_key) over (
            partition by budgets.project_key, budgets.fiscal_year
            order by versions.valid_from desc, versions.document_key asc
        ) as counted_key
    from budgets
    inner join versions on budgets.document_key = versions.stored_key
),

targets as (
    select * from main.fct_indicator_target
    union all by name
    select * from history.hist_indicator_target
)

select targets.* replace (stated.version_key as document_key)
from targets
inner join stated
    on
        targets.document_key = stated.stored_key
        and targets.project_key = stated.project_key
        and targets.fiscal_year = stated.fiscal_year
where stated.version_key = stated.counted_key
);

-- The budgets that were known at a time.
-- Rows of equal bytes are kept once, under the last version that had them: `stored_key`. Of several documents that stated a
-- project at the time, the newest counts, as in the facts of today.
create macro main.project_budgets_as_of(as_of) as table (
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
        budgets.*,
        versions.document_key as version_key,
        first_value(versions.document_key) over (
            partition by budgets.project_key, budgets.fiscal_year
            order by versions.valid_from desc, versions.document_key asc
        ) as counted_key
    from budgets
    inner join versions on budgets.document_key = versions.stored_key
)

select * exclude (version_key, counted_key) replace (version_key as document_key)
from stated
where version_key = counted_key
);

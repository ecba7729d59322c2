-- Only documents with several versions have anything to compare.
with versions as (
    select
        *,
        max_by(document_key, version_no) over (partition by document_id, fiscal_year, sha256) as stored_key
    from {{ ref('stg_document_versions') }}
    where {{ in_scope() }}
),

pairs as (
    select
        later.document_key as pair_key,
        later.fiscal_year,
        later.document_id,
        later.document_type,
        earlier.document_key as from_document_key,
        earlier.version_no as from_version_no,
        later.version_no as to_version_no,
        later.known_at as changed_at,
        earlier.stored_key as old_key,
        later.stored_key as new_key
    from versions as later
    inner join versions as earlier
        on
            later.document_id = earlier.document_id
            and later.fiscal_year = earlier.fiscal_year
            and later.document_type = earlier.document_type
            and later.version_no = earlier.version_no + 1
),

contents as (
    select old_key as document_key from pairs
    union
    select new_key as document_key from pairs
),

projects as (
    select staged.*
    from {{ ref('stg_projects') }} as staged
    inner join contents on staged.document_key = contents.document_key
),

-- The same indicator printed twice in a project is the first and the second of its name.
indicators as (
    select
        staged.*,
        row_number() over (
            partition by staged.document_key, staged.project_no, staged.indicator_key
            order by staged.indicator_no
        ) as name_occurrence
    from {{ ref('stg_indicators') }} as staged
    inner join contents on staged.document_key = contents.document_key
),

-- Every printed cell of the versions: (bytes, project, indicator, item, field) → value.
cells as (
    {{ document_cells() }}
),

stated as (
    select * from cells where cell_value is not null
),

{#- Things of two versions are the same where their names are; what is left over, where its place is. -#}
{%- for side in ['old', 'new'] %}
{{ side }}_projects as (
    select
        pairs.pair_key,
        projects.project_no,
        projects.project_key,
        projects.budget_unit_id,
        projects.unit_name,
        projects.project_name
    from pairs
    inner join projects on pairs.{{ side }}_key = projects.document_key
),

{{ side }}_indicators as (
    select
        pairs.pair_key,
        indicators.project_no,
        indicators.indicator_no,
        indicators.indicator_key,
        indicators.name_occurrence,
        indicators.indicator_name
    from pairs
    inner join indicators on pairs.{{ side }}_key = indicators.document_key
),
{% endfor %}
named_projects as (
    select
        old_projects.pair_key,
        old_projects.project_no as old_no,
        new_projects.project_no as new_no
    from old_projects
    inner join new_projects
        on old_projects.pair_key = new_projects.pair_key and old_projects.project_key = new_projects.project_key
),

same_projects as (
    select * from named_projects
    union all
    select
        old_projects.pair_key,
        old_projects.project_no as old_no,
        new_projects.project_no as new_no
    from old_projects
    inner join new_projects
        on
            old_projects.pair_key = new_projects.pair_key
            and old_projects.budget_unit_id = new_projects.budget_unit_id
            and old_projects.project_no = new_projects.project_no
    where
        (old_projects.pair_key, old_projects.project_no) not in (
            select (named.pair_key, named.old_no) from named_projects as named
        )
        and (new_projects.pair_key, new_projects.project_no) not in (
            select (named.pair_key, named.new_no) from named_projects as named
        )
    union all
    -- What a document states of no project.
    select
        pair_key,
        0 as old_no,
        0 as new_no
    from pairs
),

old_in_place as (
    select
        old_indicators.*,
        same_projects.new_no
    from old_indicators
    inner join same_projects
        on old_indicators.pair_key = same_projects.pair_key and old_indicators.project_no = same_projects.old_no
),

named_indicators as (
    select
        old_in_place.pair_key,
        old_in_place.project_no as old_project_no,
        old_in_place.indicator_no as old_no,
        new_indicators.project_no as new_project_no,
        new_indicators.indicator_no as new_no
    from old_in_place
    inner join new_indicators
        on
            old_in_place.pair_key = new_indicators.pair_key
            and old_in_place.new_no = new_indicators.project_no
            and old_in_place.indicator_key = new_indicators.indicator_key
            and old_in_place.name_occurrence = new_indicators.name_occurrence
),

same_indicators as (
    select * from named_indicators
    union all
    select
        old_in_place.pair_key,
        old_in_place.project_no as old_project_no,
        old_in_place.indicator_no as old_no,
        new_indicators.project_no as new_project_no,
        new_indicators.indicator_no as new_no
    from old_in_place
    inner join new_indicators
        on
            old_in_place.pair_key = new_indicators.pair_key
            and old_in_place.new_no = new_indicators.project_no
            and old_in_place.indicator_no = new_indicators.indicator_no
    where
        (old_in_place.pair_key, old_in_place.project_no, old_in_place.indicator_no)
        not in (select (named.pair_key, named.old_project_no, named.old_no) from named_indicators as named)
        and (new_indicators.pair_key, new_indicators.project_no, new_indicators.indicator_no)
        not in (select (named.pair_key, named.new_project_no, named.new_no) from named_indicators as named)
),

-- Old cells under the numbers of the new version; what it does not have any more under numbers below zero.
old_cells as (
    select
        pairs.pair_key,
        coalesce(same_projects.new_no, -stated.project_no) as project_place,
        case
            when stated.indicator_no = 0 then 0
            else coalesce(same_indicators.new_no, -stated.indicator_no)
        end as indicator_place,
        stated.*
    from pairs
    inner join stated on pairs.old_key = stated.document_key
    left join same_projects
        on pairs.pair_key = same_projects.pair_key and stated.project_no = same_projects.old_no
    left join same_indicators
        on
            pairs.pair_key = same_indicators.pair_key
            and stated.project_no = same_indicators.old_project_no
            and stated.indicator_no = same_indicators.old_no
),

new_cells as (
    select
        pairs.pair_key,
        stated.*
    from pairs
    inner join stated on pairs.new_key = stated.document_key
),

compared as (
    select
        coalesce(old_cells.pair_key, new_cells.pair_key) as pair_key,
        old_cells.project_no as old_project_no,
        new_cells.project_no as new_project_no,
        old_cells.indicator_no as old_indicator_no,
        new_cells.indicator_no as new_indicator_no,
        coalesce(new_cells.item, old_cells.item) as item,
        coalesce(new_cells.field, old_cells.field) as field,
        old_cells.cell_value as old_value,
        new_cells.cell_value as new_value,
        old_cells.source_table as old_source_table,
        old_cells.source_row as old_source_row,
        old_cells.source_column as old_source_column,
        new_cells.source_table as new_source_table,
        new_cells.source_row as new_source_row,
        new_cells.source_column as new_source_column
    from old_cells
    full outer join new_cells
        on
            old_cells.pair_key = new_cells.pair_key
            and old_cells.project_place = new_cells.project_no
            and old_cells.indicator_place = new_cells.indicator_no
            and old_cells.item = new_cells.item
            and old_cells.field = new_cells.field
    where old_cells.cell_value is distinct from new_cells.cell_value
)

select
    ---------- keys
    pairs.fiscal_year,
    pairs.document_id,
    pairs.document_type,
    pairs.from_document_key,
    pairs.pair_key as to_document_key,
    pairs.from_version_no,
    pairs.to_version_no,
    pairs.changed_at,
    coalesce(new_projects.project_key, old_projects.project_key, {{ unknown_key() }}) as project_key,
    ---------- text
    coalesce(new_projects.unit_name, old_projects.unit_name, nullif(compared.item, '')) as unit_name,
    coalesce(new_projects.project_name, old_projects.project_name) as project_name,
    nullif(coalesce(compared.new_indicator_no, compared.old_indicator_no), 0) as indicator_no,
    coalesce(new_indicators.indicator_name, old_indicators.indicator_name) as indicator_name,
    compared.field,
    case
        when compared.old_value is null then 'added'
        when compared.new_value is null then 'removed'
        else 'changed'
    end as change_type,
    compared.old_value,
    compared.new_value,
    ---------- provenance
    compared.old_source_table,
    compared.old_source_row,
    compared.old_source_column,
    compared.new_source_table,
    compared.new_source_row,
    compared.new_source_column
from compared
inner join pairs on compared.pair_key = pairs.pair_key
left join old_projects
    on compared.pair_key = old_projects.pair_key and compared.old_project_no = old_projects.project_no
left join new_projects
    on compared.pair_key = new_projects.pair_key and compared.new_project_no = new_projects.project_no
left join old_indicators
    on
        compared.pair_key = old_indicators.pair_key
        and compared.old_project_no = old_indicators.project_no
        and compared.old_indicator_no = old_indicators.indicator_no
left join new_indicators
    on
        compared.pair_key = new_indicators.pair_key
        and compared.new_project_no = new_indicators.project_no
        and compared.new_indicator_no = new_indicators.indicator_no
order by
    pairs.fiscal_year,
    pairs.document_id,
    pairs.document_type,
    pairs.to_version_no,
    compared.new_project_no,
    compared.old_project_no,
    compared.new_indicator_no,
    compared.old_indicator_no,
    compared.item,
    compared.field

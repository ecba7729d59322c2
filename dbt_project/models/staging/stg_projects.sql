with source as (
    select * from {{ source('parsed', 'parsed_projects') }}
),

documents as (
    select
        document_key,
        document_id,
        sha256,
        fiscal_year,
        document_type,
        region_code,
        known_at,
        is_current
    from {{ ref('stg_documents') }}
),

renamed as (
    select
        ---------- ids
        documents.document_key,
        source.document_id,
        source.sha256,
        source.project_no,
        source.unit_code,
        source.project_code,
        documents.region_code,
        coalesce(nullif(documents.region_code, ''), {{ place_of('source.department_name') }}, '') as namespace,
        ---------- text
        source.unit_name,
        source.department_name,
        source.project_name,
        source.goal_text,
        source.cycle_goal_text,
        source.goal_result_text,
        documents.document_type,
        ---------- numbers
        source.fiscal_year,
        source.total_score,
        ---------- provenance
        source.source_table,
        source.source_row,
        documents.known_at,
        documents.is_current
    from source
    inner join documents
        on
            source.document_id = documents.document_id
            and source.sha256 = documents.sha256
            and source.fiscal_year = documents.fiscal_year
),

-- Codes are unique within a place; so is a name that states its place. 机关服务中心 is another unit in every department.
identified as (
    select
        * exclude (namespace),
        case
            when unit_code is not null then namespace || ':' || unit_code
            when {{ names_its_place('unit_name') }} or department_name is null then namespace || ':' || unit_name
            else namespace || ':' || department_name || ':' || unit_name
        end as budget_unit_id
    from renamed
),

-- The same name (or code) printed again in one document is another project: the first, the second … of that name.
numbered as (
    select
        *,
        cast(row_number() over (
            partition by document_key, budget_unit_id, coalesce(project_code, project_name)
            order by project_no
        ) as integer) as name_occurrence
    from identified
),

keyed as (
    select
        {{ key(['budget_unit_id', 'coalesce(project_code, project_name)', 'name_occurrence']) }} as project_key,
        *
    from numbered
)

-- Several current documents may state a project (a department's own and the district's): the newest one counts.
select
    * exclude (known_at),
    is_current and document_key = first_value(document_key) over (
        partition by project_key, fiscal_year, document_type, is_current
        order by known_at desc, document_key asc
    ) as is_authoritative
from keyed

with source as (
    select * from {{ source('parsed', 'parsed_documents') }}
),

renamed as (
    select
        ---------- ids
        {{ key(['document_id', 'fiscal_year', 'sha256']) }} as document_key,
        document_id,
        sha256,
        coalesce(region_code, '') as region_code,
        ---------- text
        source_uri,
        source_url,
        publisher,
        department_name,
        title,
        document_type,
        media_type,
        layout,
        encoding,
        money_unit,
        ---------- numbers
        fiscal_year,
        rows_read,
        rows_claimed,
        rows_ignored,
        pieces_read,
        pieces_rejected,
        results_read,
        executions_read,
        ---------- times
        published_on,
        fetched_at,
        ---------- flags
        is_source_present
    from source
),

-- A document_id that a sidecar gives to several years or types still means one document of each.
numbered as (
    select
        *,
        cast(row_number() over versions as integer) as version_no,
        lag(published_on) over versions as published_before
    from renamed
    window versions as (
        partition by document_id, fiscal_year, document_type
        order by coalesce(published_on, cast(fetched_at as date)), fetched_at, sha256
    )
),

-- A version with the publication date of the one before it is a silent correction: known only since it was fetched.
stated as (
    select
        *,
        case
            when published_on is null or published_on = published_before then fetched_at
            else cast(published_on as timestamp)
        end as stated_at
    from numbered
),

-- A version is in force no later than those that replace it: intervals never overlap and never run backwards.
dated as (
    select
        *,
        min(stated_at) over (
            partition by document_id, fiscal_year, document_type
            order by version_no
            rows between current row and unbounded following
        ) as known_at
    from stated
)

select
    * exclude (published_before, stated_at),
    lead(known_at) over versions as replaced_at,
    lead(version_no) over versions is null as is_current
from dated
window versions as (partition by document_id, fiscal_year, document_type order by version_no)

with source as (
    select * from {{ source('parsed', 'parsed_results') }}
),

indicators as (
    select
        document_key,
        project_key,
        indicator_key,
        category_key,
        project_no,
        indicator_no,
        level1_name,
        level2_name,
        indicator_name,
        weight,
        document_type,
        is_current,
        is_authoritative
    from {{ ref('stg_indicators') }}
),

documents as (
    select
        document_key,
        document_id,
        sha256,
        fiscal_year
    from {{ ref('stg_documents') }}
),

renamed as (
    select
        ---------- ids
        documents.document_key,
        indicators.project_key,
        indicators.indicator_key,
        indicators.category_key,
        source.indicator_no,
        source.measure_no,
        case
            when coalesce(source.unit_name, source.unit_text) is null then {{ unknown_key() }}
            else {{ key(['coalesce(source.unit_name, source.unit_text)']) }}
        end as unit_key,
        ---------- text
        indicators.level1_name,
        indicators.level2_name,
        indicators.indicator_name,
        source.actual_text,
        source.target_kind as kind,
        source.joiner,
        source.comparator,
        source.unit_text,
        coalesce(source.unit_name, source.unit_text) as unit_name,
        source.unit_text is not null and source.unit_name is null as is_unit_unknown,
        source.qualifier,
        source.parse_grade,
        source.residual_text,
        source.deviation_reason,
        indicators.document_type,
        ---------- numbers
        source.fiscal_year,
        source.lower_value,
        source.upper_value,
        indicators.weight,
        source.score,
        ---------- times
        source.deadline_comparator,
        source.deadline_date,
        source.deadline_precision,
        ---------- flags
        source.is_unit_inherited,
        ---------- provenance
        source.source_table,
        source.source_row,
        source.source_column,
        source.source_start,
        source.source_end,
        indicators.is_current,
        indicators.is_authoritative
    from source
    inner join documents
        on
            source.document_id = documents.document_id
            and source.sha256 = documents.sha256
            and source.fiscal_year = documents.fiscal_year
    inner join indicators
        on
            documents.document_key = indicators.document_key
            and source.project_no = indicators.project_no
            and source.indicator_no = indicators.indicator_no
)

select * from renamed

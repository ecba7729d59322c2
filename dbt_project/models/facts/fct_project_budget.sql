{{ project_budget_rows('is_authoritative') }}

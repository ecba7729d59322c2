{{ project_budget_rows('not is_authoritative') }}

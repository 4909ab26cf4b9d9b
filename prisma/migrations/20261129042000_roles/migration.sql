-- Roles that people are given (R30): a manager's may name a department, and a role is suspended while Slack says that its
-- person is not an active full member of the workspace.
ALTER TABLE role_assignment
  ADD COLUMN department_id bigint,
  -- Since when Slack says that this person is deactivated, a guest or gone; null: they may act on it.
  ADD COLUMN suspended_at timestamptz,
  -- When Slack last answered about this person.
  ADD COLUMN checked_at timestamptz,
  ADD FOREIGN KEY (company_id, department_id) REFERENCES department,
  DROP CONSTRAINT role_assignment_check,
  ADD CONSTRAINT role_assignment_place CHECK (
    CASE role
      WHEN 'office_admin' THEN office_id IS NOT NULL AND department_id IS NULL
      WHEN 'manager' THEN num_nonnulls(office_id, department_id) = 1
      ELSE office_id IS NULL AND department_id IS NULL
    END
  ),
  DROP CONSTRAINT role_assignment_team_id_user_id_role_office_id_key,
  ADD UNIQUE NULLS NOT DISTINCT (team_id, user_id, role, office_id, department_id);

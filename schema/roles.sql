-- The roles of `fdw-graphql demo --auth`, under the names that Supabase gives its own: what each may read is decided
-- by Postgres' grants, and whose rows it sees by the policies in the tables' comments.

create role anon;
create role authenticated;
create role service_role;

grant usage on schema cognito to anon, authenticated, service_role;

-- Visitors learn how many have signed up, and when; to them, users have no names.
grant select (status, created_at) on cognito.users to anon;
grant select on cognito.users, cognito.members to authenticated, service_role;

-- Who has signed in sees their own account, and the members of their own tenant.
comment on foreign table cognito.users is e'Everyone who can sign in.\n@graphql({
  "name": "CognitoUser",
  "aggregate": {"enabled": true},
  "policies": {
    "anon": {"filter": {}},
    "authenticated": {"filter": {"username": {"eq": {"claim": "username"}}}},
    "service_role": {"filter": {}}
  }
})';

comment on foreign table cognito.members is e'Users as members of a tenant.\n@graphql({
  "name": "Member",
  "primary_key_columns": ["sub"],
  "aggregate": {"enabled": true},
  "policies": {
    "authenticated": {"filter": {"tenant": {"eq": {"claim": "tenant"}}}},
    "service_role": {"filter": {}}
  }
})';

begin;

do $$
declare
  secret_id uuid;
begin
  select id into secret_id from vault.secrets where name = 'cognito_secret';
  execute format(
    $server$create server cognito_server foreign data wrapper cognito_wrapper
      options (aws_access_key_id 'AKIAIOSFODNN7EXAMPLE', api_key_id %L, region 'us-east-1', user_pool_id 'us-east-1_AbC')$server$,
    secret_id);
end
$$;

create schema cognito;
import foreign schema cognito limit to (users) from server cognito_server into cognito;

select cron.schedule('nightly', '0 0 * * *', 'select 1');

grant usage on schema cognito to anon, authenticated, service_role;
grant select on cognito.users to authenticated;
grant all on all tables in schema cognito to service_role;
do $$ begin execute 'grant select (username) on cognito.users to anon'; end $$;

commit;

-- The operator's key (service_role) maintains everything; it is used by command-line tools only, never by the app.

grant usage on schema public to anon, authenticated, service_role;
grant select, insert, update, delete on all tables in schema public to service_role;
grant execute on all functions in schema public to service_role;

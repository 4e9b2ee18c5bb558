-- The operator's key (service_role) may do everything. Command-line tools use it, the app never does.

grant usage on schema public to anon, authenticated, service_role;
grant select, insert, update, delete on all tables in schema public to service_role;
-- The history is written by triggers alone; versions of rules never change.
revoke insert, update, delete on public.row_changes, public.customer_scores from service_role;
revoke update, delete on public.score_rules from service_role;
grant execute on all functions in schema public to service_role;

-- Files that people make from the slides of a run, for its history: the name, never what is in it. The file itself is
-- made by the app from the answers, and is not stored.

create function private.record_file(p_execution_id uuid, p_slide_id text, p_filename text) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.current_profile();
  company uuid;
  slides text[];
  error constant text := private.text_error(p_filename, 200, 'A file has a name.');
begin
  select e.company_id, v.slide_sequence into company, slides
  from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
  where e.id = p_execution_id and e.company_id = me.company_id;
  if not found then
    raise sqlstate 'PT404' using message = 'This run does not exist, or you don''t have access to it.';
  elsif not private.can_write_execution(p_execution_id) then
    raise sqlstate 'PT403' using message = 'This run belongs to a colleague. You can read it but not change it.';
  elsif error is not null then
    raise sqlstate 'PT400' using message = error;
  elsif p_slide_id is null or p_slide_id <> all (slides) then
    raise sqlstate 'PT400' using message = 'This run has no such slide.';
  elsif exists (
    select from public.workflow_execution_events t
    where t.execution_id = p_execution_id and t.kind = 'file_made' and t.slide_id = p_slide_id
      and t.actor_id = me.id and t.payload ->> 'filename' = p_filename and t.created_at > now() - interval '1 day') then
    return false;
  end if;
  perform private.log_execution_event(
    company, p_execution_id, 'file_made', jsonb_build_object('filename', p_filename), p_slide_id);
  return true;
end;
$$;
comment on function private.record_file is 'See public.record_file.';

create function public.record_file(p_execution_id uuid, p_slide_id text, p_filename text) returns boolean
language sql volatile security invoker set search_path = ''
as $$ select private.record_file(p_execution_id, p_slide_id, p_filename) $$;
comment on function public.record_file is
'Records that one made a file from a slide of a run one may write, ended or not; false if one made it within a day.';

create function private.list_files(customer uuid, moment timestamptz default null) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(x) order by x.made_at desc, x.event_id desc), '[]')
  from (
    select f.*
    from (
      select distinct on (t.execution_id, t.payload ->> 'filename')
        t.id as event_id, t.execution_id, t.slide_id, t.payload ->> 'filename' as filename, t.created_at as made_at,
        p.full_name as made_by
      from public.workflow_executions e
      join public.workflow_execution_events t on t.execution_id = e.id
      left join public.profiles p on p.id = t.actor_id
      where
        e.customer_id = customer and t.kind = 'file_made' and t.payload ? 'filename'
        and t.created_at < coalesce(moment, 'infinity')
      order by t.execution_id, t.payload ->> 'filename', t.id desc
    ) f
    order by f.made_at desc, f.event_id desc limit 6
  ) x
$$;
comment on function private.list_files is
'The 6 latest files made for a customer, each once with who made it last; as of a moment those made before.';

grant execute on function private.record_file, public.record_file, private.list_files to authenticated;

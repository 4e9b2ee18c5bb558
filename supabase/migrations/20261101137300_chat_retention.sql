-- Conversations are deleted after the days a company chose (company_settings.chat_retention_days). The worker does it.

create function private.find_old_threads(company uuid, days int) returns setof uuid
language sql stable security definer set search_path = ''
as $$
  select t.id from public.workflow_chat_threads t
  where
    t.company_id = company and t.updated_at < now() - days * interval '1 day'
    and not exists (
      select 1 from public.workflow_chat_messages m
      where m.thread_id = t.id and m.created_at >= now() - days * interval '1 day'
    )
  order by t.updated_at, t.id
$$;
comment on function private.find_old_threads is
'Conversations of a company in which nothing was said or changed for so many days, the oldest first.';

create function private.preview_chat_retention(p_days int) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  me constant public.profiles := private.require_admin('Only an admin can change settings.');
begin
  if p_days is null or p_days not between 30 and 3650 then
    raise sqlstate 'PT400' using message = 'Keep conversations for 30 to 3,650 days, or for good.';
  end if;
  return (
    select jsonb_build_object(
      'threads', count(*), 'people', count(distinct t.owner_id), 'oldest_at', min(t.updated_at),
      'messages', (
        select count(*) from public.workflow_chat_messages m
        where m.thread_id in (select private.find_old_threads(me.company_id, p_days))))
    from public.workflow_chat_threads t where t.id in (select private.find_old_threads(me.company_id, p_days)));
end;
$$;
comment on function private.preview_chat_retention is 'See public.preview_chat_retention.';

create function public.preview_chat_retention(p_days int) returns jsonb
language sql stable security invoker set search_path = '' as $$ select private.preview_chat_retention(p_days) $$;
comment on function public.preview_chat_retention is
'For admins: how many conversations, of how many people, with how many messages would be deleted now if they were kept '
'for so many days. Raises PT400, PT403.';

create function private.delete_old_chats(p_most int) returns int
language plpgsql volatile security definer set search_path = ''
as $$
declare
  due record;
  threads uuid[];
  messages bigint;
begin
  select s.company_id, s.chat_retention_days into due from public.company_settings s
  where s.chat_retention_days is not null
    and exists (select 1 from private.find_old_threads(s.company_id, s.chat_retention_days))
  limit 1;
  if not found then
    return 0;
  end if;
  threads := array(
    select t.id from public.workflow_chat_threads t
    where t.id in (
      select f from private.find_old_threads(due.company_id, due.chat_retention_days) f
      limit least(greatest(p_most, 1), 1000))
    for update skip locked);
  if threads = '{}' then
    return 0;
  end if;
  perform private.unlink_messages(threads);
  delete from public.workflow_chat_feedback f
  where f.message_id in (select m.id from public.workflow_chat_messages m where m.thread_id = any(threads));
  delete from public.workflow_llm_tool_calls c where c.thread_id = any(threads);
  delete from public.workflow_chat_messages m where m.thread_id = any(threads);
  get diagnostics messages = row_count;
  delete from public.workflow_llm_context c where c.thread_id = any(threads);
  delete from public.workflow_chat_threads t where t.id = any(threads);
  insert into public.erasures (company_id, subject, mode, reason, touched)
  values (due.company_id, 'conversations', 'remove',
    format('Nothing was said in them for %s days.', due.chat_retention_days),
    jsonb_build_object('workflow_chat_threads', cardinality(threads), 'workflow_chat_messages', messages));
  return cardinality(threads);
end;
$$;
comment on function private.delete_old_chats is 'See public.delete_old_chats.';

create function public.delete_old_chats(p_most int) returns int
language sql volatile security invoker set search_path = '' as $$ select private.delete_old_chats(p_most) $$;
comment on function public.delete_old_chats is
'For the worker: deletes at most so many conversations that one company no longer keeps, with a proof in erasures. '
'Returns how many; 0 when there are none left.';

grant execute on function private.preview_chat_retention, public.preview_chat_retention to authenticated;
grant execute on function private.delete_old_chats, public.delete_old_chats to service_role;

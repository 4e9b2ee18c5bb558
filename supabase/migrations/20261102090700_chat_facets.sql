-- Facets. Counts of one facet ignore the choice made in it, so that another value can be chosen; they are counted over the
-- newest ten thousand matches, and the answer says so.

create function private.facet_sample(q private.chat_question, most int) returns setof private.chat_index
language plpgsql stable set search_path = ''
as $$
begin
  if (select count(*) from private.newest_chats(q, 200, 100)) = 100 then
    return query
    select i.* from private.newest_chats(q, 2147483647, most) n join private.chat_index i using (message_id);
  else
    return query
    select i.* from private.rare_chats(q) r join private.chat_index i using (message_id)
    order by r.created_at desc, r.message_id desc limit most;
  end if;
end;
$$;
comment on function private.facet_sample is 'The newest matches, for counting: back through time when they are frequent, by the index of words otherwise.';

create function private.count_facets(q private.chat_question, most int, names text[]) returns table (facets jsonb, total int)
language sql stable set search_path = ''
as $$
  with sample as materialized (
    select s.workflow_id, s.slide_id, s.customer_id, s.owner_id, s.branch_type, s.message_type, s.thread_status, s.ended, s.role,
      to_char(s.created_at at time zone 'UTC', 'YYYY-MM') as month, s.tools, s.thumbs
    from private.facet_sample(q, most) s),
  counts as (
    select case
        when grouping(s.workflow_id) = 0 then 'workflow' when grouping(s.slide_id) = 0 then 'slide'
        when grouping(s.customer_id) = 0 then 'customer' when grouping(s.owner_id) = 0 then 'person'
        when grouping(s.branch_type) = 0 then 'branch_type' when grouping(s.message_type) = 0 then 'message_type'
        when grouping(s.thread_status) = 0 then 'status' when grouping(s.ended) = 0 then 'ended'
        when grouping(s.role) = 0 then 'role' else 'month' end as name,
      coalesce(s.workflow_id, s.slide_id, s.customer_id::text, s.owner_id::text, s.branch_type, s.message_type, s.thread_status,
        s.ended, s.role, s.month) as value, count(*) as n
    from sample s
    group by grouping sets (s.workflow_id, s.slide_id, s.customer_id, s.owner_id, s.branch_type, s.message_type, s.thread_status,
      s.ended, s.role, s.month)
    union all
    select 'tool', tool, count(*) from sample, unnest(tools) tool group by tool
    union all
    select 'thumbs', thumb, count(*) from sample, unnest(thumbs) thumb group by thumb)
  select coalesce((
    select jsonb_object_agg(f.name, f.counts) from (
      select c.name, jsonb_agg(jsonb_build_object('value', c.value, 'count', c.n,
          'label', coalesce(k.name, p.full_name, c.value)) order by c.n desc, c.value) as counts
      from (select counts.*, row_number() over (partition by name order by n desc, value) as place from counts where value is not null) c
      left join public.customers k on k.id = case when c.name = 'customer' then c.value::uuid end
      left join public.profiles p on p.id = case when c.name = 'person' then c.value::uuid end
      where c.name = any (names) and c.place <= 200 group by c.name) f), '{}'),
    (select count(*)::int from sample)
$$;
comment on function private.count_facets is 'Counts by facet over a sample, each with its value and words for it; the 200 most frequent of each.';

create function private.chat_facets(p_query text, p_filters jsonb) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  most constant int := 10000;
  names constant text[] := '{workflow,slide,customer,person,branch_type,message_type,tool,status,ended,month,thumbs,role}';
  q private.chat_question := private.ask_chats(p_query, p_filters, null, null);
  counted jsonb := '{}';
  one_facet jsonb;
  facet text;
  total int := 0;
begin
  if numnode(q.asked) is distinct from 0 then
    select s.facets, s.total into counted, total from private.count_facets(q, most, names) s;
    for facet in select key from jsonb_each(coalesce(p_filters, '{}')) where key = any (names) and value not in ('[]', 'null') loop
      select s.facets into one_facet
      from private.count_facets(private.ask_chats(p_query, p_filters, null, facet), most, array[facet]) s;
      counted := counted || jsonb_build_object(facet, coalesce(one_facet -> facet, '[]'));
    end loop;
  end if;
  return jsonb_build_object('facets', counted, 'total', total, 'is_capped', total >= most, 'counted_over', most);
end;
$$;
comment on function private.chat_facets is 'How many matches there are by each facet, among those the person may read.';

create function public.chat_facets(p_query text default null, p_filters jsonb default '{}') returns jsonb
language sql stable security invoker set search_path = ''
as $$ select private.chat_facets(p_query, p_filters) $$;
comment on function public.chat_facets is 'Counts by workflow, slide, customer, person, branch type, message type, tool, status, ending, month, thumbs and role, over the newest 10,000 matches.';
grant execute on function private.chat_facets, public.chat_facets to authenticated;
grant execute on function public.chat_facets to service_role;

-- Finding a customer's records by meaning. The worker computes a vector for each passage of a record and stores it here;
-- nothing of the text is copied. A search reads the records under the policies of whoever asks, and joins the vectors of
-- exactly the text that stands there now (docs/decisions/0047-find-by-meaning.md).

-- Where the extension is not to be had, everything below works without it: words serve.
do $$
begin
  if exists (select from pg_available_extensions where name = 'vector')
    and not exists (select from pg_extension where extname = 'vector') then
    create extension vector with schema extensions;
  end if;
exception when insufficient_privilege then
  raise notice 'The extension vector is not to be had by this role: records are found by words alone.';
end;
$$;

create view private.record_texts with (security_invoker = true) as
select 'note' as source, n.id as record_id, n.company_id, n.customer_id, left(n.body, 20000) as body
from public.notes n
union all
select 'ticket', t.id, t.company_id, t.customer_id, t.title from public.tickets t
union all
select
  'past_run', e.id, e.company_id, e.customer_id, v.name || '. ' || left(e.outcome_reason, 1000)
from public.workflow_executions e join public.workflow_definition_versions v on v.id = e.definition_version_id
where e.ended_at is not null and e.outcome_reason ~ '\S'
union all
select 'answer', s.id, s.company_id, e.customer_id, s.said
from (
  select
    w.id, w.company_id, w.execution_id,
    left((
      select string_agg(answer #>> '{}', '. ' order by place)
      from jsonb_path_query(w.answers, 'strict $.** ? (@.type() == "string")') with ordinality a (answer, place)
      where answer #>> '{}' ~ '\S\s+\S+\s+\S'
    ), 20000) as said
  from public.workflow_step_executions w
) s join public.workflow_executions e on e.id = s.execution_id
where s.said is not null;
comment on view private.record_texts is
'What is searched of notes, tickets, ended runs and answers (those of three words and more), under the policies of '
'whoever asks.';

create function private.is_vector(numbers real[]) returns boolean
language sql immutable parallel safe set search_path = ''
as $$
  select
    coalesce(array_ndims(numbers), 0) = 1 and cardinality(numbers) between 1 and 4096
    and array_position(numbers, null) is null
    and not numbers && '{NaN,Infinity,-Infinity}'::real[]
$$;
comment on function private.is_vector is 'True for one to 4,096 finite numbers.';

create table private.passage_vectors (
  record_id uuid not null,
  part smallint not null check (part between 0 and 199),
  company_id uuid not null,
  customer_id uuid not null,
  text_hash text not null check (length(text_hash) = 32),
  model text not null check (length(model) between 1 and 200),
  vector real[] not null check (private.is_vector(vector)),
  primary key (record_id, part),
  foreign key (customer_id, company_id) references public.customers (id, company_id) on delete cascade
);
comment on table private.passage_vectors is
'What a model of embeddings made of the passages of a record. Numbers alone: the text stays in its record.';
comment on column private.passage_vectors.record_id is 'The note, ticket, run or step.';
comment on column private.passage_vectors.part is 'Which passage of its text, from 0.';
comment on column private.passage_vectors.company_id is 'Tenant.';
comment on column private.passage_vectors.customer_id is 'The customer whose record it is.';
comment on column private.passage_vectors.text_hash is 'MD5 of the whole text it was computed from.';
comment on column private.passage_vectors.model is 'The model; vectors of another one are never compared.';
comment on column private.passage_vectors.vector is 'The vector, of length 1.';
create index passage_vectors_customer on private.passage_vectors (customer_id, company_id);
alter table private.passage_vectors enable row level security;
revoke all on private.passage_vectors from public, anon, authenticated;

create function private.delete_passage_vectors() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from private.passage_vectors v using old_rows o where v.record_id = o.id;
  return null;
end;
$$;
comment on function private.delete_passage_vectors is
'After records change or go: what was computed from them goes in the same transaction. The worker computes it anew.';
create trigger delete_passage_vectors_update after update on public.notes referencing old table as old_rows
for each statement execute function private.delete_passage_vectors();
create trigger delete_passage_vectors_delete after delete on public.notes referencing old table as old_rows
for each statement execute function private.delete_passage_vectors();
create trigger delete_passage_vectors_update after update on public.tickets referencing old table as old_rows
for each statement execute function private.delete_passage_vectors();
create trigger delete_passage_vectors_delete after delete on public.tickets referencing old table as old_rows
for each statement execute function private.delete_passage_vectors();
create trigger delete_passage_vectors_update after update on public.workflow_executions
referencing old table as old_rows for each statement execute function private.delete_passage_vectors();
create trigger delete_passage_vectors_delete after delete on public.workflow_executions
referencing old table as old_rows for each statement execute function private.delete_passage_vectors();
create trigger delete_passage_vectors_update after update on public.workflow_step_executions
referencing old table as old_rows for each statement execute function private.delete_passage_vectors();
create trigger delete_passage_vectors_delete after delete on public.workflow_step_executions
referencing old table as old_rows for each statement execute function private.delete_passage_vectors();

create function private.vector_schema() returns text
language sql stable set search_path = ''
as $$
  select n.nspname::text from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
  where e.extname = 'vector'
$$;
comment on function private.vector_schema is 'The schema of the extension vector; null where it is not installed.';

-- Definer: nobody reads vectors themselves. Figures of the person's company alone come out, without text; whoever asks
-- reads the records they belong to under their own policies.
create function private.list_similarities(customer uuid, model text, question real[])
returns table (record_id uuid, part smallint, text_hash text, similarity real)
language plpgsql stable security definer set search_path = '' rows 200
as $$
declare
  extension constant text := private.vector_schema();
begin
  if question is not null and not private.is_vector(question) then
    raise sqlstate 'PT400' using message = 'The vector of the question cannot be read.';
  elsif extension is null or question is null then
    return;
  end if;
  return query execute format(
    'select v.record_id, v.part, v.text_hash, (1 - (v.vector::%1$I.vector operator(%1$I.<=>) $4::%1$I.vector))::real
     from private.passage_vectors v
     where v.customer_id = $1 and v.company_id = $2 and v.model = $3 and cardinality(v.vector) = cardinality($4)',
    extension) using customer, private.current_company_id(), model, question;
end;
$$;
comment on function private.list_similarities is
'Cosine of a question and each passage of a customer of the person''s company, for vectors of this model.';

create function public.search_records(
  p_customer_id uuid, p_terms text[], p_model text default null, p_vector real[] default null
) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  with texts as materialized (
    select r.*, md5(r.body) as text_hash from private.record_texts r where r.customer_id = p_customer_id
  ), similar_parts as materialized (
    select t.source, t.record_id, s.part, s.similarity
    from private.list_similarities(p_customer_id, p_model, p_vector) s
    join texts t on t.record_id = s.record_id and t.text_hash = s.text_hash
    where s.similarity <> 'NaN'
    order by s.similarity desc, t.record_id, s.part limit 40
  ), with_terms as (
    select t.source, t.record_id, private.count_terms(left(t.body, 4000), p_terms[:40]) as found from texts t
  ), chosen as materialized (
    select source, record_id from similar_parts
    union
    (select source, record_id from with_terms where found > 0 order by found desc, record_id limit 60)
  )
  select jsonb_build_object(
    'notes', coalesce((
      select
        jsonb_agg(jsonb_build_object(
          'id', n.id, 'kind', n.kind, 'body', left(n.body, 20000), 'happened_on', n.happened_on,
          'author_name', p.full_name
        ) order by n.happened_on desc, n.id desc)
      from chosen c join public.notes n on n.id = c.record_id
      left join public.profiles p on p.id = n.author_id
      where c.source = 'note'
    ), '[]'),
    'tickets', coalesce((
      select jsonb_agg(to_jsonb(t) order by t.opened_on desc, t.id desc)
      from chosen c join public.tickets t on t.id = c.record_id where c.source = 'ticket'
    ), '[]'),
    'past_runs', coalesce((
      select
        jsonb_agg(jsonb_build_object(
          'id', e.id, 'workflow_name', v.name, 'status', e.status, 'finished_on', private.today(e.ended_at),
          'outcome_code', e.outcome_code, 'outcome_reason', left(e.outcome_reason, 1000)
        ) order by e.ended_at desc, e.id)
      from chosen c join public.workflow_executions e on e.id = c.record_id
      join public.workflow_definition_versions v on v.id = e.definition_version_id
      where c.source = 'past_run'
    ), '[]'),
    'answers', coalesce((
      select
        jsonb_agg(jsonb_build_object(
          'id', s.id, 'slide_id', s.slide_id, 'saved_on', private.today(s.updated_at), 'body', t.body
        )
        order by s.updated_at desc, s.id)
      from chosen c join public.workflow_step_executions s on s.id = c.record_id
      join texts t on t.source = c.source and t.record_id = c.record_id
      where c.source = 'answer'
    ), '[]'),
    'similarities', coalesce((
      select
        jsonb_agg(
          jsonb_build_object('record_id', s.record_id, 'part', s.part, 'similarity', s.similarity)
          order by s.similarity desc, s.record_id, s.part
        )
      from similar_parts s
    ), '[]'),
    'counts', coalesce((
      select jsonb_object_agg(x.source, x.records)
      from (select t.source, count(*) as records from texts t group by t.source) x
    ), '{}')
  )
$$;
comment on function public.search_records is
'Records of a customer by meaning and by words: the 40 passages nearest to a vector, and the 60 records with most of '
'these beginnings of words, as fold_text writes them. How many of each source were searched.';

create function public.list_unembedded_records(p_model text, p_most int default 50) returns jsonb
language sql stable security invoker set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(x)), '[]')
  from (
    select r.source, r.record_id, r.customer_id, r.body from private.record_texts r
    where
      not exists (
        select from private.passage_vectors v
        where v.record_id = r.record_id and v.model = p_model and v.text_hash = md5(r.body)
      )
    limit greatest(1, least(coalesce(p_most, 50), 500))
  ) x
  where private.vector_schema() is not null
$$;
comment on function public.list_unembedded_records is
'Worker only: records without a vector of this model for what they say now. None where nothing could compare them.';

create function public.store_passage_vectors(p_model text, p_records jsonb) returns int
language plpgsql volatile security invoker set search_path = ''
as $$
declare
  stored int;
begin
  delete from private.passage_vectors v
  where v.record_id in (select (r ->> 'record_id')::uuid from jsonb_array_elements(p_records) r);
  insert into private.passage_vectors
  select t.record_id, p.place - 1, t.company_id, t.customer_id, md5(t.body), p_model,
    array(select value::real from jsonb_array_elements_text(p.vector))
  from jsonb_array_elements(p_records) r
  -- What was changed while the vectors were computed is left to the next run.
  join private.record_texts t on t.record_id = (r ->> 'record_id')::uuid and md5(t.body) = md5(r ->> 'body')
  cross join lateral jsonb_array_elements(r -> 'vectors') with ordinality p (vector, place)
  on conflict (record_id, part) do nothing;
  get diagnostics stored = row_count;
  return stored;
end;
$$;
comment on function public.store_passage_vectors is
'Worker only: stores the vectors of the passages of these records, in place of those they had; of how many passages.';

grant select on private.record_texts to authenticated, service_role;
grant select, insert, delete on private.passage_vectors to service_role;
grant execute on function private.is_vector,
private.vector_schema,
private.list_similarities,
public.search_records to authenticated;
grant execute on function private.is_vector,
private.vector_schema,
public.list_unembedded_records,
public.store_passage_vectors
to service_role;

-- An answer offered on its slide is read beside every customer. What it says of one customer, a name or a figure, must
-- be a placeholder before it is published.

create function private.promoted_answer_errors(branch public.workflow_chat_branches) returns text[]
language plpgsql stable security definer set search_path = ''
as $$
declare
  said constant text := concat_ws(E'\n', branch.label, branch.response_text, branch.prompt);
  -- A figure is a run of digits; the numbers of a list and names such as P1 or Q3 are none.
  bare constant text := regexp_replace(said, '(^|\n)\s*\d{1,2}[.)]\s|[[:alpha:]_]+\d\M', ' ', 'g');
  figure constant text := '[$€£¥]?\d(?:[\d.,:/-]*\d)?(?:\s?%)?';
  answer public.workflow_chat_messages;
  customer public.customers;
  found_words text[];
begin
  select m.* into answer from public.workflow_chat_messages m where m.id = branch.promoted_from;
  if not found then
    return '{}';
  end if;
  select c.* into customer
  from public.workflow_chat_threads t
  join public.workflow_executions e on e.id = t.execution_id join public.customers c on c.id = e.customer_id
  where t.id = answer.thread_id;
  found_words := array(
    select m[1] from regexp_matches(bare, figure, 'g') m
    except
    select k[1] from unnest(branch.kept_figures) f (kept) cross join regexp_matches(f.kept, figure, 'g') k);
  if position(lower(customer.name) in lower(said)) > 0 then
    found_words := customer.name || found_words;
  end if;
  found_words := array(
    select distinct part
    from public.contacts k, regexp_split_to_table(k.name, '\W+') part
    where k.customer_id = customer.id and length(part) >= 3
      and part = any (regexp_split_to_array(said, '\W+'))
  ) || found_words;
  return array_remove(array[
    case when cardinality(found_words) > 0 then
      format(
        'This would show one customer''s names and figures beside every customer. Put placeholders in place of: %s.',
        array_to_string(found_words[1:10], ', ')) end,
    case when cardinality(found_words) = 0 and branch.response_text !~ '\{\{' and (
      answer.branch_type = 'rag'
      or exists (select 1 from public.workflow_llm_tool_calls c
                 where c.thread_id = answer.thread_id and c.answer_id = answer.answer_id)) then
      'This answer rests on the records of one customer. Put placeholders in place of what it says about them.' end
  ], null);
end;
$$;
comment on function private.promoted_answer_errors is
'Why a branch that was made from an answer cannot be published yet, in sentences; none for any other branch. '
'Figures that a person keeps are no customer''s; names are never kept.';

create function private.guard_promoted_answer() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform private.raise_invalid(private.promoted_answer_errors(new));
  return new;
end;
$$;
comment on function private.guard_promoted_answer is
'Before a branch is published: it shows no customer''s names or figures. Raises PT400.';
create trigger guard_promoted before insert or update on public.workflow_chat_branches
for each row when (new.status = 'published' and new.promoted_from is not null)
execute function private.guard_promoted_answer();

grant execute on function private.promoted_answer_errors to authenticated, service_role;

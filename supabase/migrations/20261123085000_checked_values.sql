-- What a value may be, for the tables every action writes. A check on a table is parsed anew by each statement that
-- writes a row, whichever columns it sets: a third of what a click took. The rule of a domain is parsed once in a
-- session and asked of the columns a statement sets. Rules between columns stay with their tables.

create domain private.run_status as text check (value in ('active', 'snoozed', 'escalated', 'completed', 'skipped', 'abandoned'));
comment on domain private.run_status is 'How a run stands.';
create domain private.outcome as text
  check (value in ('renewed', 'expanded', 'downgraded', 'churned', 'contact_secured', 'risk_accepted', 'plan_agreed', 'no_decision'));
comment on domain private.outcome is 'How a run ended.';
create domain private.amount as numeric(14, 2) check (value between 0 and 999999999999.99);
comment on domain private.amount is 'Money in USD.';
create domain private.skip_reason as text check (value in ('not_relevant', 'already_done', 'no_data', 'customer_asked', 'duplicate', 'other'));
comment on domain private.skip_reason is 'Why a run or a slide was left out.';
create domain private.event_kind as text constraint workflow_execution_events_kind_check check (value in (
  'started', 'step_saved', 'step_done', 'step_skipped', 'step_taken_up', 'status_changed', 'completed',
  'snoozed', 'woke', 'skipped', 'escalated', 'acknowledged', 'commented', 'handed_back', 'reopened', 'reassigned',
  'moved', 'stayed', 'undone', 'acted', 'imported'));
comment on domain private.event_kind is 'What happened in a run. The column is text, for kinds are collected in arrays, and asks the domain in its check.';
create domain private.snooze_end as text
  check (value in ('date', 'signal', 'person', 'snooze', 'skip', 'escalate', 'complete', 'undo', 'operator'));
comment on domain private.snooze_end is 'What ends a snooze.';
create domain private.signal as jsonb check (jsonb_typeof(value) = 'object' and length(value::text) <= 4000);
comment on domain private.signal is 'What brings a run back: kind and value.';
create domain private.action_kind as text check (value ~ '^[a-z][a-z_]{1,39}$');
comment on domain private.action_kind is 'Name of a handler.';
create domain private.action_source as text check (value in ('slide', 'dashboard', 'inbox', 'chat', 'script'));
comment on domain private.action_source is 'From where an action is taken.';
create domain private.parameters as jsonb check (jsonb_typeof(value) = 'object' and length(value::text) <= 100000);
comment on domain private.parameters is 'What an action is run with.';
create domain private.facts as jsonb check (jsonb_typeof(value) = 'object');
comment on domain private.facts is 'Names and values.';
create domain private.label as text check (length(value) between 1 and 200);
comment on domain private.label is 'A name.';
create domain private.reason as text check (length(value) between 1 and 2000);
comment on domain private.reason is 'Why, in words that are demanded.';
create domain private.words as text check (length(value) <= 2000);
comment on domain private.words is 'A few sentences.';
create domain private.paragraph as text check (length(value) <= 20000);
comment on domain private.paragraph is 'Words, some pages of them.';
create domain private.essay as text check (length(value) <= 200000);
comment on domain private.essay is 'Words, as many as a book has.';

alter table public.workflow_executions
  drop constraint workflow_executions_status_check,
  drop constraint workflow_executions_outcome_code_check,
  drop constraint workflow_executions_outcome_amount_check,
  drop constraint workflow_executions_outcome_reason_check,
  drop constraint workflow_executions_outcome_notes_check,
  alter status type private.run_status,
  alter outcome_code type private.outcome,
  alter outcome_amount type private.amount,
  alter outcome_reason type private.paragraph,
  alter outcome_notes type private.essay;
alter table public.workflow_execution_events
  drop constraint workflow_execution_events_kind_check,
  add constraint workflow_execution_events_kind_known check (kind::private.event_kind is not null);

-- The index of words becomes an index of keys: each word and mark together with its company, so that a search reads lists as
-- long as the company's own, whatever others say; and each two words that follow each other, so that a phrase is a key as
-- well. Keys are hashes, made from the row when it is indexed: nothing more is stored in it, and rows are asked for the words
-- themselves whatever a key says. A million pairs for all, shared by chance, keep the index small.

create function private.chat_keys(company_id uuid, words tsvector) returns tsvector
language plpgsql immutable parallel safe cost 1000000 set search_path = ''
as $$
declare
  tenant bigint := uuid_hash_extended(company_id, 0);
begin
  return array_to_tsvector(array(
    select to_hex(hashtextextended(lexeme, tenant) & x'ffffffffff'::bigint) from unnest(tsvector_to_array(words)) lexeme
    union all
    select '-' || to_hex(hashtextextended(said.lexeme || ' ' || said.following, tenant) & x'fffff'::bigint)
    from (select u.lexeme, place, lead(u.lexeme) over in_turn as following, lead(place) over in_turn as next_place
          from unnest(words) u, unnest(u.positions) place window in_turn as (order by place)) said
    where said.next_place = said.place + 1));
end;
$$;
comment on function private.chat_keys is 'Keys of a message for its company: one for each word and mark, one, with a dash, for each two words in a row.';

drop index private.chat_index_words;
create index chat_index_keys on private.chat_index using gin (private.chat_keys(company_id, words)) with (fastupdate = off);
-- Statistics of hashes are dear to collect and tell nothing.
alter index private.chat_index_keys alter column 1 set statistics 0;

import { useGet, type Page } from '@hansa/web-ui';
import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useWords } from '../i18n/words.js';

const TYPING_MS = 250;
const SHOWN = 20;

export interface FoundSelectProps<Row> {
  readonly label: string;
  /** A list of the server that can be searched for the label of each option. */
  readonly path: string;
  readonly optionOf: (row: Row) => { readonly value: string; readonly label: string };
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
}

/** One of many: as people type, the server's list is narrowed. */
export function FoundSelect<Row>({ label, path, optionOf, value, onChange }: FoundSelectProps<Row>) {
  const say = useWords();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), TYPING_MS);
  const { data } = useGet<Page<Row>>(path, { limit: SHOWN, search });
  return (
    <Select
      label={label}
      searchable
      required
      withAsterisk={false}
      nothingFoundMessage={say('common.nothingFound')}
      data={(data?.items ?? []).map(optionOf)}
      // The server has searched already, and in more than what is shown.
      filter={({ options }) => options}
      searchValue={typed}
      onSearchChange={setTyped}
      value={value}
      onChange={onChange}
    />
  );
}

import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';

const TYPING_MS = 250;

/** Searches as people type, once they pause. */
export function SearchField({
  label,
  value,
  onSearch,
  maxLength = 100,
}: {
  readonly label: string;
  readonly value: string;
  readonly onSearch: (text: string) => void;
  readonly maxLength?: number;
}) {
  const [typed, setTyped] = useState(value);
  const [shown, setShown] = useState(value);
  const [asked, setAsked] = useState(value);
  const later = useDebouncedCallback((text: string) => {
    setAsked(text);
    onSearch(text);
  }, TYPING_MS);
  if (value !== shown) {
    setShown(value);
    // Another search than this field asked for came from elsewhere: a filter that was cleared, the way back.
    if (value !== asked) {
      setAsked(value);
      setTyped(value);
    }
  }
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} aria-hidden />}
      flex="1 1 14rem"
      maw={420}
      maxLength={maxLength}
      value={typed}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        later(currentTarget.value.trim());
      }}
    />
  );
}

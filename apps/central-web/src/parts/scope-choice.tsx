import { Checkbox, Stack } from '@mantine/core';
import { useWords } from '../i18n/words.js';

interface ScopeChoiceProps {
  readonly scopes: readonly string[];
  readonly value: string[];
  readonly onChange: (scopes: string[]) => void;
}

/** What a new token may do. */
export function ScopeChoice({ scopes, value, onChange }: ScopeChoiceProps) {
  const say = useWords();
  return (
    <Checkbox.Group label={say('common.mayDo')} value={value} onChange={onChange}>
      <Stack gap="xs" mt="xs">
        {scopes.map((scope) => (
          <Checkbox key={scope} value={scope} label={scope} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

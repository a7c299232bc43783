import { ConfirmButton } from '@hansa/web-ui';
import { Button, Text } from '@mantine/core';
import { useWords } from '../i18n/words.js';

export interface EnableButtonProps {
  readonly name: string;
  readonly isEnabled: boolean;
  /** What stops when it is disabled. */
  readonly lead: string;
  readonly onChange: (enabled: boolean) => void;
}

/** Disables a thing after asking once; enables it again at once. */
export function EnableButton({ name, isEnabled, lead, onChange }: EnableButtonProps) {
  const say = useWords();
  if (!isEnabled) {
    return (
      <Button
        size="xs"
        variant="default"
        aria-label={`${say('connections.enable')}: ${name}`}
        onClick={() => onChange(true)}
      >
        {say('connections.enable')}
      </Button>
    );
  }
  return (
    <ConfirmButton
      label={say('operate.disable')}
      title={say('operate.disableTitle', { name })}
      color="red"
      onConfirm={() => onChange(false)}
      button={{ size: 'xs' }}
    >
      <Text size="sm">{lead}</Text>
    </ConfirmButton>
  );
}

import { useApi, useChange } from '@hansa/web-ui';
import { Alert, Button, Stack, TextInput } from '@mantine/core';
import { IconMailCheck } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useWords } from '../i18n/words.js';

interface LetterFormProps {
  /** Where to ask for the letter, with the address as `email`. The answer is the same for every address. */
  readonly path: '/portal/sign-in-links' | '/account/password-resets';
  readonly autoComplete: 'email' | 'username';
  /** Whose letter it is, for an address. */
  readonly sent: (email: string) => string;
  readonly lead?: ReactNode;
  readonly below?: ReactNode;
}

/** Asks for a letter with a link. */
export function LetterForm({ path, autoComplete, sent, lead, below }: LetterFormProps) {
  const say = useWords();
  const api = useApi();
  const [email, setEmail] = useState('');
  const ask = useChange(() => api.post(path, { body: { email } }));
  if (ask.isSuccess) {
    return (
      <Stack align="flex-start">
        <Alert icon={<IconMailCheck />} color="green" role="status" title={say('signIn.sentTitle')}>
          {sent(email)}
        </Alert>
        <Button variant="default" onClick={ask.reset}>
          {say('signIn.again')}
        </Button>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate();
      }}
    >
      <Stack>
        {lead}
        <TextInput
          type="email"
          label={say('signIn.email')}
          autoComplete={autoComplete}
          required
          withAsterisk={false}
          value={email}
          onChange={({ currentTarget: { value } }) => setEmail(value)}
        />
        <Button type="submit" loading={ask.isPending}>
          {say('signIn.sendLink')}
        </Button>
        {below}
      </Stack>
    </form>
  );
}

import { ConfirmButton, useApi, useChange } from '@hansa/web-ui';
import { NativeSelect, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useWords } from '../i18n/words.js';
import { FormButton } from './form-button.js';

type Role = 'owner' | 'developer' | 'viewer' | 'admin' | 'member';

export interface InviteProps {
  /** Where invitations go, and what they make old. */
  readonly path: string;
  readonly renews?: readonly string[];
  readonly roles: readonly Role[];
  /** Offered first. */
  readonly usual: Role;
}

/** Invites somebody by mail, in a role. */
export function InviteButton({ path, renews = [], roles, usual }: InviteProps) {
  const say = useWords();
  const api = useApi();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<string>(usual);
  const invite = useChange(() => api.post(path, { body: { email, role } }), {
    renews,
    onDone: () => {
      notifications.show({ message: say('publish.invited', { email }) });
      setEmail('');
      setRole(usual);
    },
  });
  return (
    <FormButton
      label={say('common.invite')}
      submit={say('common.invite')}
      isReady={email.includes('@')}
      onSubmit={() => invite.mutate()}
    >
      <TextInput
        type="email"
        label={say('signIn.email')}
        data-autofocus
        value={email}
        onChange={({ currentTarget: { value } }) => setEmail(value)}
      />
      <NativeSelect
        label={say('common.role')}
        value={role}
        data={roles.map((value) => ({ value, label: say(`role.${value}`) }))}
        onChange={({ currentTarget: { value } }) => setRole(value)}
      />
    </FormButton>
  );
}

export interface RoleProps {
  readonly who: string;
  readonly role: string;
  readonly roles: readonly Role[];
  readonly onChange: (role: string) => void;
}

/** The role somebody has, to be changed. */
export function RoleSelect({ who, role, roles, onChange }: RoleProps) {
  const say = useWords();
  return (
    <NativeSelect
      size="xs"
      aria-label={`${say('common.role')}: ${who}`}
      value={role}
      data={roles.map((value) => ({ value, label: say(`role.${value}`) }))}
      onChange={({ currentTarget: { value } }) => onChange(value)}
    />
  );
}

export interface RemoveProps {
  readonly who: string;
  /** What he loses. */
  readonly lead: string;
  readonly onRemove: () => void;
}

/** Takes somebody's role away after asking once. */
export function RemoveButton({ who, lead, onRemove }: RemoveProps) {
  const say = useWords();
  return (
    <ConfirmButton
      label={say('common.remove')}
      title={say('common.removeTitle', { name: who })}
      color="red"
      onConfirm={onRemove}
      button={{ size: 'xs' }}
    >
      <Text size="sm">{lead}</Text>
    </ConfirmButton>
  );
}

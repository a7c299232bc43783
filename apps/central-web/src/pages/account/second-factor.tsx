import { ErrorState, useApi, useChange } from '@hansa/web-ui';
import { Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { QRCodeSVG } from 'qrcode.react';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { useWords } from '../../i18n/words.js';
import { Mono } from '../../parts/mono.js';
import { Section } from '../../parts/section.js';
import { ACCOUNT } from '../../session/use-session.js';

const PATH = `${ACCOUNT}/second-factor`;
const QR_SIZE = 192;

interface Secret {
  /** Base 32, for apps that scan nothing. */
  readonly secret: string;
  readonly uri: string;
}

/** The codes of an authenticator app: set up with the password and a first code, taken away with both. */
export function SecondFactor({ isOn }: { readonly isOn: boolean }) {
  const say = useWords();
  return (
    <Section title={say('account.factor')}>
      <Stack>
        <Text size="sm" c="dimmed">
          {say(isOn ? 'account.factorOn' : 'account.factorOff')}
        </Text>
        {isOn ? <TurnOff /> : <SetUp />}
      </Stack>
    </Section>
  );
}

function SetUp() {
  const say = useWords();
  const api = useApi();
  const [password, setPassword] = useState('');
  const begin = useChange(() => api.post<Secret>(PATH, { body: { password } }), {
    onDone: () => setPassword(''),
    onRefused: () => true,
  });
  if (begin.data) return <Confirm secret={begin.data} />;
  return (
    <Form onSubmit={begin.mutate} error={begin.error}>
      <PasswordField value={password} onChange={setPassword} />
      <Button type="submit" loading={begin.isPending}>
        {say('account.setUp')}
      </Button>
    </Form>
  );
}

/** A first code proves that the app has the secret. */
function Confirm({ secret: { secret, uri } }: { readonly secret: Secret }) {
  const say = useWords();
  const api = useApi();
  const [code, setCode] = useState('');
  const confirm = useChange(() => api.post(`${PATH}/confirm`, { body: { code } }), {
    renews: [ACCOUNT],
    onDone: () => notifications.show({ message: say('account.turnedOn') }),
    onRefused: () => true,
  });
  return (
    <Form onSubmit={confirm.mutate} error={confirm.error}>
      <Text size="sm">{say('account.scan')}</Text>
      {/* Scanners want dark on light with a quiet edge, also where the page is dark. */}
      <QRCodeSVG
        value={uri}
        size={QR_SIZE}
        marginSize={4}
        bgColor="#ffffff"
        fgColor="#000000"
        title={say('account.picture')}
      />
      <Group gap="xs">
        <Text size="sm">{say('account.key')}</Text>
        <span data-secret>
          <Mono text={secret} />
        </span>
      </Group>
      <Text size="sm" c="dimmed">
        {say('account.lost')}
      </Text>
      <CodeField value={code} onChange={setCode} />
      <Button type="submit" loading={confirm.isPending}>
        {say('account.turnOn')}
      </Button>
    </Form>
  );
}

function TurnOff() {
  const say = useWords();
  const api = useApi();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const remove = useChange(() => api.post(`${PATH}/remove`, { body: { password, code } }), {
    renews: [ACCOUNT],
    onDone: () => notifications.show({ message: say('account.turnedOff') }),
    onRefused: () => true,
  });
  return (
    <Form onSubmit={remove.mutate} error={remove.error}>
      <Text size="sm">{say('account.turnOffLead')}</Text>
      <PasswordField value={password} onChange={setPassword} />
      <CodeField value={code} onChange={setCode} />
      <Button type="submit" color="red" loading={remove.isPending}>
        {say('account.turnOff')}
      </Button>
    </Form>
  );
}

interface FormProps {
  readonly onSubmit: () => void;
  readonly error: Error | null;
  readonly children: ReactNode;
}

function Form({ onSubmit, error, children }: FormProps) {
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form onSubmit={submit}>
      <Stack align="flex-start">
        {error !== null && <ErrorState error={error} />}
        {children}
      </Stack>
    </form>
  );
}

interface FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function PasswordField({ value, onChange }: FieldProps) {
  const say = useWords();
  return (
    <PasswordInput
      label={say('account.confirmPassword')}
      autoComplete="current-password"
      required
      withAsterisk={false}
      w="100%"
      maw={360}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

function CodeField({ value, onChange }: FieldProps) {
  const say = useWords();
  return (
    <TextInput
      label={say('account.code')}
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9]{6}"
      maxLength={6}
      required
      withAsterisk={false}
      w="100%"
      maw={200}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value.trim())}
    />
  );
}

import type { ConfigField } from '@hansa/contracts';
import { ApiProblem, ErrorState, QueryState, useApi, useChange, useGet, useUiWords } from '@hansa/web-ui';
import {
  Button,
  Checkbox,
  Group,
  NumberInput,
  PasswordInput,
  Select,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect, useRef, useState, type SyntheticEvent } from 'react';
import { useWords } from '../i18n/words.js';
import { PATHS, type Config } from '../model.js';
import { flawOf, startValues, valuesToSend, type FormValues } from '../rules/config-values.js';

/** The settings of a plugin, as its manifest describes them. */
export function ConfigForm({ pluginId }: { readonly pluginId: string }) {
  const path = `${PATHS.plugins}/${pluginId}/config`;
  const config = useGet<Config>(path, undefined, { staleTime: Infinity });
  return <QueryState query={config}>{(data) => <Form path={path} config={data} />}</QueryState>;
}

function Form({ path, config }: { path: string; config: Config }) {
  const say = useWords();
  const ui = useUiWords();
  const api = useApi();
  const [values, setValues] = useState<FormValues>(() => startValues(config));
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const { config_schema: schema, secrets_set: secretsSet } = config;
  const save = useChange(() => api.put<Config>(path, { body: { config: valuesToSend(schema, values, removed) } }), {
    renews: [PATHS.plugins],
    onDone: (saved) => {
      setValues(startValues(saved));
      setRemoved([]);
      notifications.show({ color: 'green', message: say('config.saved') });
    },
    onRefused: () => true,
  });
  const form = useRef<HTMLFormElement>(null);
  const { status } = save;
  useEffect(() => {
    // While it saves the button cannot keep the focus: it goes to the first flaw, or back.
    const next = status === 'error' ? '[aria-invalid="true"]' : '[type="submit"]';
    if (status === 'error' || status === 'success') form.current?.querySelector<HTMLElement>(next)?.focus();
  }, [status]);
  if (Object.keys(schema).length === 0) return <Text c="dimmed">{say('plugin.noSettings')}</Text>;
  const flaws = new Map(
    save.error instanceof ApiProblem ? save.error.details.map(({ path: at, message }) => [at, message]) : [],
  );
  const wordsOf = (field: ConfigField, value: FormValues[string] | undefined, told: string | undefined) => {
    const flaw = flawOf(field, value);
    return flaw === null
      ? told
      : say(`config.${flaw}`, { min: field.min ?? '', max: field.max ?? '', form: formOf(field) });
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack maw={560}>
        {save.error && flaws.size === 0 && <ErrorState error={save.error} />}
        {Object.entries(schema).map(([key, field]) => (
          <div key={key}>
            <Field
              field={field}
              value={values[key] ?? ''}
              isSet={secretsSet.includes(key)}
              error={flaws.has(`config.${key}`) ? wordsOf(field, values[key], flaws.get(`config.${key}`)) : undefined}
              onChange={(value) => setValues((before) => ({ ...before, [key]: value }))}
            />
            {field.secret && secretsSet.includes(key) && !field.required && (
              <Checkbox
                mt="xs"
                size="sm"
                label={say('config.secretRemove')}
                checked={removed.includes(key)}
                onChange={({ currentTarget: { checked } }) =>
                  setRemoved((before) => (checked ? [...before, key] : before.filter((each) => each !== key)))
                }
              />
            )}
          </div>
        ))}
        <Group>
          <Button type="submit" loading={save.isPending}>
            {ui('action.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What a text has to look like, in the publisher's words where there are any. */
function formOf({ placeholder, pattern = '' }: ConfigField): string {
  return placeholder === undefined || placeholder === '' ? pattern : placeholder;
}

function rangeOf({ min, max }: ConfigField, say: ReturnType<typeof useWords>): string | undefined {
  if (min === undefined) return max === undefined ? undefined : say('config.atMost', { max });
  return max === undefined ? say('config.atLeast', { min }) : say('config.range', { min, max });
}

interface FieldProps {
  readonly field: ConfigField;
  readonly value: string | number | boolean;
  readonly isSet: boolean;
  readonly error: string | undefined;
  readonly onChange: (value: string | number | boolean) => void;
}

function Field({ field, value, isSet, error, onChange }: FieldProps) {
  const say = useWords();
  const { type, label, required = false, placeholder = '', min, max, options = [] } = field;
  const common = { label, required, error };
  const onText = ({ currentTarget }: { currentTarget: { value: string } }) => onChange(currentTarget.value);
  if (field.secret) {
    const description = say(isSet ? 'config.secretSet' : 'config.secretUnset');
    return (
      <PasswordInput
        {...common}
        required={required && !isSet}
        description={description}
        placeholder={isSet ? '••••••••' : placeholder}
        autoComplete="new-password"
        value={String(value)}
        onChange={onText}
      />
    );
  }
  switch (type) {
    case 'boolean':
      return (
        <Switch
          label={label}
          error={error}
          checked={value === true}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...common}
          placeholder={placeholder}
          description={rangeOf(field, say)}
          clampBehavior="none"
          value={value as number | string}
          {...(min === undefined ? {} : { min })}
          {...(max === undefined ? {} : { max })}
          onChange={onChange}
        />
      );
    case 'select':
      return (
        <Select
          {...common}
          placeholder={placeholder}
          data={options}
          value={value === '' ? null : String(value)}
          clearable={!required}
          onChange={(chosen) => onChange(chosen ?? '')}
        />
      );
    case 'text':
      return (
        <Textarea
          {...common}
          placeholder={placeholder}
          autosize
          minRows={3}
          maxRows={12}
          value={String(value)}
          onChange={onText}
        />
      );
    case 'string':
      return <TextInput {...common} placeholder={placeholder} value={String(value)} onChange={onText} />;
  }
}

import { TagsInput, TextInput, type ButtonProps } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { FormButton } from '../../parts/form-button.js';

export const EXTENSIONS = '/console/extensions';
const MAX_ORIGINS = 10;

export interface ExtensionSettings {
  readonly id: string;
  readonly name: string;
  readonly api_origins: readonly string[];
  readonly frontend_origins: readonly string[];
  readonly frontend_url: string | null;
  readonly marketplace_id: string | null;
}

/** An extension as the hub knows it. */
export interface ExtensionRow extends ExtensionSettings {
  readonly created_at: string;
  readonly disabled_at: string | null;
}

interface ExtensionFormProps {
  readonly label: string;
  readonly submit: string;
  /** What is known of it; without one, its id is asked for too. */
  readonly extension?: ExtensionSettings;
  readonly onGiven: (settings: ExtensionSettings) => void;
  readonly button?: ButtonProps;
}

/** What an operator says about an extension. */
export function ExtensionForm({ label, submit, extension, onGiven, button = {} }: ExtensionFormProps) {
  const say = useWords();
  const [texts, setTexts] = useState({
    id: extension?.id ?? '',
    name: extension?.name ?? '',
    frontend_url: extension?.frontend_url ?? '',
    marketplace_id: extension?.marketplace_id ?? '',
  });
  const [apis, setApis] = useState([...(extension?.api_origins ?? [])]);
  const [frontends, setFrontends] = useState([...(extension?.frontend_origins ?? [])]);
  const field = (name: keyof typeof texts) => ({
    value: texts[name],
    onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      setTexts((before) => ({ ...before, [name]: value })),
  });
  const given = {
    ...texts,
    api_origins: apis,
    frontend_origins: frontends,
    frontend_url: texts.frontend_url || null,
    marketplace_id: texts.marketplace_id || null,
  };
  return (
    <FormButton
      label={label}
      submit={submit}
      isReady={texts.id !== '' && texts.name.trim() !== '' && apis.length > 0}
      onSubmit={() => onGiven(given)}
      button={button}
    >
      {extension === undefined && (
        <TextInput
          label={say('connections.extensionId')}
          description={say('connections.extensionIdLead')}
          pattern="[a-z0-9][a-z0-9\-]{1,62}"
          data-autofocus
          {...field('id')}
        />
      )}
      <TextInput label={say('common.name')} maxLength={120} {...field('name')} />
      <TagsInput
        label={say('connections.apiOrigins')}
        description={say('connections.apiOriginsLead')}
        placeholder="https://api.vendor.example"
        maxTags={MAX_ORIGINS}
        value={apis}
        onChange={setApis}
      />
      <TagsInput
        label={say('connections.frontendOrigins')}
        description={say('connections.frontendOriginsLead')}
        placeholder="https://app.vendor.example"
        maxTags={MAX_ORIGINS}
        value={frontends}
        onChange={setFrontends}
      />
      <TextInput
        label={say('connections.frontendUrl')}
        description={say('connections.frontendUrlLead')}
        type="url"
        maxLength={2_048}
        {...field('frontend_url')}
      />
      <TextInput
        label={say('common.package')}
        description={say('connections.licensedByLead')}
        placeholder="@vendor/name"
        {...field('marketplace_id')}
      />
    </FormButton>
  );
}

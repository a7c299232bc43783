import { NumberInput, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../../i18n/words.js';
import { FormButton } from '../../parts/form-button.js';

const ID = /^@[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9._-]*$/;
const CURRENCY = /^[A-Z]{3}$/;

/** What an operator says about a certificate on sale. */
export interface CertificateSettings {
  readonly marketplace_id: string;
  readonly name: string;
  readonly summary: string;
  readonly price_minor: number;
  readonly currency: string;
}

/** Puts a certificate on sale. */
export function NewCertificate({ onGiven }: { readonly onGiven: (settings: CertificateSettings) => void }) {
  const say = useWords();
  const [texts, setTexts] = useState({ marketplace_id: '', name: '', summary: '', currency: 'EUR' });
  const [price, setPrice] = useState<number | string>('');
  const field = (name: keyof typeof texts, tidy = (text: string) => text) => ({
    value: texts[name],
    onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      setTexts((before) => ({ ...before, [name]: tidy(value) })),
  });
  const { marketplace_id: id, name, summary, currency } = texts;
  const isNamed = ID.test(id) && name.trim() !== '' && summary.trim() !== '';
  const isReady = isNamed && CURRENCY.test(currency) && Number(price) > 0;
  return (
    <FormButton
      label={say('connections.sellCertificate')}
      submit={say('connections.sell')}
      isReady={isReady}
      onSubmit={() => onGiven({ ...texts, price_minor: minorOf(price, currency) })}
      button={{ variant: 'default' }}
    >
      <TextInput
        label={say('connections.certificateId')}
        description={say('connections.certificateIdLead')}
        placeholder="@vendor/name"
        data-autofocus
        {...field('marketplace_id', (text) => text.trim().toLowerCase())}
      />
      <TextInput label={say('common.name')} maxLength={100} {...field('name')} />
      <TextInput label={say('publish.summary')} maxLength={300} {...field('summary')} />
      <TextInput
        label={say('connections.currency')}
        maxLength={3}
        {...field('currency', (text) => text.toUpperCase())}
      />
      <PriceInput value={price} currency={currency} onChange={setPrice} />
    </FormButton>
  );
}

export interface PriceButtonProps {
  readonly name: string;
  readonly priceMinor: number;
  readonly currency: string;
  readonly onGiven: (priceMinor: number) => void;
}

/** Changes what a certificate costs from now on. */
export function PriceButton({ name, priceMinor, currency, onGiven }: PriceButtonProps) {
  const say = useWords();
  const [price, setPrice] = useState<number | string>(priceMinor / 10 ** digitsOf(currency));
  return (
    <FormButton
      label={say('connections.changePrice')}
      title={name}
      submit={say('connections.keep')}
      isReady={Number(price) > 0}
      onSubmit={() => onGiven(minorOf(price, currency))}
      button={{ size: 'xs', variant: 'default' }}
    >
      <PriceInput value={price} currency={currency} onChange={setPrice} />
      <Text size="sm">{say('connections.changePriceLead')}</Text>
    </FormButton>
  );
}

interface PriceInputProps {
  readonly value: number | string;
  readonly currency: string;
  readonly onChange: (value: number | string) => void;
}

function PriceInput({ value, currency, onChange }: PriceInputProps) {
  const say = useWords();
  return (
    <NumberInput
      label={say('connections.pricePerName')}
      min={0}
      decimalScale={digitsOf(currency)}
      suffix={` ${currency}`}
      value={value}
      onChange={onChange}
    />
  );
}

function minorOf(price: number | string, currency: string): number {
  return Math.round(Number(price) * 10 ** digitsOf(currency));
}

/** Decimal places of a currency; of one nobody knows, the usual two. */
function digitsOf(currency: string): number {
  if (!CURRENCY.test(currency)) return 2;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

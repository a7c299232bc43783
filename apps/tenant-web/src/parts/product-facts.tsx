import type { Product } from '@hansa/contracts';
import { Moment, useFormats } from '@hansa/web-ui';
import { Group, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconRosetteDiscountCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useWords } from '../i18n/words.js';
import { compatibilityOf } from '../rules/compatibility.js';
import { usePrice } from './use-price.js';
import { useSettings } from './use-shop.js';

/** What decides whether to have it: who made it, is it signed, does it run here, what does it cost. */
export function ProductFacts({ product }: { readonly product: Product }) {
  const say = useWords();
  const { bytes, count } = useFormats();
  const priceOf = usePrice();
  const { publisher, signature, license_kind: kind, trial_days: trialDays, size_bytes: size, downloads } = product;
  return (
    <Stack gap="sm">
      <Title order={2} size="h5">
        {say('product.facts')}
      </Title>
      <Fact name={say('product.version')}>
        {product.version} · <Moment at={product.published_at} />
      </Fact>
      <Fact name={say('product.publisher')}>
        <Marked isGood={publisher?.verified === true} good={<IconRosetteDiscountCheck size={16} aria-hidden />}>
          {publisher?.name ?? product.marketplace_id.split('/')[0]}
          {publisher?.verified === true && ` · ${say('browse.verified')}`}
        </Marked>
      </Fact>
      <Fact name={say('product.signature')}>
        <Marked
          isGood={signature !== undefined}
          good={<IconCircleCheck size={16} aria-hidden />}
          isBad={signature === undefined}
        >
          {say(signature === undefined ? 'product.unsigned' : 'product.signed')}
        </Marked>
        {signature !== undefined && (
          <Text size="xs" c="dimmed">
            {say('product.signedLead')}
          </Text>
        )}
      </Fact>
      <Compatible product={product} />
      {kind !== undefined && (
        <Fact name={say('product.terms')}>
          {say(`kind.${kind}`)}
          {kind !== 'free' && ` · ${priceOf(product)}`}
          {trialDays !== undefined && <Text size="sm">{say('product.trial', { count: trialDays })}</Text>}
        </Fact>
      )}
      {size !== undefined && <Fact name={say('product.size')}>{bytes(size)}</Fact>}
      {downloads !== undefined && <Fact name={say('product.downloads')}>{count(downloads)}</Fact>}
    </Stack>
  );
}

function Compatible({ product }: { product: Product }) {
  const say = useWords();
  const version = useSettings().data?.platform_version;
  const newest = product.versions.find((each) => each.version === product.version);
  if (version === undefined || newest === undefined) return null;
  const verdict = compatibilityOf(version, newest);
  const { carphacom_min_version: min, carphacom_max_version: max } = newest;
  return (
    <Fact name={say('product.compatibility')}>
      <Marked
        isGood={verdict === 'compatible'}
        good={<IconCircleCheck size={16} aria-hidden />}
        isBad={verdict !== 'compatible'}
      >
        {say(`product.${verdict}`, { version, min, max: max ?? '' })}
      </Marked>
    </Fact>
  );
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="sm" component="div">
        {children}
      </Text>
    </div>
  );
}

interface MarkedProps {
  readonly isGood: boolean;
  readonly isBad?: boolean;
  readonly good: ReactNode;
  readonly children: ReactNode;
}

function Marked({ isGood, isBad = false, good, children }: MarkedProps) {
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      {isGood && (
        <Text span c="teal.8" lh={1.3}>
          {good}
        </Text>
      )}
      {isBad && <IconAlertTriangle size={16} aria-hidden />}
      <span>{children}</span>
    </Group>
  );
}

import type { Advisory, AdvisoryRequest, AdvisorySeverity } from '@hansa/contracts';
import { DataTable, Moment, QueryState, useApi, useChange, useGet, type Column, type Page } from '@hansa/web-ui';
import { NativeSelect, TagsInput, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../i18n/words.js';
import { FormButton } from './form-button.js';
import { ReasonButton } from './reason-button.js';
import { Section } from './section.js';
import { StatusBadge } from './status-badge.js';

const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const satisfies readonly AdvisorySeverity[];
const MAX_REFERENCES = 10;

export interface AdvisoriesProps {
  /** `/publisher` or `/console`. */
  readonly base: string;
  readonly marketplaceId: string;
}

/** What is known to be wrong with versions of a package, and the way to tell the shops. */
export function Advisories({ base, marketplaceId }: AdvisoriesProps) {
  const say = useWords();
  const api = useApi();
  const path = `${base}/packages/${marketplaceId}/advisories`;
  const advisories = useGet<Page<Advisory>>(path);
  const publish = useChange((body: AdvisoryRequest) => api.post<Advisory>(path, { body }), { renews: [path] });
  const withdraw = useChange(
    ({ id, reason }: { readonly id: string; readonly reason: string }) =>
      api.post(`${base}/advisories/${id}/withdraw`, { body: { reason } }),
    { renews: [path] },
  );
  const columns: Column<Advisory>[] = [
    {
      key: 'severity',
      title: say('release.severity'),
      cell: ({ severity }) => (severity === undefined ? '–' : say(`release.severity_${severity}`)),
    },
    { key: 'affected', title: say('release.affected'), cell: (row) => row.affected },
    { key: 'fixed', title: say('release.fixedIn'), cell: (row) => row.fixed_in ?? '–' },
    { key: 'summary', title: say('release.advisorySummary'), cell: (row) => row.summary },
    {
      key: 'published',
      title: say('status.published'),
      cell: ({ published_at: at }) => (at === undefined ? '–' : <Moment at={at} />),
    },
    {
      key: 'state',
      title: say('common.state'),
      cell: ({ withdrawn_at: at }) => <StatusBadge status={at === undefined ? 'active' : 'withdrawn'} />,
    },
    {
      key: 'actions',
      title: say('common.actions'),
      cell: ({ advisory_id: id, withdrawn_at: at }) =>
        at === undefined && (
          <ReasonButton
            label={say('release.withdraw')}
            title={say('release.withdraw')}
            lead={say('release.withdrawLead')}
            reason={say('publish.reason')}
            onGiven={(reason) => withdraw.mutate({ id, reason })}
            button={{ size: 'xs' }}
          />
        ),
    },
  ];
  return (
    <Section
      title={say('release.advisories')}
      actions={<AdvisoryForm key={publish.data?.advisory_id ?? 'first'} onGiven={publish.mutate} />}
    >
      <QueryState query={advisories}>
        {(page) => (
          <DataTable
            caption={say('release.advisories')}
            columns={columns}
            page={page}
            rowKey={({ advisory_id: id }) => id}
            empty={<Text c="dimmed">{say('release.noAdvisories')}</Text>}
          />
        )}
      </QueryState>
    </Section>
  );
}

function AdvisoryForm({ onGiven }: { readonly onGiven: (request: AdvisoryRequest) => void }) {
  const say = useWords();
  const [texts, setTexts] = useState({ affected: '', fixed_in: '', summary: '' });
  const [severity, setSeverity] = useState<AdvisorySeverity>('high');
  const [references, setReferences] = useState<string[]>([]);
  const field = (name: keyof typeof texts) => ({
    value: texts[name],
    onChange: ({ currentTarget: { value } }: { readonly currentTarget: { readonly value: string } }) =>
      setTexts((before) => ({ ...before, [name]: value })),
  });
  const submit = () => {
    const { affected, fixed_in: fixedIn, summary } = texts;
    const fixed = fixedIn.trim() === '' ? {} : { fixed_in: fixedIn.trim() };
    onGiven({ affected: affected.trim(), ...fixed, severity, summary: summary.trim(), references });
  };
  return (
    <FormButton
      label={say('release.newAdvisory')}
      submit={say('release.publishAdvisory')}
      isReady={texts.affected.trim() !== '' && texts.summary.trim() !== ''}
      onSubmit={submit}
      button={{ size: 'xs' }}
    >
      <Text size="sm">{say('release.advisoryLead')}</Text>
      <TextInput
        label={say('release.affected')}
        description={say('release.affectedLead')}
        placeholder=">=1.2.0 <1.4.0"
        maxLength={200}
        data-autofocus
        {...field('affected')}
      />
      <TextInput
        label={say('release.fixedIn')}
        description={say('release.fixedInLead')}
        placeholder="1.4.0"
        maxLength={128}
        {...field('fixed_in')}
      />
      <NativeSelect
        label={say('release.severity')}
        value={severity}
        data={SEVERITIES.map((value) => ({ value, label: say(`release.severity_${value}`) }))}
        onChange={({ currentTarget: { value } }) => setSeverity(value as AdvisorySeverity)}
      />
      <Textarea label={say('release.advisorySummary')} maxLength={500} autosize minRows={2} {...field('summary')} />
      <TagsInput
        label={say('release.references')}
        description={say('publish.screenshotsLead')}
        placeholder="https://"
        maxTags={MAX_REFERENCES}
        value={references}
        onChange={setReferences}
      />
    </FormButton>
  );
}

import type { ReleaseFinding } from '@hansa/contracts';
import { Code, Group, Stack, Text } from '@mantine/core';
import { useWords } from '../i18n/words.js';
import { StatusBadge } from './status-badge.js';

const ORDER = ['error', 'warning', 'info'] as const;

export interface FindingsProps {
  readonly findings: readonly ReleaseFinding[];
  /** Whether there may be more. */
  readonly isPending: boolean;
}

/** What the checks found, the gravest first. */
export function Findings({ findings, isPending }: FindingsProps) {
  const say = useWords();
  if (findings.length === 0)
    return <Text c="dimmed">{say(isPending ? 'release.checking' : 'release.noFindings')}</Text>;
  const sorted = [...findings].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return (
    <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
      {sorted.map(({ check, severity, message, file, line, advice }, index) => (
        <li key={index}>
          <Group gap="sm" align="flex-start" wrap="nowrap">
            <StatusBadge status={severity} />
            <div>
              <Text size="sm">{message}</Text>
              <Text size="xs" c="dimmed" component="div">
                {check}
                {file !== undefined && (
                  <>
                    {' · '}
                    <Code>{line === undefined ? file : `${file}:${line}`}</Code>
                  </>
                )}
              </Text>
              {advice !== undefined && <Text size="xs">{advice}</Text>}
            </div>
          </Group>
        </li>
      ))}
    </Stack>
  );
}

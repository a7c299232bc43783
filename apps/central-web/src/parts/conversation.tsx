import { Moment } from '@hansa/web-ui';
import { Badge, Button, Checkbox, Group, Paper, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useWords } from '../i18n/words.js';

export interface Remark {
  readonly id: string;
  readonly by: string;
  readonly body: string;
  readonly internal: boolean;
  readonly written_at: string;
}

/** What was said about a release, and a field to say more; operators may keep a remark among themselves. */
export function Conversation({
  remarks,
  onSay,
  isBusy,
  mayBeInternal = false,
}: {
  readonly remarks: readonly Remark[];
  readonly onSay: (body: string, internal: boolean) => void;
  readonly isBusy: boolean;
  readonly mayBeInternal?: boolean;
}) {
  const say = useWords();
  const [text, setText] = useState('');
  const [internal, setInternal] = useState(false);
  return (
    <Stack>
      {remarks.map(({ id, by, body, internal: isInternal, written_at: at }) => (
        <Paper key={id} withBorder p="sm">
          <Group gap="xs" mb={4}>
            <Text size="sm" fw={600}>
              {by}
            </Text>
            <Text size="xs" c="dimmed">
              <Moment at={at} />
            </Text>
            {isInternal && (
              <Badge size="sm" variant="light" color="gray" tt="none">
                {say('release.internal')}
              </Badge>
            )}
          </Group>
          <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
            {body}
          </Text>
        </Paper>
      ))}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSay(text.trim(), internal);
          setText('');
        }}
      >
        <Stack gap="sm">
          <Textarea
            label={say('release.comment')}
            autosize
            minRows={2}
            maxLength={5_000}
            value={text}
            onChange={({ currentTarget: { value } }) => setText(value)}
          />
          <Group justify="space-between">
            {mayBeInternal ? (
              <Checkbox
                label={say('release.keepInternal')}
                checked={internal}
                onChange={({ currentTarget: { checked } }) => setInternal(checked)}
              />
            ) : (
              <span />
            )}
            <Button type="submit" variant="default" disabled={text.trim() === ''} loading={isBusy}>
              {say('release.say')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Stack>
  );
}

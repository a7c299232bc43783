import { ErrorState, useApi, useChange, useUiWords } from '@hansa/web-ui';
import {
  Button,
  Chip,
  Group,
  Input,
  NumberInput,
  SegmentedControl,
  Stack,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type SyntheticEvent } from 'react';
import { useWords } from '../i18n/words.js';
import { PATHS, type Policy } from '../model.js';
import { readPins, writePins } from '../rules/pins.js';

const CHANNELS = ['stable', 'beta', 'alpha'] as const;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** A window to begin with: nights of working days, where the admin is. */
function usualWindow(): NonNullable<Policy['window']> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { days: ['mon', 'tue', 'wed', 'thu', 'fri'], start: '02:00', end: '05:00', time_zone: zone };
}

/** What the shop updates by itself, and when. */
export function PolicyForm({ policy }: { readonly policy: Policy }) {
  const say = useWords();
  const ui = useUiWords();
  const api = useApi();
  const [given, setGiven] = useState(policy);
  const [pins, setPins] = useState(() => writePins(policy.pins));
  const change = (changed: Partial<Policy>) => setGiven((before) => ({ ...before, ...changed }));
  const read = readPins(pins);
  const save = useChange((body: Policy) => api.put<Policy>(PATHS.policy, { body }), {
    renews: [PATHS.policy, PATHS.updates],
    onDone: () => notifications.show({ color: 'green', message: say('settings.saved') }),
    onRefused: () => true,
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (read !== null) save.mutate({ ...given, pins: read });
  };
  return (
    <form onSubmit={submit}>
      <Stack maw={640}>
        {save.error && <ErrorState error={save.error} />}
        <Input.Wrapper label={say('settings.channel')} description={say('settings.channelHint')} labelElement="div">
          <div>
            <SegmentedControl
              aria-label={say('settings.channel')}
              value={given.channel}
              data={CHANNELS.map((value) => ({ value, label: say(`settings.${value}`) }))}
              onChange={(channel) => change({ channel: channel })}
            />
          </div>
        </Input.Wrapper>
        <NumberInput
          label={say('settings.cooldown')}
          description={say('settings.cooldownHint')}
          min={0}
          max={8_760}
          allowDecimal={false}
          value={given.cooldown_hours}
          onChange={(hours) => change({ cooldown_hours: Number(hours) })}
        />
        <Switch
          label={say('settings.security')}
          checked={given.security_skips_cooldown}
          onChange={({ currentTarget: { checked } }) => change({ security_skips_cooldown: checked })}
        />
        <TagsInput
          label={say('settings.exempt')}
          description={say('settings.exemptHint')}
          value={[...given.cooldown_exempt]}
          onChange={(exempt) => change({ cooldown_exempt: exempt })}
        />
        <Textarea
          label={say('settings.pins')}
          description={say('settings.pinsHint')}
          autosize
          minRows={2}
          error={read === null ? say('settings.badPin') : undefined}
          value={pins}
          onChange={({ currentTarget: { value } }) => setPins(value)}
        />
        <Switch
          label={say('settings.limited')}
          checked={given.allow_list !== null}
          onChange={({ currentTarget: { checked } }) => change({ allow_list: checked ? [] : null })}
        />
        {given.allow_list !== null && (
          <TagsInput
            label={say('settings.allowList')}
            description={say('settings.allowListHint')}
            value={[...given.allow_list]}
            onChange={(list) => change({ allow_list: list })}
          />
        )}
        <Switch
          label={say('settings.windowed')}
          checked={given.window !== null}
          onChange={({ currentTarget: { checked } }) => change({ window: checked ? usualWindow() : null })}
        />
        {given.window !== null && <WindowFields window={given.window} onChange={(window) => change({ window })} />}
        <Group>
          <Button type="submit" loading={save.isPending}>
            {ui('action.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface WindowProps {
  readonly window: NonNullable<Policy['window']>;
  readonly onChange: (window: NonNullable<Policy['window']>) => void;
}

function WindowFields({ window, onChange }: WindowProps) {
  const say = useWords();
  const zones = Intl.supportedValuesOf('timeZone');
  return (
    <Stack>
      <Chip.Group multiple value={[...window.days]} onChange={(days) => onChange({ ...window, days })}>
        <Group gap="xs" role="group" aria-label={say('settings.days')}>
          {DAYS.map((day) => (
            <Chip key={day} value={day}>
              {say(`day.${day}`)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <Group grow align="flex-start">
        <TextInput
          type="time"
          label={say('settings.start')}
          value={window.start}
          onChange={({ currentTarget: { value } }) => onChange({ ...window, start: value })}
        />
        <TextInput
          type="time"
          label={say('settings.end')}
          value={window.end}
          onChange={({ currentTarget: { value } }) => onChange({ ...window, end: value })}
        />
      </Group>
      <TextInput
        label={say('settings.zone')}
        list="zones"
        value={window.time_zone}
        onChange={({ currentTarget: { value } }) => onChange({ ...window, time_zone: value })}
      />
      <datalist id="zones">
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </Stack>
  );
}

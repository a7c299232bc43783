import { Badge, type MantineColor } from '@mantine/core';
import { useWords } from '../i18n/words.js';
import type { PluginStateName, PluginView } from '../model.js';

const COLORS: Readonly<Record<PluginStateName, MantineColor>> = {
  starting: 'blue',
  running: 'green',
  backing_off: 'yellow',
  crash_looping: 'red',
  crashed: 'red',
  stopped: 'gray',
  disabled: 'gray',
};

/** How a plugin fares, in a word and a color. */
export function PluginState({ plugin }: { readonly plugin: PluginView }) {
  const say = useWords();
  if (plugin.disabled_reason === 'LICENSE_FAILED')
    return (
      <Badge color="red" variant="light">
        {say('state.license')}
      </Badge>
    );
  const isUnwell = plugin.state === 'running' && plugin.health?.ok === false;
  return (
    <Badge color={isUnwell ? 'yellow' : COLORS[plugin.state]} variant="light">
      {say(isUnwell ? 'state.unwell' : `state.${plugin.state}`)}
    </Badge>
  );
}

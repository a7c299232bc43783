import { Avatar } from '@mantine/core';

/** The picture of a package, or its first letter. */
export function PluginIcon({
  icon,
  name,
  size = 48,
}: {
  readonly icon: string | null;
  readonly name: string;
  readonly size?: number;
}) {
  return (
    <Avatar src={icon} alt="" radius="md" size={size} color="indigo" variant="light" aria-hidden>
      {name.slice(0, 1).toUpperCase()}
    </Avatar>
  );
}

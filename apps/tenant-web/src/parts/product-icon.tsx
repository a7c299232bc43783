import { mayShow } from '@hansa/web-ui';
import { Avatar } from '@mantine/core';
import { usePictureOrigins } from './use-shop.js';

export interface IconProps {
  readonly name: string;
  readonly url?: string | null | undefined;
  readonly size?: number;
}

/** The picture of a plugin where the hub has one, or its initials in a color of its own. Beside its name: nothing to read out. */
export function ProductIcon({ name, url, size = 48 }: IconProps) {
  const origins = usePictureOrigins();
  const src = url && mayShow(url, origins) ? url : null;
  return (
    <Avatar
      src={src}
      name={name}
      color="initials"
      allowedInitialsColors={['indigo', 'teal', 'grape', 'blue']}
      size={size}
      radius="md"
      alt=""
      aria-hidden
    />
  );
}

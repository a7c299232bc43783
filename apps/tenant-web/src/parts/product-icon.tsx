import { PackageIcon } from '@hansa/web-ui';
import { usePicture } from './use-shop.js';

export interface IconProps {
  readonly name: string;
  readonly url?: string | null | undefined;
  readonly size?: number;
}

/** The picture of a plugin where the hub has one. */
export function ProductIcon({ name, url, size = 48 }: IconProps) {
  const pictureOf = usePicture();
  return <PackageIcon name={name} src={pictureOf(url)} size={size} />;
}

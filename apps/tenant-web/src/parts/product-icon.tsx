import { mayShow, PackageIcon } from '@hansa/web-ui';
import { usePictureOrigins } from './use-shop.js';

export interface IconProps {
  readonly name: string;
  readonly url?: string | null | undefined;
  readonly size?: number;
}

/** The picture of a plugin where the hub has one. */
export function ProductIcon({ name, url, size = 48 }: IconProps) {
  const origins = usePictureOrigins();
  return <PackageIcon name={name} src={url && mayShow(url, origins) ? url : null} size={size} />;
}

import { Avatar } from '@mantine/core';

export interface PackageIconProps {
  readonly name: string;
  /** A picture that may be shown; initials in a color of their own without one. */
  readonly src: string | null;
  readonly size?: number;
}

/** The picture of a package, the same at the hub and in the shops. Beside its name: nothing to read out. */
export function PackageIcon({ name, src, size = 48 }: PackageIconProps) {
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

import { Tooltip } from '@mantine/core';
import { useFormats } from '../format/use-formats.js';

/** A moment as it is from here (`5 minutes ago`); the exact one is told on focus and hover. */
export function Moment({ at }: { readonly at: string }) {
  const { relative, dateTime } = useFormats();
  return (
    <Tooltip label={dateTime(at)} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at}>{relative(at)}</time>
    </Tooltip>
  );
}

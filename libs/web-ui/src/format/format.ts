const MINUTE = 60;
const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', MINUTE],
];
const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
const DAY_MS = 86_400_000;

/** A format takes longer to make than to use, and a list uses the same one on every line. */
function kept<Format>(make: (language: string, options: string) => Format) {
  const made = new Map<string, Format>();
  return (language: string, options = ''): Format => {
    const key = `${language} ${options}`;
    const format = made.get(key) ?? make(language, options);
    made.set(key, format);
    return format;
  };
}

const moneyFormat = kept((language, currency) => new Intl.NumberFormat(language, { style: 'currency', currency }));
const dateTimeFormat = kept(
  (language) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }),
);
const dateFormat = kept((language) => new Intl.DateTimeFormat(language, { dateStyle: 'medium' }));
const relativeFormat = kept((language) => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }));
const countFormat = kept((language) => new Intl.NumberFormat(language));

/** Minor units as people write them: `4900`, `EUR` is `€49.00`. */
export function formatMoney(minor: number, currency: string, language: string): string {
  const format = moneyFormat(language, currency);
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}

/** A day and a time; a moment that cannot be read is shown as it is. */
export function formatDateTime(at: string, language: string): string {
  return isTime(at) ? dateTimeFormat(language).format(new Date(at)) : at;
}

export function formatDate(at: string, language: string): string {
  return isTime(at) ? dateFormat(language).format(new Date(at)) : at;
}

/** `5 minutes ago`, `in 3 days`, rounded, in the largest unit that fits; less than a minute is `now`. */
export function formatRelative(at: string, now: Date, language: string): string {
  if (!isTime(at)) return at;
  const seconds = (new Date(at).getTime() - now.getTime()) / 1_000;
  const format = relativeFormat(language);
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return unit === 'second' ? format.format(0, 'second') : format.format(Math.round(seconds / size), unit);
}

/** Whole days until a moment, counting a begun one; negative once it has passed. */
export function daysUntil(at: string, now: Date): number {
  return Math.ceil((new Date(at).getTime() - now.getTime()) / DAY_MS);
}

export function formatBytes(bytes: number, language: string): string {
  const step = Math.min(BYTE_UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log(bytes) / Math.log(1_000)));
  const unit = BYTE_UNITS[step] ?? 'byte';
  const options = { style: 'unit', unit, unitDisplay: step === 0 ? 'long' : 'short' } as const;
  return new Intl.NumberFormat(language, { ...options, maximumFractionDigits: 1 }).format(bytes / 1_000 ** step);
}

export function formatCount(count: number, language: string): string {
  return countFormat(language).format(count);
}

function isTime(text: string): boolean {
  return !Number.isNaN(new Date(text).getTime());
}

import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes, formatCount, formatDate, formatDateTime, formatMoney, formatRelative } from './format.js';

/** Money, moments and sizes in the language of the reader. */
export function useFormats() {
  const language = useTranslation().i18n.language;
  return useMemo(
    () => ({
      money: (minor: number, currency: string) => formatMoney(minor, currency, language),
      date: (at: string) => formatDate(at, language),
      dateTime: (at: string) => formatDateTime(at, language),
      relative: (at: string, now = new Date()) => formatRelative(at, now, language),
      bytes: (bytes: number) => formatBytes(bytes, language),
      count: (count: number) => formatCount(count, language),
    }),
    [language],
  );
}

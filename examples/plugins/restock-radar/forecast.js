const DAY_MS = 86_400_000;

/**
 * @typedef {{ id: string, title: string, stock: number | null, sales: Record<string, number> }} Product
 * @typedef {{ lead_time_days: number, safety_days: number, window_days: number }} Settings
 * @typedef {'unknown' | 'fine' | 'soon' | 'now'} Urgency
 */

/** The day of a time, in UTC: `2030-01-31`. */
export function dayOf(time) {
  return new Date(time).toISOString().slice(0, 10);
}

/** The last `count` days up to and with `today`, oldest first. */
export function daysUntil(today, count) {
  const end = Date.parse(today);
  return Array.from({ length: count }, (_, i) => dayOf(end - (count - 1 - i) * DAY_MS));
}

/** Sales a day. Recent days weigh more: a day counts half of what one counts a window's half later. */
export function salesPerDay(sales, today, windowDays) {
  const days = daysUntil(today, windowDays);
  const weight = (i) => 2 ** ((2 * (i + 1)) / windowDays);
  const total = days.reduce((sum, _day, i) => sum + weight(i), 0);
  return days.reduce((sum, day, i) => sum + (sales[day] ?? 0) * weight(i), 0) / total;
}

/**
 * Says when a product runs out and by which day it must be ordered again.
 *
 * @param {Product} product
 * @param {Settings} settings
 * @param {string} today
 * @returns {{ id: string, title: string, stock: number | null, per_day: number, runs_out_on: string | null, reorder_by: string | null, urgency: Urgency }}
 */
export function forecast(product, settings, today) {
  const { id, title, stock, sales } = product;
  const perDay = salesPerDay(sales, today, settings.window_days);
  const rounded = Math.round(perDay * 100) / 100;
  const base = { id, title, stock, per_day: rounded, runs_out_on: null, reorder_by: null };
  if (stock === null) return { ...base, urgency: 'unknown' };
  if (stock <= 0) return { ...base, runs_out_on: today, reorder_by: today, urgency: 'now' };
  if (perDay === 0) return { ...base, urgency: 'fine' };
  const daysLeft = Math.min(Math.floor(stock / perDay), 3_650);
  const daysToReorder = daysLeft - settings.lead_time_days - settings.safety_days;
  const start = Date.parse(today);
  return {
    ...base,
    runs_out_on: dayOf(start + daysLeft * DAY_MS),
    reorder_by: dayOf(start + Math.max(daysToReorder, 0) * DAY_MS),
    urgency: daysToReorder <= 0 ? 'now' : daysToReorder <= 7 ? 'soon' : 'fine',
  };
}

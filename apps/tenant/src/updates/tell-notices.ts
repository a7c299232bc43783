import type { Advisory, AdvisoryWithdrawnEvent, DeprecationNotice } from '@hansa/contracts';
import { isAffected } from '@hansa/contracts';
import type { EntityManager } from 'typeorm';
import { notify } from '#audit';
import type { Plugin } from '#plugins';

/** The part of a plugin that notices are about. */
export type Installed = Pick<Plugin, 'id' | 'marketplaceId' | 'version'>;

/** How much of somebody else's words is shown. */
const MOST_WORDS = 500;

/** Tells the admins of a flaw in what is installed, once, and says whether there is one: the hub's ranges are not taken on trust. */
export async function tellOfAdvisory(
  tx: EntityManager,
  advisory: Advisory,
  plugin: Installed | null,
  at: Date,
): Promise<boolean> {
  const { advisory_id: id, marketplace_id: subject, summary, fixed_in: fixedIn, severity } = advisory;
  if (plugin?.marketplaceId !== subject || advisory.withdrawn_at !== undefined) return false;
  if (!isAffected(advisory, plugin.version)) return false;
  const fix = fixedIn === undefined ? 'There is no version without it yet.' : `Fixed in ${fixedIn}.`;
  const message = `${plugin.id} ${plugin.version} has a known flaw (${severity ?? 'severity unknown'}): ${cut(summary)} ${fix}`;
  const onceKey = `advisory:${id}`;
  await notify(tx, { at, code: 'ADVISORY_PUBLISHED', severity: 'critical', message, subject, onceKey });
  return true;
}

/** Tells the admins that they need not mind what they were told of. Those who were told nothing are told nothing. */
export async function tellOfWithdrawal(
  tx: EntityManager,
  { advisory_id: id, marketplace_id: subject, reason }: AdvisoryWithdrawnEvent,
  at: Date,
): Promise<void> {
  const told = await tx.query<object[]>('SELECT 1 FROM notifications WHERE once_key = $1', [`advisory:${id}`]);
  if (told.length === 0) return;
  const message = `The flaw of ${subject} that you were told of is none after all: ${cut(reason)}`;
  const onceKey = `advisory-withdrawn:${id}`;
  await notify(tx, { at, code: 'ADVISORY_WITHDRAWN', severity: 'info', message, subject, onceKey });
}

/** Tells the admins, once for each thing that is said, that nobody cares for a plugin of theirs any more. */
export async function tellOfDeprecation(
  tx: EntityManager,
  { marketplace_id: subject, message: why, successor, since }: DeprecationNotice,
  plugin: Installed,
  at: Date,
): Promise<void> {
  const next = successor === undefined ? '' : ` Its successor is ${successor}.`;
  const message = `${plugin.id} is no longer cared for by its publisher: ${cut(why)}${next} It runs on as it is.`;
  const onceKey = `deprecated:${subject}:${since}:${successor ?? ''}`;
  await notify(tx, { at, code: 'PLUGIN_DEPRECATED', severity: 'warning', message, subject, onceKey });
}

function cut(words: string): string {
  return words.slice(0, MOST_WORDS);
}

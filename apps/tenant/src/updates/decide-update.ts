import { createHash } from 'node:crypto';
import { coversRelease, namespaceOf, type Channel, type LicenseState, type Rollout } from '@hansa/contracts';
import semver from 'semver';
import type { PastFailure } from './past-failures.js';
import type { UpdatePolicy } from './update-policy.js';

/** `automatic`: installed by itself. `ask`: an admin decides. `hold`: not yet, or not at all while the policy stays as it is. */
export type UpdateVerdict = 'automatic' | 'ask' | 'hold';

export type UpdateDecisionCode =
  | 'ALLOWED'
  | 'PINNED'
  | 'OTHER_CHANNEL'
  | 'LICENSE_NOT_VALID'
  | 'UPDATES_ENDED'
  | 'TAKEN_BACK_BEFORE'
  | 'FAILED_RECENTLY'
  | 'KNOWN_FLAW'
  | 'MAJOR_STEP'
  | 'HUB_AWAY'
  | 'NOT_ON_ALLOW_LIST'
  | 'ROLLOUT_NOT_HERE'
  | 'AGE_UNKNOWN'
  | 'TOO_YOUNG'
  | 'WINDOW_CLOSED';

/** What the policy says about one version, and why, in words for an admin. */
export interface UpdateDecision {
  readonly verdict: UpdateVerdict;
  readonly code: UpdateDecisionCode;
  /** A sentence: `Held back because …`. */
  readonly reason: string;
  /** When the reason ends by itself (RFC 3339); null when it does not, or nobody knows. */
  readonly until: string | null;
  /** Whether the cool-down was passed on the word that this is a security fix: the signed manifest must say so too. */
  readonly needs_security_proof: boolean;
}

/** A version a package could be updated to, as the hub describes it. */
export interface UpdateCandidate {
  readonly version: string;
  /** Null when the hub did not say. */
  readonly publishedAt: Date | null;
  readonly channel: Channel;
  readonly security: boolean;
  /** What is known to be wrong with it and not with what is installed; null when nothing is. */
  readonly newFlaw: string | null;
  /** Whether the hub says that it breaks something, or would not install it by itself. */
  readonly breaking: boolean;
  /** Null when everybody gets it. */
  readonly rollout: Rollout | null;
}

export interface UpdateFacts {
  readonly marketplaceId: string;
  readonly current: string;
  readonly candidate: UpdateCandidate;
  readonly policy: UpdatePolicy;
  readonly instanceId: string;
  readonly pastFailure: PastFailure | null;
  /** What this shop holds; null for a package without a license. */
  readonly license: { readonly state: LicenseState; readonly updatesUntil: Date | null } | null;
  /** Since when the hub has not answered; null while it does. */
  readonly staleSince: Date | null;
  /** Null while it is open. */
  readonly windowOpensAt: Date | null;
  readonly now: Date;
}

const HOUR_MS = 3_600_000;
/** A version that failed before it ran is tried again by itself after this time: what was missing may be there by then. */
const RETRY_AFTER_MS = 24 * HOUR_MS;
const CHANNELS_FOR: Readonly<Record<Channel, readonly Channel[]>> = {
  stable: ['stable'],
  beta: ['stable', 'beta'],
  alpha: ['stable', 'beta', 'alpha'],
};

/**
 * Decides about one version and explains it (docs/protocol/updates.md). The first rule that holds it back is the reason: what
 * only an admin can change comes first, then what time changes, so that whoever asks for all updates passes over time alone.
 */
export function decideUpdate(facts: UpdateFacts): UpdateDecision {
  for (const rule of RULES) {
    const held = rule(facts);
    if (held) return { verdict: 'hold', until: null, needs_security_proof: false, ...held };
  }
  const needs_security_proof = isTooYoung(facts) && !isExempt(facts);
  const reason = needs_security_proof
    ? 'Installed by itself, without a cool-down because it is a security fix.'
    : 'Installed by itself.';
  return { verdict: 'automatic', code: 'ALLOWED', reason, until: null, needs_security_proof };
}

type Held = Pick<UpdateDecision, 'code' | 'reason'> & Partial<UpdateDecision>;
type Rule = (facts: UpdateFacts) => Held | null;

/** In the order of docs/protocol/updates.md. */
const RULES: readonly Rule[] = [
  function pin({ marketplaceId, candidate, policy }) {
    const broken = policy.pins.find(
      (each) =>
        each.marketplace_id === marketplaceId &&
        !semver.satisfies(candidate.version, each.range, { includePrerelease: true }),
    );
    return broken ? because('PINNED', `it is pinned to ${broken.range}`) : null;
  },
  function channel({ candidate, policy }) {
    if (CHANNELS_FOR[policy.channel].includes(candidate.channel)) return null;
    return because('OTHER_CHANNEL', `it is of the ${candidate.channel} channel and this shop takes ${policy.channel}`);
  },
  function license({ candidate: { publishedAt }, license }) {
    if (!license) return null;
    if (license.state !== 'active') return because('LICENSE_NOT_VALID', 'its license is not valid');
    const { updatesUntil } = license;
    if (updatesUntil === null || publishedAt === null || coversRelease(updatesUntil, publishedAt)) return null;
    return because('UPDATES_ENDED', `its license covers what was published until ${updatesUntil.toISOString()}`);
  },
  function failure({ candidate, pastFailure, now }) {
    if (!pastFailure) return null;
    const { kind, code, message, at } = pastFailure;
    const why = `(${code ?? 'UNEXPECTED'}: ${message ?? 'no reason was kept'})`;
    if (kind === 'taken_back') {
      if (code === 'BY_ADMIN') return asked('TAKEN_BACK_BEFORE', `an admin went back from ${candidate.version} before`);
      return asked('TAKEN_BACK_BEFORE', `${candidate.version} was installed here before and taken back ${why}`);
    }
    const until = new Date(at.getTime() + RETRY_AFTER_MS);
    return now < until ? because('FAILED_RECENTLY', `it could not be installed ${why}`, until) : null;
  },
  function flaw({ candidate: { newFlaw } }) {
    return newFlaw === null ? null : asked('KNOWN_FLAW', `it has a known flaw (${newFlaw.slice(0, 200)})`);
  },
  function major({ current, candidate }) {
    const isMajor = semver.major(candidate.version) !== semver.major(current);
    return isMajor || candidate.breaking ? asked('MAJOR_STEP', 'it may break what the shop relies on') : null;
  },
  function hub({ staleSince }) {
    if (!staleSince) return null;
    return because('HUB_AWAY', `the hub has not answered since ${staleSince.toISOString()}`);
  },
  function allowList({ marketplaceId, policy: { allow_list: allowed } }) {
    const isAllowed =
      allowed === null || allowed.includes(marketplaceId) || allowed.includes(namespaceOf(marketplaceId));
    return isAllowed ? null : asked('NOT_ON_ALLOW_LIST', 'it is not on the list of what is updated by itself');
  },
  function rollout({ marketplaceId, candidate: { version, rollout }, instanceId }) {
    if (!rollout || bucketOf(instanceId, marketplaceId, version, rollout.seed) < rollout.percent) return null;
    return because('ROLLOUT_NOT_HERE', `it is rolled out to ${rollout.percent} % of shops so far and not to this one`);
  },
  function age(facts) {
    const { candidate, policy } = facts;
    if (!isTooYoung(facts) || isExempt(facts) || passesAsSecurityFix(facts)) return null;
    if (!candidate.publishedAt) return because('AGE_UNKNOWN', 'the hub does not say since when it is out');
    const until = new Date(candidate.publishedAt.getTime() + policy.cooldown_hours * HOUR_MS);
    return because('TOO_YOUNG', `it has been out for less than ${policy.cooldown_hours} hours`, until);
  },
  function maintenanceWindow({ windowOpensAt }) {
    return windowOpensAt ? because('WINDOW_CLOSED', 'the maintenance window is closed', windowOpensAt) : null;
  },
];

/** Reasons an admin who asks for all updates passes over: they say when, not whether. */
const ONLY_WHEN: readonly UpdateDecisionCode[] = [
  'ALLOWED',
  'NOT_ON_ALLOW_LIST',
  'ROLLOUT_NOT_HERE',
  'AGE_UNKNOWN',
  'TOO_YOUNG',
  'WINDOW_CLOSED',
];

/** Whether "update all" installs a version the policy decided so about; a major step only when it is asked for. */
export function mayBeAskedFor({ code }: UpdateDecision, includeMajor: boolean): boolean {
  return ONLY_WHEN.includes(code) || (includeMajor && code === 'MAJOR_STEP');
}

const BUCKETS = 100;

/**
 * The shop's place in a rollout, 0–99. Made here from what the hub does not choose alone, so that it differs for every package and
 * version: nobody is always first.
 */
export function bucketOf(instanceId: string, marketplaceId: string, version: string, seed: string): number {
  const text = JSON.stringify([instanceId, marketplaceId, version, seed]);
  return createHash('sha256').update(text).digest().readUInt32BE() % BUCKETS;
}

function isTooYoung({ candidate: { publishedAt }, policy, now }: UpdateFacts): boolean {
  if (policy.cooldown_hours === 0) return false;
  return publishedAt === null || now.getTime() - publishedAt.getTime() < policy.cooldown_hours * HOUR_MS;
}

function isExempt({ marketplaceId, policy }: UpdateFacts): boolean {
  return policy.cooldown_exempt.includes(namespaceOf(marketplaceId));
}

/** Not once its signed manifest has said otherwise: then it is only young. */
function passesAsSecurityFix({ candidate, policy, pastFailure }: UpdateFacts): boolean {
  return candidate.security && policy.security_skips_cooldown && pastFailure?.code !== 'NOT_A_SECURITY_FIX';
}

function because(code: UpdateDecisionCode, why: string, until: Date | null = null): Held {
  return { code, reason: `Held back because ${why}.`, until: until?.toISOString() ?? null };
}

function asked(code: UpdateDecisionCode, why: string): Held {
  return { verdict: 'ask', code, reason: `Held back until an admin decides because ${why}.` };
}

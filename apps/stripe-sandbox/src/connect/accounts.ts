import type Stripe from 'stripe';
import { noSuch, refused } from '../api/api-error.js';
import { type Params } from '../api/params.js';
import { recordEvent } from '../events/record-event.js';
import { newId } from '../store/ids.js';
import { type Work } from '../store/work.js';

/** What Express asks a new account for before it may be paid. */
const ASKED_FOR = ['external_account', 'individual.id_number', 'tos_acceptance.date'];
/** How long an onboarding link opens its page. */
const LINK_LIFE_SECONDS = 5 * 60;

/** `POST /v1/accounts`: an Express account that nobody has filled in yet. */
export function createAccount(work: Work, params: Params): Stripe.Account {
  if (params.oneOf('type', ['express']) === undefined) params.missing('type');
  params.object('capabilities')?.object('transfers')?.boolean('requested');
  params.ignore('business_profile', 'settings');
  const account = work.store.put('account', {
    id: newId('acct', 16),
    object: 'account',
    business_type: params.oneOf('business_type', ['company', 'individual']) ?? null,
    capabilities: { transfers: 'inactive' },
    charges_enabled: false,
    country: params.text('country', 2) ?? 'DE',
    created: work.now,
    default_currency: 'eur',
    details_submitted: false,
    email: params.email('email') ?? null,
    metadata: params.metadata(),
    payouts_enabled: false,
    requirements: requirementsOf(ASKED_FOR, 'requirements.past_due'),
    type: 'express',
  });
  recordEvent(work, 'account.updated', account, undefined, account.id);
  return account;
}

/** `POST /v1/accounts/:id`: metadata only; the rest belongs to whoever owns the account. */
export function updateAccount(work: Work, id: string, params: Params): Stripe.Account {
  const before = findAccount(work, id);
  return change(work, { ...before, metadata: params.metadata('metadata', before.metadata) });
}

/** `POST /v1/account_links`: the page where the owner fills the account in. Good once and for five minutes. */
export function createAccountLink(work: Work, params: Params): Stripe.AccountLink {
  const account = findAccount(work, params.requiredText('account'), 'account');
  if (params.oneOf('type', ['account_onboarding']) === undefined) params.missing('type');
  params.ignore('collection_options');
  const id = newId('acl');
  const expiresAt = work.now + LINK_LIFE_SECONDS;
  const urls = {
    refreshUrl: params.url('refresh_url') ?? params.missing('refresh_url'),
    returnUrl: params.url('return_url') ?? params.missing('return_url'),
  };
  work.store.put('account_link', { id, account: account.id, expiresAt, ...urls });
  const url = `${work.publicUrl}/setup/e/${id}`;
  return { object: 'account_link', created: work.now, expires_at: expiresAt, url };
}

/** An onboarding link as the sandbox keeps it. */
export interface AccountLinkRecord {
  readonly id: string;
  readonly account: string;
  /** In seconds. */
  readonly expiresAt: number;
  readonly refreshUrl: string;
  readonly returnUrl: string;
}

/** Where the owner goes from an onboarding page: back when it is filled in, for another link when this one is old or used. */
export function finishOnboarding(work: Work, linkId: string): string {
  const link = findAccountLink(work, linkId);
  if (link.expiresAt <= work.now) return link.refreshUrl;
  work.store.put('account_link', { ...link, expiresAt: work.now });
  setOnboarding(work, link.account, true);
  return link.returnUrl;
}

/** @throws {ApiError} resource_missing */
export function findAccountLink(work: Work, id: string): AccountLinkRecord {
  const link = work.store.get('account_link', id);
  if (!link) throw noSuch('account link', id);
  return link;
}

/** Lets an account be paid, or asks its owner for everything again as Stripe may at any time. */
export function setOnboarding(work: Work, id: string, isDone: boolean): Stripe.Account {
  return change(work, {
    ...findAccount(work, id),
    capabilities: { transfers: isDone ? 'active' : 'inactive' },
    details_submitted: true,
    payouts_enabled: isDone,
    requirements: isDone ? requirementsOf([], null) : requirementsOf(ASKED_FOR, 'requirements.past_due'),
  });
}

/** @throws {ApiError} resource_missing */
export function findAccount(work: Work, id: string, param?: string): Stripe.Account {
  const account = work.store.get('account', id);
  if (!account) throw noSuch('account', id, param);
  return account;
}

/** An account that may receive transfers. @throws {ApiError} resource_missing, insufficient_capabilities_for_transfer */
export function findPayableAccount(work: Work, id: string): Stripe.Account {
  const account = findAccount(work, id, 'destination');
  if (account.capabilities?.transfers === 'active') return account;
  throw refused(
    'Your destination account needs to have at least one of the following capabilities enabled: transfers.',
    'insufficient_capabilities_for_transfer',
  );
}

function change(work: Work, account: Stripe.Account): Stripe.Account {
  work.store.put('account', account);
  recordEvent(work, 'account.updated', account, {}, account.id);
  return account;
}

function requirementsOf(
  due: string[],
  disabled_reason: Stripe.Account.Requirements.DisabledReason | null,
): Stripe.Account.Requirements {
  return {
    alternatives: [],
    current_deadline: null,
    currently_due: due,
    disabled_reason,
    errors: [],
    eventually_due: due,
    past_due: due,
    pending_verification: [],
  };
}

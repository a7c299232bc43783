import type { Page } from '@hansa/testing/browser';
import { AccountsService, PublisherMember } from '#accounts';
import type { TestHub } from './harness.js';
import { A_PASSWORD } from './person.js';

/** Fills in and sends the form that a page shows to those who have to sign in. */
export async function signInOn(page: Page, email: string, { password = A_PASSWORD, code = '' } = {}): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  if (code !== '') await page.getByLabel('Code of your authenticator app').fill(code);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** A fresh operator, signed in to the console on `page`. Returns his account. */
export async function anOperatorOn(page: Page, hub: TestHub, email = 'op@hub.example') {
  const account = await hub.app.get(AccountsService, { strict: false }).createOperator(email, A_PASSWORD, 'test');
  await page.goto(`${hub.ground.config.hubUrl}/operate/overview`);
  await signInOn(page, email);
  await page.getByRole('heading', { level: 1, name: 'The hub today' }).waitFor();
  return account;
}

/** Makes an account an owner of a publisher. */
export async function anOwnerOf(hub: TestHub, publisherId: string, accountId: string): Promise<void> {
  const member = { publisherId, accountId, role: 'owner' as const, joinedAt: new Date() };
  await hub.database.dataSource.manager.insert(PublisherMember, member);
}

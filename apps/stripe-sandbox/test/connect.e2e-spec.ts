import type Stripe from 'stripe';
import { aSession, CARD, payByCard, submit, useSandbox } from './support/sandbox.js';

describe('connected accounts', () => {
  const sandbox = useSandbox();

  const anAccount = () =>
    sandbox.stripe.accounts.create({ type: 'express', email: 'dev@acme.test', metadata: { p: '1' } });
  const aLink = (account: string) =>
    sandbox.stripe.accountLinks.create({
      account,
      type: 'account_onboarding',
      refresh_url: 'http://hub.test/again',
      return_url: 'http://hub.test/back',
    });
  const fillIn = async (url: string) => {
    const answer = await submit(`${sandbox.url}${new URL(url).pathname}`, {});
    return [answer.status, answer.headers.get('location')];
  };
  const payable = async () => {
    const { id } = await anAccount();
    await fillIn((await aLink(id)).url);
    return id;
  };
  const earn = async () => {
    const { id } = await sandbox.stripe.checkout.sessions.create(aSession());
    await payByCard(sandbox.url, id, CARD);
  };

  it('may be paid once their owner has filled them in, by a link that works once', async () => {
    const { id } = await anAccount();
    expect(await sandbox.stripe.accounts.retrieve(id)).toMatchObject({
      details_submitted: false,
      payouts_enabled: false,
      capabilities: { transfers: 'inactive' },
      requirements: { disabled_reason: 'requirements.past_due' },
    });
    const { url } = await aLink(id);
    expect((await fetch(`${sandbox.url}${new URL(url).pathname}`)).status).toBe(200);
    expect(await fillIn(url)).toEqual([303, 'http://hub.test/back']);
    expect(await fillIn(url)).toEqual([303, 'http://hub.test/again']);
    expect(await sandbox.stripe.accounts.retrieve(id)).toMatchObject({
      payouts_enabled: true,
      capabilities: { transfers: 'active' },
      requirements: { currently_due: [], disabled_reason: null },
    });
    const [event] = (await sandbox.stripe.events.list({ type: 'account.updated' })).data;
    expect(event).toMatchObject({ account: id, data: { object: { id, payouts_enabled: true } } });
  });

  it('may be asked for everything again', async () => {
    const id = await payable();
    await fetch(`${sandbox.url}/sandbox/accounts/${id}/restrict`, { method: 'POST' });
    expect(await sandbox.stripe.accounts.retrieve(id)).toMatchObject({ payouts_enabled: false });
  });

  it('receive what the balance holds and no more, once per idempotency key', async () => {
    const { stripe } = sandbox;
    const destination = await payable();
    await earn();
    const { available } = (await stripe.balance.retrieve()) as Stripe.Balance;
    expect(available).toEqual([{ amount: 1_900 - 54, currency: 'eur' }]);
    const wanted = { amount: 1_000, currency: 'eur', destination, transfer_group: 'pay_1' };
    const first = await stripe.transfers.create(wanted, { idempotencyKey: 'pay_1' });
    expect((await stripe.transfers.create(wanted, { idempotencyKey: 'pay_1' })).id).toBe(first.id);
    expect(first).toMatchObject({ amount: 1_000, amount_reversed: 0, destination, transfer_group: 'pay_1' });
    await expect(stripe.transfers.create(wanted)).rejects.toMatchObject({ code: 'balance_insufficient' });
    expect((await stripe.transfers.list({ transfer_group: 'pay_1' })).data).toHaveLength(1);
    expect((await stripe.transfers.list({ transfer_group: 'pay_2' })).data).toEqual([]);
    expect((await stripe.balanceTransactions.list({ type: 'transfer' })).data).toMatchObject([{ net: -1_000 }]);
  });

  it('give back what is reversed, in parts and no more than they got', async () => {
    const { stripe } = sandbox;
    const destination = await payable();
    await earn();
    const { id } = await stripe.transfers.create({ amount: 1_000, currency: 'eur', destination });
    expect(await stripe.transfers.createReversal(id, { amount: 400 })).toMatchObject({ amount: 400, transfer: id });
    await expect(stripe.transfers.createReversal(id, { amount: 601 })).rejects.toThrow(/greater than unreversed/);
    await stripe.transfers.createReversal(id);
    expect(await stripe.transfers.retrieve(id)).toMatchObject({ amount_reversed: 1_000, reversed: true });
    expect((await stripe.transfers.listReversals(id)).data.map(({ amount }) => amount)).toEqual([600, 400]);
    await expect(stripe.transfers.createReversal(id)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('are refused as at Stripe', async () => {
    const { stripe } = sandbox;
    const { id } = await anAccount();
    const to = (destination: string) => stripe.transfers.create({ amount: 1, currency: 'eur', destination });
    await expect(to(id)).rejects.toMatchObject({ code: 'insufficient_capabilities_for_transfer' });
    await expect(to('acct_none')).rejects.toMatchObject({ code: 'resource_missing' });
    const destination = await payable();
    await expect(stripe.transfers.create({ amount: -1, currency: 'eur', destination })).rejects.toThrow(/from 1/);
    await expect(stripe.accounts.create({ type: 'custom' })).rejects.toMatchObject({ param: 'type' });
    await expect(aLink('acct_none')).rejects.toMatchObject({ code: 'resource_missing' });
    expect((await submit(`${sandbox.url}/setup/e/acl_none`, {})).status).toBe(404);
  });
});

import { until } from './shop.mjs';

const DAY_SECONDS = 24 * 3_600;

/**
 * The life of a subscription, told by what the shop knows of it: bought, renewed under a test clock, the renewal refunded, the
 * purchase refunded, the plugin off.
 */
export async function lifecycle(shop, stripe, tell) {
  await shop.signIn();
  const wanted = (await shop.paidProducts()).find(({ license_kind: kind }) => kind === 'subscription');
  if (!wanted) throw new Error('no plugin is sold by subscription');
  const { marketplace_id: id, name } = wanted;
  if (wanted.owned?.state === 'active')
    throw new Error(`${name} is subscribed to already. Start with a fresh DATA_DIR.`);
  tell(`signed in to the shop; ${name} ${wanted.version} is EUR ${wanted.price_eur} a period`);

  const { session_id: sessionId } = await shop.buy(wanted, tell);
  const plugin = await shop.untilRunning(id);
  const bought = await heldUntil(shop, id, () => true);
  tell(`${plugin.name} runs; subscribed until ${day(bought)}`);

  const { subscription } = await stripe.get(`/v1/checkout/sessions/${sessionId}`);
  const clock = await stripe.post(`/sandbox/subscriptions/${subscription}/test_clock`);
  const frozen = Math.floor(Date.parse(bought) / 1_000) + DAY_SECONDS;
  await stripe.post(`/v1/test_helpers/test_clocks/${clock.id}/advance`, { frozen_time: frozen });
  await until('the clock is ready', async () => {
    return (await stripe.get(`/v1/test_helpers/test_clocks/${clock.id}`)).status === 'ready';
  });
  tell(`test clock moved on to ${day(frozen * 1_000)}`);
  const renewed = await heldUntil(shop, id, (end) => end > bought);
  tell(`renewed: invoice.paid → license.renewed → the shop has it until ${day(renewed)}`);

  const [purchase, renewal] = await chargesOf(stripe, subscription);
  await stripe.post('/v1/refunds', { charge: renewal.id });
  tell(`the renewal is refunded (${euros(renewal)})`);
  const back = await heldUntil(shop, id, (end) => end < renewed);
  tell(`that period is taken back: until ${day(back)} again, and the plugin is ${(await shop.plugin(id)).state}`);

  await stripe.post('/v1/refunds', { charge: purchase.id });
  tell(`the purchase is refunded (${euros(purchase)})`);
  const off = await until('the plugin goes off', async () => {
    const now = await shop.plugin(id);
    return now.enabled === false && now.state !== 'running' && now;
  });
  const page = await shop.send('GET', `/plugins/${off.id}/`);
  tell(`the plugin is off: enabled ${off.enabled}, state ${off.state}, GET /plugins/${off.id}/ answers ${page.status}`);
  const { items } = await shop.ask('GET', '/admin/marketplace/licenses');
  tell(`the shop says why: “${items.find((license) => license.marketplace_id === id).words[0]}”`);
}

/** How far the shop's license goes, as soon as `isMeant` agrees (RFC 3339). */
async function heldUntil(shop, marketplaceId, isMeant) {
  return until('the shop hears of it', async () => {
    const { items } = await shop.ask('GET', '/admin/marketplace/licenses');
    const end = items.find((license) => license.marketplace_id === marketplaceId)?.updates_until;
    return end && isMeant(end) && end;
  });
}

/** Of a subscription: the purchase and the renewal. */
async function chargesOf(stripe, subscription) {
  const { customer } = await stripe.get(`/v1/subscriptions/${subscription}`);
  const { data } = await stripe.get(`/v1/charges?customer=${customer}&limit=100`);
  return data.toSorted((a, b) => a.created - b.created);
}

function day(time) {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}

function euros({ amount, currency }) {
  return `${currency.toUpperCase()} ${(amount / 100).toFixed(2)}`;
}

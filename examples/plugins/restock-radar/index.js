import { dayOf, daysUntil, forecast } from './forecast.js';
import { escape, page } from './page.js';

const PRODUCT = 'product/';
const KEPT_DAYS = 90;
const KEPT_ORDERS = 1_000;
const ORDER = { now: 0, soon: 1, fine: 2, unknown: 3 };

/** @param {import('@hansa/plugin-sdk').RegisterContext} context */
export async function register({ medusa, config }) {
  const { events, routes, storage } = medusa;
  const settings = { lead_time_days: 7, safety_days: 3, window_days: 28, ...config };
  const today = () => dayOf(Date.now());

  routes.get('/forecast', async () => ({ json: { items: await forecasts() } }));
  routes.get('/', async () => ({ html: showPage(await forecasts(), await products(), settings, today()) }));

  events.on('order.placed', async (order) => {
    if (!isId(order?.id) || !Array.isArray(order.items)) return;
    await storage.update('orders', async (seen = []) => {
      // The platform may tell of an order twice; it is counted once.
      if (seen.includes(order.id)) return seen;
      for (const item of order.items.slice(0, 500)) if (isId(item?.product_id) && item.quantity > 0) await count(item);
      return [...seen, order.id].slice(-KEPT_ORDERS);
    });
  });
  events.on('product.created', (product) => note(product));
  events.on('product.updated', (product) => note(product));
  events.on('product.deleted', async (product) => {
    if (isId(product?.id)) await storage.delete(PRODUCT + product.id);
  });

  function change(id, work) {
    return storage.update(PRODUCT + id, (known) => work(known ?? { id, title: id, stock: null, sales: {} }));
  }

  async function count({ product_id: id, quantity }) {
    const oldest = daysUntil(today(), KEPT_DAYS)[0];
    await change(id, (product) => {
      const kept = Object.entries(product.sales).filter(([day]) => day >= oldest);
      const sales = { ...Object.fromEntries(kept), [today()]: (product.sales[today()] ?? 0) + quantity };
      return { ...product, sales, stock: product.stock === null ? null : Math.max(product.stock - quantity, 0) };
    });
  }

  async function note(product) {
    if (!isId(product?.id)) return;
    const title = typeof product.title === 'string' ? { title: product.title.slice(0, 200) } : {};
    const stock = Number.isInteger(product.stock) ? { stock: product.stock } : {};
    await change(product.id, (known) => ({ ...known, ...title, ...stock }));
  }

  async function products() {
    return (await storage.list(PRODUCT)).map(({ value }) => value);
  }

  async function forecasts() {
    const all = (await products()).map((product) => forecast(product, settings, today()));
    return all.sort(
      (a, b) => ORDER[a.urgency] - ORDER[b.urgency] || (a.reorder_by ?? '9').localeCompare(b.reorder_by ?? '9'),
    );
  }
}

/** @param {import('@hansa/plugin-sdk').RegisterContext} context */
export async function health({ medusa }) {
  await medusa.storage.get('orders');
  return { ok: true };
}

function isId(value) {
  return typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value);
}

const WORDS = { now: 'Order now', soon: 'Order this week', fine: 'Enough', unknown: 'Stock unknown' };

function showPage(items, products, settings, today) {
  const sales = new Map(products.map((product) => [product.id, product.sales]));
  const days = daysUntil(today, settings.window_days);
  const rows = items.slice(0, 100).map(
    (item) => `<tr>
    <td>${escape(item.title)}</td><td class="wide">${sparkline(days.map((day) => sales.get(item.id)?.[day] ?? 0))}</td>
    <td class="number">${item.stock ?? '–'}</td><td class="number wide">${item.per_day}</td>
    <td class="nowrap">${escape(item.reorder_by ?? '–')}</td><td class="${item.urgency === 'now' ? 'bad' : item.urgency === 'fine' ? 'good' : ''}">${WORDS[item.urgency]}</td></tr>`,
  );
  const urgent = items.filter(({ urgency }) => urgency === 'now').length;
  const body = `
<div class="grid">
  <div class="card"><span class="figure">${urgent}</span>to order now</div>
  <div class="card"><span class="figure">${items.filter(({ urgency }) => urgency === 'soon').length}</span>to order this week</div>
  <div class="card"><span class="figure">${items.length}</span>products watched</div>
</div>
<section class="card"><h2>Forecast</h2>
${rows.length === 0 ? '<p class="soft">Products appear here with the first order or stock change.</p>' : `<table><thead><tr><th>Product</th><th class="wide">Last ${days.length} days</th><th class="number">Stock</th><th class="number wide">A day</th><th>Order by</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>`}
</section>
<p class="soft">Reckoned with ${escape(settings.lead_time_days)} days of delivery and ${escape(settings.safety_days)} days of safety.</p>`;
  return page({
    title: 'Restock Radar',
    lead: 'What sells, how long it lasts, and when to order more.',
    accent: ['#9a4b00', '#ffb469'],
    body,
  });
}

/** Sales by day as a line of 120 by 24. */
function sparkline(values) {
  const top = Math.max(...values, 1);
  const points = values.map(
    (value, i) => `${((i / (values.length - 1)) * 118 + 1).toFixed(1)},${(22 - (value / top) * 20).toFixed(1)}`,
  );
  const sum = values.reduce((a, b) => a + b, 0);
  return `<svg viewBox="0 0 120 24" width="120" height="24" role="img" aria-label="${sum} sold"><polyline points="${points.join(' ')}" fill="none" stroke="var(--accent)" stroke-width="2"/></svg>`;
}

import { escape, page } from './page.js';
import { checkProduct } from './rules.js';

const CHECKED = 'product/';

/** @param {import('@hansa/plugin-sdk').RegisterContext} context */
export async function register({ medusa, config }) {
  const { storage, routes, events } = medusa;
  const options = { brand: config.brand };

  routes.post('/check', async (request) => {
    const product = request.json();
    if (!isProduct(product))
      return {
        status: 400,
        json: { type: 'invalid_data', message: 'Send title, description or handle as text.', code: 'PRODUCT_INVALID' },
      };
    const result = checkProduct(product, options);
    if (typeof product.id === 'string') await remember(product);
    return { json: result };
  });
  routes.get('/report', async () => ({ json: { items: await weakestFirst() } }));
  routes.get('/', async () => ({ html: showPage(await weakestFirst(), options, config.minimum_score ?? 70) }));

  events.on('product.*', async (product, name) => {
    if (!isProduct(product) || typeof product.id !== 'string') return;
    if (name === 'product.deleted') await storage.delete(CHECKED + keyOf(product.id));
    else await remember(product);
  });

  async function remember(product) {
    const { score, findings } = checkProduct(product, options);
    const title = String(product.title ?? '').slice(0, 200);
    await storage.set(CHECKED + keyOf(product.id), {
      id: product.id.slice(0, 100),
      title,
      score,
      advice: findings[0]?.message ?? null,
    });
  }

  async function weakestFirst() {
    const entries = await storage.list(CHECKED);
    return entries.map(({ value }) => value).sort((a, b) => a.score - b.score);
  }
}

/** @param {import('@hansa/plugin-sdk').RegisterContext} context */
export async function health({ medusa }) {
  await medusa.storage.list(CHECKED);
  return { ok: true };
}

/** @param {import('@hansa/plugin-sdk').HookContext} context */
export async function uninstall({ medusa, keepData }) {
  if (keepData) return;
  for (const { key } of await medusa.storage.list(CHECKED)) await medusa.storage.delete(key);
}

function isProduct(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return ['title', 'description', 'handle'].every(
    (name) => value[name] === undefined || typeof value[name] === 'string',
  );
}

function keyOf(id) {
  return encodeURIComponent(id)
    .replaceAll('%', ':')
    .replace(/[^\w.:-]/g, '-')
    .slice(0, 150);
}

function showPage(checked, options, minimum) {
  const weak = checked.filter(({ score }) => score < minimum);
  const mean =
    checked.length === 0 ? '–' : Math.round(checked.reduce((sum, { score }) => sum + score, 0) / checked.length);
  const rows = checked.slice(0, 50).map(
    ({ title, score, advice }) => `<tr>
    <td>${escape(title)}</td><td class="number ${score < minimum ? 'bad' : 'good'}">${score}</td><td>${escape(advice ?? 'Nothing to improve.')}</td></tr>`,
  );
  const body = `
<div class="grid">
  <div class="card"><span class="figure">${checked.length}</span>products checked</div>
  <div class="card"><span class="figure">${mean}</span>mean score</div>
  <div class="card"><span class="figure">${weak.length}</span>below ${escape(minimum)}</div>
</div>
<section class="card">
  <h2>Try a text</h2>
  <label for="title">Title</label><input id="title" value="Oak dining table for six people">
  <label for="description">Description</label>
  <textarea id="description" rows="4">A dining table of solid oak for six people, oiled by hand and delivered in one piece.</textarea>
  <label for="handle">Address</label><input id="handle" value="oak-dining-table">
  <p><span class="figure" id="score" role="status">–</span></p>
  <ul id="findings"></ul>
</section>
<section class="card">
  <h2>Products, weakest first</h2>
  ${rows.length === 0 ? '<p class="soft">Products appear here when they are created or changed.</p>' : `<table><thead><tr><th>Product</th><th class="number">Score</th><th>Do this first</th></tr></thead><tbody>${rows.join('')}</tbody></table>`}
</section>
<script>
  const checkProduct = ${checkProduct.toString()};
  const options = ${JSON.stringify(options).replaceAll('<', '\\u003c')};
  const field = (id) => document.getElementById(id);
  function show() {
    const { score, findings } = checkProduct({ title: field('title').value, description: field('description').value, handle: field('handle').value }, options);
    field('score').textContent = score + ' of 100';
    field('findings').replaceChildren(...findings.map(({ message, lost }) => Object.assign(document.createElement('li'), { textContent: '−' + lost + ': ' + message })));
  }
  document.addEventListener('input', show);
  show();
</script>`;
  return page({
    title: 'SEO Essentials',
    lead: 'What search engines and shoppers see of your products.',
    accent: ['#0f766e', '#5fd3c4'],
    body,
  });
}

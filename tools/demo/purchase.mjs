/** Buys the first plugin that is sold once and shows it running; shows it again when it is bought already. */
export async function purchase(shop, tell) {
  await shop.signIn();
  tell(`signed in to the shop as ${shop.admin.email}`);
  const products = (await shop.paidProducts()).filter(({ license_kind: kind }) => kind === 'one_time');
  const wanted = products.find(({ owned }) => owned === null);
  if (!wanted) return showInstalled(shop, products[0], tell);
  tell(`found ${wanted.name} ${wanted.version} for EUR ${wanted.price_eur} among the paid plugins`);

  const refused = await shop.send('POST', '/admin/plugins/install', { marketplace_id: wanted.marketplace_id });
  tell(`asked to install it: ${refused.status} ${(await refused.json()).code}`);
  await shop.buy(wanted, tell);
  const plugin = await shop.untilRunning(wanted.marketplace_id);
  tell(`${plugin.name} ${plugin.version} is installed: Stripe event → license → signed webhook → verified → running`);
  await showInstalled(shop, wanted, tell);
}

async function showInstalled(shop, { manifest: { id } }, tell) {
  const response = await shop.send('GET', `/plugins/${id}/`);
  const page = await response.text();
  if (!response.ok) throw new Error(`the plugin answered ${response.status}: ${page}`);
  const title = /<title>(.*?)<\/title>/s.exec(page)?.[1] ?? page.slice(0, 60);
  tell(`GET /plugins/${id}/ answers ${response.status}, ${page.length} characters: “${title}”`);
}

import { marketplaceId } from './lib/catalog.mjs';
import { compareWithRaw } from './lib/load.mjs';

const IDS = 50;

/** `updates` with 50 ids against raw `node:http` sending the same bytes. */
export async function run({ hub, seconds }) {
  const versions = Object.fromEntries(Array.from({ length: IDS }, (_, index) => [marketplaceId(index), '1.0.0']));
  const headers = { 'x-publishable-api-key': hub.key, 'x-request-id': 'abcdefgh12345678' };
  const url = `${hub.url}/store/marketplace/updates`;
  const get = { url: `${url}?versions=${encodeURIComponent(JSON.stringify(versions))}`, headers };
  const post = {
    url,
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ versions }),
  };
  return [
    { name: `updates of ${IDS} ids, GET`, bar: 0.35, ...(await compareWithRaw(get, seconds)) },
    { name: `updates of ${IDS} ids, POST`, bar: 0.35, ...(await compareWithRaw(post, seconds)) },
  ];
}

import { compareWithRaw, exchange } from './lib/load.mjs';

/** A feed page of 20 with key and limiter on, whole and as 304, against raw `node:http` sending the same bytes. */
export async function run({ hub, seconds }) {
  const target = {
    url: `${hub.url}/store/marketplace/feed?per_page=20`,
    headers: { 'x-publishable-api-key': hub.key, 'x-request-id': 'abcdefgh12345678' },
  };
  const { headers } = await exchange(target);
  const known = { ...target, headers: { ...target.headers, 'if-none-match': headers.etag } };
  const compressed = { ...target, headers: { ...target.headers, 'accept-encoding': 'gzip' } };
  return [
    { name: 'feed page of 20', bar: 0.6, ...(await compareWithRaw(target, seconds)) },
    { name: 'feed page of 20, gzip', bar: 0.6, ...(await compareWithRaw(compressed, seconds)) },
    { name: 'feed page of 20, 304', bar: 0.6, ...(await compareWithRaw(known, seconds)) },
  ];
}

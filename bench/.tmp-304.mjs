import 'reflect-metadata';
import { startHub } from './.tmp-hub.mjs';
import { exchange, rate } from './lib/load.mjs';
const hub = await startHub({ packages: 500, releases: 1500 });
try {
  const target = {
    url: `${hub.url}/store/marketplace/feed?per_page=20`,
    headers: { 'x-publishable-api-key': hub.key, 'x-request-id': 'abcdefgh12345678' },
  };
  const { headers, status, body } = await exchange(target);
  const known = { ...target, headers: { ...target.headers, 'if-none-match': headers.etag } };
  await rate(known, 1, 304);
  console.log('304', await rate(known, 4, 304));
} finally {
  await hub.stop();
}

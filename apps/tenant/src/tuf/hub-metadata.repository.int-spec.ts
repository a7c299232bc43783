import { useTestDatabase } from '#test';
import { HubMetadataFile } from './hub-metadata-tables.entity.js';
import { keepVerified } from './hub-metadata.repository.js';

const HUB = 'https://hub.example';
const file = (version: number, text: string) => ({ name: 'timestamp.json', version, body: Buffer.from(text) });

describe('what was verified of the hub’s metadata', () => {
  const database = useTestDatabase();
  const keep = (rootVersion: number, version: number, text: string) =>
    database.dataSource.transaction((tx) => keepVerified(tx, HUB, rootVersion, [file(version, text)]));
  const kept = async () => {
    const { body } = await database.dataSource.manager.findOneByOrFail(HubMetadataFile, { name: 'timestamp.json' });
    return body.toString();
  };

  it('only moves forward, also when an older look-up ends last', async () => {
    await keep(1, 7, 'newer');
    await keep(1, 6, 'older');
    expect(await kept()).toBe('newer');
    await keep(1, 8, 'newest');
    expect(await kept()).toBe('newest');
  });

  it('begins versions again under a newer root, and never goes back to an older one', async () => {
    await keep(1, 7, 'by the old key');
    await keep(2, 1, 'by the new key');
    expect(await kept()).toBe('by the new key');
    await keep(1, 99, 'by the old key');
    expect(await kept()).toBe('by the new key');
  });
});

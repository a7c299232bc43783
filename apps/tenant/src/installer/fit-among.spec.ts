import { dependentsOf, misfitOf, type Neighbor } from './fit-among.js';

const neighbor = (marketplaceId: string, version: string, manifest: Neighbor['manifest'] = {}): Neighbor => ({
  marketplaceId,
  version,
  manifest,
});
const A = '@x/a';
const B = '@x/b';

describe(misfitOf, () => {
  it.each<[string, Neighbor, Neighbor[], string | null]>([
    ['nothing to fit', neighbor(A, '1.0.0'), [neighbor(B, '1.0.0')], null],
    [
      'a dependency that is there',
      neighbor(A, '1.0.0', { dependencies: { [B]: '^1.2.0' } }),
      [neighbor(B, '1.3.0')],
      null,
    ],
    ['a dependency that is not there', neighbor(A, '1.0.0', { dependencies: { [B]: '*' } }), [], 'DEPENDENCY_MISSING'],
    [
      'one that is too old',
      neighbor(A, '1.0.0', { dependencies: { [B]: '^1.2.0' } }),
      [neighbor(B, '1.1.9')],
      'DEPENDENCY_MISSING',
    ],
    [
      'one that is too new',
      neighbor(A, '1.0.0', { dependencies: { [B]: '^1.2.0' } }),
      [neighbor(B, '2.0.0')],
      'DEPENDENCY_MISSING',
    ],
    [
      'a pre-release in the range',
      neighbor(A, '1.0.0', { dependencies: { [B]: '>=1.0.0' } }),
      [neighbor(B, '2.0.0-beta.1')],
      null,
    ],
    ['a conflict', neighbor(A, '1.0.0', { conflicts: { [B]: '<2.0.0' } }), [neighbor(B, '1.0.0')], 'CONFLICT'],
    ['a conflict that is over', neighbor(A, '1.0.0', { conflicts: { [B]: '<2.0.0' } }), [neighbor(B, '2.0.0')], null],
    [
      'a conflict the other declares',
      neighbor(A, '1.0.0'),
      [neighbor(B, '1.0.0', { conflicts: { [A]: '1.x' } })],
      'CONFLICT',
    ],
    [
      'a version others cannot use',
      neighbor(A, '2.0.0'),
      [neighbor(B, '1.0.0', { dependencies: { [A]: '^1.0.0' } })],
      'NEEDED_BY_OTHERS',
    ],
    ['itself as it was', neighbor(A, '2.0.0', { conflicts: { [A]: '*' } }), [neighbor(A, '1.0.0')], null],
  ])('judges %s', (_, release, installed, code) => {
    expect(misfitOf(release, installed)?.code ?? null).toBe(code);
  });
});

describe(dependentsOf, () => {
  it('names who would miss a plugin', () => {
    const installed = [neighbor(A, '1.0.0'), neighbor(B, '1.0.0', { dependencies: { [A]: '*' } })];
    expect([dependentsOf(A, installed), dependentsOf(B, installed)]).toEqual([[B], []]);
  });
});

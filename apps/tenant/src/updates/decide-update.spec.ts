import { bucketOf, decideUpdate, mayBeAskedFor, type UpdateCandidate, type UpdateFacts } from './decide-update.js';
import { DEFAULT_POLICY, type UpdatePolicy } from './update-policy.js';

const NOW = new Date('2030-01-03T00:00:00Z');
const INSTANCE = 'inst_01ARZ3NDEKTSV4RRFFQ69G5FAV';
const YOUNG = new Date('2030-01-02T00:00:01Z');
const BUCKET = bucketOf(INSTANCE, '@a/b', '1.3.0', 's');

function decide(
  candidate: Partial<UpdateCandidate> = {},
  policy: Partial<UpdatePolicy> = {},
  more: Partial<UpdateFacts> = {},
) {
  return decideUpdate({
    marketplaceId: '@a/b',
    current: '1.2.3',
    candidate: {
      version: '1.3.0',
      publishedAt: new Date('2030-01-02T00:00:00Z'),
      channel: 'stable',
      security: false,
      newFlaw: null,
      breaking: false,
      rollout: null,
      ...candidate,
    },
    policy: { ...DEFAULT_POLICY, ...policy },
    instanceId: INSTANCE,
    pastFailure: null,
    license: null,
    staleSince: null,
    windowOpensAt: null,
    now: NOW,
    ...more,
  });
}
const past = (kind: 'failed' | 'taken_back', code: string, at: Date) => ({
  pastFailure: { kind, code, message: 'no disk', at },
});

const OUT = new Date('2030-01-02T00:00:00Z');
const held = (state: 'active' | 'grace' | 'stopped', updatesUntil: Date | null = null) => ({
  license: { state, updatesUntil },
});

describe(decideUpdate, () => {
  it.each<[string, ReturnType<typeof decide>, string]>([
    ['one its license covers to the second', decide({}, {}, held('active', OUT)), 'automatic ALLOWED'],
    ['one its license covers for ever', decide({}, {}, held('active')), 'automatic ALLOWED'],
    ['one a second too late', decide({}, {}, held('active', new Date(OUT.getTime() - 1_000))), 'hold UPDATES_ENDED'],
    ['one of unknown age', decide({ publishedAt: null }, {}, held('active', new Date(0))), 'hold AGE_UNKNOWN'],
    ['one whose license is in its grace', decide({}, {}, held('grace')), 'hold LICENSE_NOT_VALID'],
    ['one whose license is over', decide({}, {}, held('stopped')), 'hold LICENSE_NOT_VALID'],
  ])('holds %s to the license', (_, { verdict, code }, expected) => {
    expect(`${verdict} ${code}`).toBe(expected);
  });

  it.each<[string, ReturnType<typeof decide>, string]>([
    ['a patch', decide({ version: '1.2.4' }), 'automatic ALLOWED'],
    ['a minor step that is a day old to the second', decide(), 'automatic ALLOWED'],
    ['a minor step a second younger', decide({ publishedAt: YOUNG }), 'hold TOO_YOUNG'],
    ['a release from the future', decide({ publishedAt: new Date('2040-01-01') }), 'hold TOO_YOUNG'],
    ['a release of unknown age', decide({ publishedAt: null }), 'hold AGE_UNKNOWN'],
    ['one with a flaw that this one has not', decide({ newFlaw: 'Reads files.' }), 'ask KNOWN_FLAW'],
    ['a young one without a cool-down', decide({ publishedAt: YOUNG }, { cooldown_hours: 0 }), 'automatic ALLOWED'],
    [
      'a young one of an exempt publisher',
      decide({ publishedAt: YOUNG }, { cooldown_exempt: ['@a'] }),
      'automatic ALLOWED',
    ],
    ['a young one of another', decide({ publishedAt: YOUNG }, { cooldown_exempt: ['@ab'] }), 'hold TOO_YOUNG'],
    ['a young security fix', decide({ publishedAt: YOUNG, security: true }), 'automatic ALLOWED'],
    [
      'a young security fix where that counts for nothing',
      decide({ publishedAt: YOUNG, security: true }, { security_skips_cooldown: false }),
      'hold TOO_YOUNG',
    ],
    [
      'a young security fix whose manifest says otherwise',
      decide({ publishedAt: YOUNG, security: true }, {}, past('failed', 'NOT_A_SECURITY_FIX', new Date(0))),
      'hold TOO_YOUNG',
    ],
    ['a major step', decide({ version: '2.0.0' }), 'ask MAJOR_STEP'],
    ['what the hub calls breaking', decide({ breaking: true }), 'ask MAJOR_STEP'],
    ['a major security fix', decide({ version: '2.0.0', security: true, publishedAt: YOUNG }), 'ask MAJOR_STEP'],
    ['a pin it keeps to', decide({}, { pins: [{ marketplace_id: '@a/b', range: '1.x' }] }), 'automatic ALLOWED'],
    ['a pin it breaks', decide({}, { pins: [{ marketplace_id: '@a/b', range: '~1.2.0' }] }), 'hold PINNED'],
    [
      'a pin of another package',
      decide({}, { pins: [{ marketplace_id: '@a/c', range: '~1.2.0' }] }),
      'automatic ALLOWED',
    ],
    ['a beta on stable', decide({ channel: 'beta' }), 'hold OTHER_CHANNEL'],
    ['a beta on alpha', decide({ channel: 'beta' }, { channel: 'alpha' }), 'automatic ALLOWED'],
    ['a package that is allowed', decide({}, { allow_list: ['@a/b'] }), 'automatic ALLOWED'],
    ['a publisher that is allowed', decide({}, { allow_list: ['@a'] }), 'automatic ALLOWED'],
    ['a package that is not allowed', decide({}, { allow_list: ['@a/bb'] }), 'ask NOT_ON_ALLOW_LIST'],
    ['an empty allow-list', decide({}, { allow_list: [] }), 'ask NOT_ON_ALLOW_LIST'],
    [
      'a rollout that ends before this shop',
      decide({ rollout: { percent: BUCKET, seed: 's' } }),
      'hold ROLLOUT_NOT_HERE',
    ],
    ['a rollout that reaches it', decide({ rollout: { percent: BUCKET + 1, seed: 's' } }), 'automatic ALLOWED'],
    [
      'a security fix whose rollout is stopped',
      decide({ security: true, rollout: { percent: 0, seed: 's' } }),
      'hold ROLLOUT_NOT_HERE',
    ],
    ['a closed window', decide({}, {}, { windowOpensAt: new Date('2030-01-04') }), 'hold WINDOW_CLOSED'],
    ['an old answer of the hub', decide({}, {}, { staleSince: new Date('2030-01-02') }), 'hold HUB_AWAY'],
    [
      'what was taken back here long ago',
      decide({}, {}, past('taken_back', 'PLUGIN_UNHEALTHY', new Date(0))),
      'ask TAKEN_BACK_BEFORE',
    ],
    [
      'what failed within a day',
      decide({}, {}, past('failed', 'DOWNLOAD_FAILED', new Date('2030-01-02T00:00:01Z'))),
      'hold FAILED_RECENTLY',
    ],
    [
      'what failed a day ago',
      decide({}, {}, past('failed', 'DOWNLOAD_FAILED', new Date('2030-01-02T00:00:00Z'))),
      'automatic ALLOWED',
    ],
  ])('decides about %s', (_, { verdict, code }, expected) => {
    expect(`${verdict} ${code}`).toBe(expected);
  });

  it('says why, and until when', () => {
    expect(decide({ publishedAt: YOUNG })).toEqual({
      verdict: 'hold',
      code: 'TOO_YOUNG',
      reason: 'Held back because it has been out for less than 24 hours.',
      until: '2030-01-03T00:00:01.000Z',
      needs_security_proof: false,
    });
    const { reason } = decide({}, {}, past('taken_back', 'PLUGIN_UNHEALTHY', NOW));
    expect(reason).toContain('taken back (PLUGIN_UNHEALTHY: no disk)');
    const chosen = decide({}, {}, past('taken_back', 'BY_ADMIN', NOW));
    expect(chosen).toMatchObject({
      code: 'TAKEN_BACK_BEFORE',
      reason: 'Held back until an admin decides because an admin went back from 1.3.0 before.',
    });
  });

  it('asks for proof exactly when the word of the hub opened the way', () => {
    expect(decide({ publishedAt: YOUNG, security: true }).needs_security_proof).toBe(true);
    expect(decide({ security: true }).needs_security_proof).toBe(false);
    expect(decide({ publishedAt: YOUNG, security: true }, { cooldown_exempt: ['@a'] }).needs_security_proof).toBe(
      false,
    );
  });
});

describe(mayBeAskedFor, () => {
  it('passes over what is only a matter of time, and over a major step when told to', () => {
    expect(mayBeAskedFor(decide({ publishedAt: YOUNG }, { allow_list: [] }), false)).toBe(true);
    expect(mayBeAskedFor(decide({ version: '2.0.0' }), false)).toBe(false);
    expect(mayBeAskedFor(decide({ version: '2.0.0' }), true)).toBe(true);
    expect(mayBeAskedFor(decide({}, {}, held('active', new Date(0))), true)).toBe(false);
    expect(mayBeAskedFor(decide({}, { pins: [{ marketplace_id: '@a/b', range: '1.2.x' }] }), true)).toBe(false);
  });
});

describe(bucketOf, () => {
  it('spreads shops evenly, and gives a shop another place for each package and version', () => {
    const reached = (version: string) =>
      Array.from({ length: 2_000 }, (_, i) => bucketOf(`inst_${i}`, '@a/b', version, 's') < 10);
    const first = reached('1.0.0');
    const second = reached('1.1.0');
    const share = first.filter(Boolean).length / first.length;
    expect(share).toBeGreaterThan(0.07);
    expect(share).toBeLessThan(0.13);
    const both = first.filter((is, i) => is && second[i]).length;
    expect(both).toBeLessThan(60);
  });
});

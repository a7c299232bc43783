import { canonicalFeedQuery } from './feed-query.js';

describe('canonicalFeedQuery', () => {
  it('is one form for all spellings of a question', () => {
    const forms = [
      {},
      { page: 1 },
      { per_page: 20 },
      { limit: 20, offset: 0 },
      { search: '  ' },
      { sort: 'newest' as const, channel: 'stable' as const },
    ];
    expect(new Set(forms.map((form) => JSON.stringify(canonicalFeedQuery(form)))).size).toBe(1);
  });

  it('lets pages win over offsets', () => {
    expect(canonicalFeedQuery({ page: 3, per_page: 10, limit: 50, offset: 7 })).toMatchObject({
      limit: 10,
      offset: 20,
    });
    expect(canonicalFeedQuery({ page: 2, limit: 50 })).toMatchObject({ limit: 50, offset: 50 });
  });

  it('takes words from a search and nothing that could be an operator', () => {
    expect(canonicalFeedQuery({ search: "Tax:* & !(café | 'x')" })).toMatchObject({
      words: ['tax', 'café', 'x'],
      sort: 'relevance',
    });
    expect(canonicalFeedQuery({ search: 'a '.repeat(100) }).words).toHaveLength(10);
    expect(canonicalFeedQuery({ search: '&&' })).toMatchObject({ words: [] });
  });
});

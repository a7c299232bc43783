import { readComposerJson } from './composer-json.js';

const read = (value: unknown) => readComposerJson(JSON.stringify(value));

describe('readComposerJson', () => {
  it('keeps what a repository repeats and nothing else', () => {
    const verdict = read({
      name: 'acme/seo',
      version: '1.0.0',
      description: 'Finds things',
      license: 'MIT',
      require: { php: '>=8.1' },
      autoload: { 'psr-4': { 'Acme\\Seo\\': 'src/' } },
      repositories: [{ type: 'composer', url: 'https://evil.example' }],
      dist: { url: 'https://evil.example/x.zip' },
      scripts: { 'post-install-cmd': 'rm -rf /' },
      suggest: [],
    });
    expect(verdict).toEqual({
      ok: true,
      json: {
        name: 'acme/seo',
        version: '1.0.0',
        description: 'Finds things',
        metadata: {
          description: 'Finds things',
          license: ['MIT'],
          require: { php: '>=8.1' },
          autoload: { 'psr-4': { 'Acme\\Seo\\': 'src/' } },
          type: 'library',
        },
      },
    });
  });

  it.each([
    ['{', 'NOT_JSON'],
    ['[]', 'NOT_JSON'],
    ['{"name":"a/b","description":"\\u0000"}', 'NOT_JSON'],
    ['{"name":"a/b","description":"\\ud800"}', 'NOT_JSON'],
    ['{"name":"Acme/Seo"}', 'NAME_INVALID'],
    ['{"name":"../../x"}', 'NAME_INVALID'],
    ['{"name":7}', 'NAME_INVALID'],
    ['{"name":"a/b","require":["php"]}', 'FIELD_INVALID'],
    ['{"name":"a/b","require":{"php":8}}', 'FIELD_INVALID'],
    ['{"name":"a/b","version":1}', 'FIELD_INVALID'],
  ])('refuses %s', (text, reason) => expect(readComposerJson(text)).toMatchObject({ ok: false, reason }));

  it('is not fooled by __proto__', () => {
    const verdict = readComposerJson('{"name":"a/b","__proto__":{"require":{"evil/x":"*"}}}');
    expect(verdict).toMatchObject({ ok: true, json: { metadata: { type: 'library' } } });
    expect((verdict as { json: { metadata: object } }).json.metadata).not.toHaveProperty('require');
  });
});

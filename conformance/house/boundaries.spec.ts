import { execFileSync } from 'node:child_process';

/** File in whose place the text is linted, the text, and words of the rule that must speak. */
const WRONG_IMPORTS = [
  ['apps/central/src/catalog/index.ts', `import '#console';`, 'catalog/ imports only from layers below'],
  ['apps/central/src/catalog/index.ts', `import '#licenses';`, 'catalog/ imports only from layers below'],
  ['apps/central/src/licenses/index.ts', `import '#releases';`, 'licenses/ imports only from layers below'],
  ['apps/central/src/licenses/index.ts', `import '../catalog/index.js';`, 'never by a path upwards'],
  ['apps/central/src/licenses/index.ts', `import '#catalog/package.entity';`, 'Only index.ts of a feature is public'],
  ['apps/central/src/licenses/index.ts', `import '@hansa/tenant';`, 'talked to over HTTP'],
  ['apps/tenant/src/feed/index.ts', `import 'undici';`, 'Only egress/ opens connections'],
  ['apps/tenant/src/feed/index.ts', `import 'node:https';`, 'Only egress/ opens connections'],
  ['apps/tenant/src/feed/index.ts', `await fetch('https://example.com');`, 'Only egress/ opens connections'],
  ['libs/trust/src/index.ts', `import '@nestjs/common';`, 'trust is pure'],
  ['libs/archive/src/index.ts', `import 'node:http';`, 'archive is pure'],
  ['libs/contracts/src/index.ts', `import '@hansa/platform';`, 'libs/contracts may import'],
  ['libs/trust/src/index.ts', `export const home = process.env['HOME'];`, 'The environment is read once'],
] as const;

const LINT = `
  import { ESLint } from 'eslint';
  const eslint = new ESLint({ cache: false });
  const results = [];
  for (const [filePath, text] of JSON.parse(process.argv[1])) {
    const [{ messages }] = await eslint.lintText(text, { filePath });
    results.push(messages.map(({ message }) => message).join('\\n'));
  }
  process.stdout.write(JSON.stringify(results));
`;

describe('the layers of the house', () => {
  const complaints: string[] = [];

  beforeAll(() => {
    const args = ['--input-type=module', '-e', LINT, JSON.stringify(WRONG_IMPORTS.map(([file, text]) => [file, text]))];
    complaints.push(...(JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as string[]));
  }, 120_000);

  it.each(WRONG_IMPORTS.map(([file, text, words], index) => ({ file, text, words, index })))(
    'refuse $text in $file',
    ({ words, index }) => {
      expect(complaints[index]).toContain(words);
    },
  );
});

/** Compares the house with its tables: every feature folder has a layer, every library a rule, every lock file no download address. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { LAYERS, LIBRARIES } from './boundaries.mjs';

const problems = [];

for (const [app, layers] of Object.entries(LAYERS)) {
  const known = new Set(layers.flat());
  const manifest = JSON.parse(readFileSync(`apps/${app}/package.json`, 'utf8'));
  for (const { name } of folders(`apps/${app}/src`)) {
    if (!known.has(name)) problems.push(`apps/${app}/src/${name} has no layer in tools/boundaries.mjs`);
    if (!existsSync(`apps/${app}/src/${name}/index.ts`))
      problems.push(`apps/${app}/src/${name} has no public surface (index.ts)`);
    if (!(`#${name}` in manifest.imports)) problems.push(`apps/${app}/package.json does not map #${name}`);
  }
  for (const name of Object.keys(manifest.imports)) {
    const feature = name.slice(1);
    if (name !== '#test' && !existsSync(`apps/${app}/src/${feature}/index.ts`))
      problems.push(`apps/${app}/package.json maps ${name}, which does not exist`);
  }
}
for (const { name } of folders('libs')) {
  if (!(name in LIBRARIES)) problems.push(`libs/${name} has no rule in tools/boundaries.mjs`);
}
if (/(tarball|resolved)['"]?:\s*['"]?https?:/.test(readFileSync('pnpm-lock.yaml', 'utf8')))
  problems.push('pnpm-lock.yaml carries download addresses');

if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}

function folders(path) {
  return readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
}

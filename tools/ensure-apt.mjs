/**
 * `node tools/ensure-apt.mjs composer=composer php=php-cli …`: makes sure that each command is on the PATH, installing the Debian
 * package behind it when it is not and that is possible. `php:zip=php-zip` asks for an extension of PHP. Ends with 0 when all
 * are there; else with 1 and one line that says what is missing.
 */
import { spawnSync } from 'node:child_process';

const wanted = process.argv.slice(2).map((pair) => pair.split('='));
const missing = () => wanted.filter(([command]) => !isThere(command));

if (missing().length > 0 && process.getuid?.() === 0 && isThere('apt-get')) install(missing().map(([, name]) => name));
const left = missing();
if (left.length > 0) {
  process.stderr.write(`missing: ${left.map(([command, name]) => `${command} (Debian package ${name})`).join(', ')}\n`);
  process.exit(1);
}

function isThere(command) {
  const [program, extension] = command.split(':');
  if (extension === undefined) return run('sh', ['-c', `command -v ${program}`]);
  return run(program, ['-r', `exit(extension_loaded('${extension}') ? 0 : 1);`]);
}

function install(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-q'], env);
  run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], env);
}

function run(command, args, env = process.env) {
  return spawnSync(command, args, { stdio: 'ignore', env, timeout: 300_000 }).status === 0;
}

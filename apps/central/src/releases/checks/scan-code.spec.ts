import { scanCode, scanInstallScripts } from './scan-code.js';

describe('scanCode', () => {
  it.each([
    ['eval("1")', 'runs text as code'],
    ['const f = new Function("return 1")', 'runs text as code'],
    ["import { exec } from 'node:child_process';", 'starts other programs'],
    ['require("child_process")', 'starts other programs'],
    ["await import('node:vm')", 'runs text as code in another context'],
    ["import net from 'node:net'", 'opens connections by itself'],
    ['var _0x3f2a1b = 1', 'cannot be read by people'],
    [`const s = "${'\\x41'.repeat(20)}"`, 'cannot be read by people'],
    ['x'.repeat(20_001), 'cannot be read by people'],
  ])('finds %s', (code, message) => {
    expect(scanCode('a.js', code)).toEqual([expect.objectContaining({ check: 'static-scan', message, file: 'a.js' })]);
  });

  it.each([
    'const evaluation = retrieval(1);',
    'const color = 0xff00ff;',
    "import { join } from 'node:path';",
    '"\\x41\\x42"',
  ])('finds nothing in %s', (code) => expect(scanCode('a.js', code)).toEqual([]));
});

describe('scanInstallScripts', () => {
  it.each([null, {}, { scripts: 'x' }, { scripts: { test: 'jest' } }])('finds nothing in %j', (json) => {
    expect(scanInstallScripts(json)).toEqual([]);
  });

  it('finds each script an installation would run', () => {
    expect(scanInstallScripts({ scripts: { install: 'x', postinstall: 'y' } })).toHaveLength(2);
  });
});

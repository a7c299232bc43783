import { readdirSync, existsSync } from 'node:fs';
import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { IMPURE, LAYERS, LIBRARIES, NETWORK, WEB_APPS } from './tools/boundaries.mjs';

const ENVIRONMENT_RULE = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'The environment is read once, in config/. Take the value from the configuration.',
};

const NETWORK_RULE = 'Only egress/ opens connections: every request that leaves a shop is in its ledger.';
const NETWORK_GLOBALS = { name: 'fetch', message: NETWORK_RULE };

/** Import rules are one option each, so everything a file may not import is put together here. */
function imports(...patterns) {
  return { 'no-restricted-imports': ['error', { patterns: [...patterns] }] };
}

const ELSEWHERE = [
  { regex: '^\\.\\./', message: 'Another feature is imported by its #name, never by a path upwards.' },
  { regex: '^#[^/]+/', message: 'Only index.ts of a feature is public: import it by its #name alone.' },
  { regex: `^@hansa/(${readdirSync('apps').join('|')})$`, message: 'Another app is talked to over HTTP.' },
];

/** One entry a feature: it may import the public surface of features in lower layers, and nothing else of the app. */
function featureRules(app, layers) {
  const all = layers.flat();
  return layers.flatMap((features, height) => {
    const below = layers.slice(0, height).flat();
    return features
      .filter((feature) => existsSync(`apps/${app}/src/${feature}`))
      .map((feature) => ({
        files: [`apps/${app}/src/${feature}/**/*.ts`],
        ignores: ['**/*.spec.ts', '**/*.int-spec.ts'],
        rules: {
          ...(app === 'tenant' && feature !== 'egress' ? { 'no-restricted-globals': ['error', NETWORK_GLOBALS] } : {}),
          ...imports(
            ...ELSEWHERE,
            ...(app === 'tenant' && feature !== 'egress' ? [{ group: NETWORK, message: NETWORK_RULE }] : []),
            {
              // A regular expression: in `group`, whose syntax is gitignore's, a leading # starts a comment.
              regex: `^#(${[...all.filter((name) => !below.includes(name)), 'test'].join('|')})$`,
              message: `${feature}/ imports only from layers below its own (tools/boundaries.mjs).`,
            },
          ),
        },
      }));
  });
}

/** What runs in browsers knows no Node and no server. */
function webRules() {
  const libraries = Object.keys(LIBRARIES);
  const server = { group: ['node:*', '@nestjs/*', 'typeorm', 'fastify'], message: 'Screens run in browsers.' };
  const types = {
    group: ['@hansa/contracts'],
    allowTypeImports: true,
    message: 'Only types: the classes of contracts validate on servers.',
  };
  const projects = [
    ['libs/web-ui', LIBRARIES['web-ui']],
    ...Object.entries(WEB_APPS).map(([app, allowed]) => [`apps/${app}`, allowed]),
  ];
  return projects.map(([folder, allowed]) => {
    const names = [...libraries, ...readdirSync('apps')].filter((name) => !allowed.includes(name));
    const forbidden = names.flatMap((name) => [`@hansa/${name}`, `@hansa/${name}/*`]);
    const elsewhere = {
      group: forbidden,
      message: `${folder} may import ${allowed.join(', ')} (tools/boundaries.mjs).`,
    };
    return {
      files: [`${folder}/src/**/*.{ts,tsx}`],
      ignores: ['**/*.spec.{ts,tsx}'],
      rules: {
        'no-restricted-imports': 'off',
        '@typescript-eslint/no-restricted-imports': ['error', { patterns: [elsewhere, server, types] }],
      },
    };
  });
}

function libraryRules() {
  const everything = [...Object.keys(LIBRARIES), ...readdirSync('apps')];
  return Object.entries(LIBRARIES).map(([library, allowed]) => ({
    files: [`libs/${library}/src/**/*.ts`],
    ignores: ['**/*.spec.ts'],
    rules: imports(
      {
        group: everything.filter((name) => name !== library && !allowed.includes(name)).map((name) => `@hansa/${name}`),
        message: `libs/${library} may import ${allowed.join(', ') || 'no other library'} (tools/boundaries.mjs).`,
      },
      ...(['trust', 'archive'].includes(library)
        ? [{ group: IMPURE, message: `${library} is pure: no framework, database or network.` }]
        : []),
    ),
  }));
}

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '.data/**',
      '.nx/**',
      '.cache/**',
      'coverage/**',
      'conformance/vectors/**',
      'examples/plugins/*/out/**',
    ],
  },
  { files: ['**/*.tsx'], extends: [reactHooks.configs.flat['recommended']] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [js.configs.recommended, ...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname ?? process.cwd() } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Contract classes describe data on a wire: plain objects of their shape are what travels.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-syntax': ['error', ENVIRONMENT_RULE],
      'no-console': 'error',
    },
  },
  ...libraryRules(),
  ...webRules(),
  ...Object.entries(LAYERS).flatMap(([app, layers]) => featureRules(app, layers)),
  {
    // The edges of a process: where the environment is read and where people read the output.
    files: [
      'apps/*/src/{main,worker,ops}.ts',
      'apps/*/src/config/**',
      'apps/cli/src/**',
      'apps/*/test/**',
      'libs/testing/**',
      '**/*.spec.ts',
      '**/*.spec.tsx',
      '**/*.int-spec.ts',
      '**/*.e2e-spec.ts',
      'conformance/**',
      'bench/**',
      'libs/plugin-host/**',
      'libs/platform/src/database/embedded-postgres.ts',
    ],
    rules: { 'no-restricted-syntax': 'off', 'no-console': 'off' },
  },
  {
    files: [
      '**/*.spec.ts',
      '**/*.spec.tsx',
      '**/*.int-spec.ts',
      '**/*.e2e-spec.ts',
      'apps/*/test/**',
      'libs/testing/**',
    ],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);

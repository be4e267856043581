// Two jobs: catch mistakes that the compiler does not see, and hold the arrows between the rooms, each with its reason.
import tseslint from 'typescript-eslint';

/** A room may not import `patterns`; the message is what a developer reads who tries. */
const arrow = (room, forbidden, ignores = []) => ({
  files: [`${room}/**/*.ts`],
  ignores,
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: forbidden.map(([group, message]) => ({ group: [].concat(group), message })) },
    ],
  },
});

const noTests = ['**/tests/**', 'Nothing imports tests: they may be thrown away without the product noticing.'];
const noNode = ['node:*', 'This room runs in browsers too: let a port bring what Node has.'];

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      '.build/',
      'coverage/',
      'wire/generated/',
      'webui/i18n/generated/',
      'data/',
      'vitest*.config.ts',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
  },
  {
    files: ['**/*.ts'],
    rules: {
      complexity: ['error', 15],
      'max-lines': ['error', { max: 450, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'No barrels: say which names a file gives.' },
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only: one name for a thing everywhere.' },
      ],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-process-exit': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Ports and stores are async because a browser's are; an implementation that needs no await is no mistake.
      '@typescript-eslint/require-await': 'off',
    },
  },
  arrow('wire', [
    noTests,
    noNode,
    [
      ['**/client/**', '**/server/**', '**/config/**', '**/cli/**', '**/e2ee/**'],
      'wire is the contract: it imports nothing of ours.',
    ],
  ]),
  arrow('e2ee', [
    noTests,
    noNode,
    [
      ['**/wire/**', '**/client/**', '**/server/**', '**/config/**', '**/cli/**', '@signalapp/*'],
      'e2ee is the Signal protocol and nothing else: @noble/* and the protobuf runtime are all it needs.',
    ],
  ]),
  arrow('client', [
    noTests,
    noNode,
    [
      ['**/server/**', '**/config/**', '**/cli/**', '**/e2ee/**'],
      'client knows the contract (wire) only; the Signal library is injected.',
    ],
    [['ws', 'fastify', '@redis/*', 'pino'], 'client runs in browsers too: let a port bring it.'],
  ]),
  arrow('config', [
    noTests,
    [
      ['**/client/**', '**/server/**', '**/cli/**', '**/wire/**', '**/e2ee/**'],
      'config knows options, not who uses them.',
    ],
  ]),
  arrow(
    'server',
    [
      noTests,
      [
        // The client half of TURN is no client of the chat: the doctor tests the relay with it.
        ['**/client/**', '!**/turn/client/**', '**/cli/**', '**/e2ee/**'],
        'The server never sees plaintext, so it never holds the code that makes it.',
      ],
      ['@redis/*', 'Only server/storage knows Redis.'],
    ],
    ['server/storage/**', 'server/turn/**'],
  ),
  arrow('server/turn', [
    noTests,
    [
      [
        '**/client/transport/**',
        '**/cli/**',
        '**/e2ee/**',
        '**/wire/**',
        '**/config/**',
        '../../*',
        '../../{accounts,devices,http,invites,keys,limits,messages,observability,relay,storage}/**',
      ],
      'turn is a library of its own: it gets sockets, addresses and callbacks, and knows nothing of chats.',
    ],
    [['ws', 'fastify', '@redis/*', 'pino', '@signalapp/*'], 'turn needs nothing but Node.'],
  ]),
  arrow('server/storage', [
    noTests,
    [
      ['**/client/**', '**/cli/**', '**/e2ee/**'],
      'The server never sees plaintext, so it never holds the code that makes it.',
    ],
    [
      ['**/http/**', '**/relay/**', '../app.ts'],
      'Storage stands below the transports: they call it, it calls back through arguments.',
    ],
  ]),
  arrow('cli', [noTests, [['**/webui/**'], 'The program serves the built web app; it does not import it.']]),
  arrow('webui', [
    noTests,
    noNode,
    [
      ['**/server/**', '**/config/**', '**/cli/**'],
      'The web app talks to the server only through client/ and the contract (wire).',
    ],
  ]),
  arrow('webui/{app,components,platform,state,views}', [
    noTests,
    noNode,
    [['**/server/**', '**/config/**', '**/cli/**'], 'The web app talks to the server only through client/.'],
    [['**/e2ee/**'], 'Only the worker (webui/engine) encrypts: the page loads without the engine.'],
  ]),
  arrow('webui/components', [
    noTests,
    noNode,
    [
      ['**/state/**', '**/views/**', '**/app/**', '**/engine/**', '**/client/**', '**/e2ee/**', '**/server/**'],
      'Components know no state: they take properties and give events; views bind the two.',
    ],
  ]),
  {
    files: ['tests/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // Our engine's classes stand in for libsignal's by their shape, and its for ours: that is what these tests are about.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  { files: ['cli/**/*.ts', 'scripts/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['scripts/bench/**/*.ts'],
    rules: {
      // The generator must cost less than what it measures: indexes that are known to be in range are not checked again.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // One object is all the Signal stores; only their methods count.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
);

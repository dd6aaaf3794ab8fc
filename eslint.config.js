import js from '@eslint/js';
import ts from 'typescript-eslint';

/** Architecture as lint: what a folder of src may import from its siblings. A folder always may import from itself. */
const mayImport = {
  files: [],
  engine: [],
  admission: ['engine'],
  manifest: ['engine'],
  knowledge: ['engine'],
  policies: ['engine', 'files'],
  audit: ['engine'],
  store: ['audit', 'engine'],
  certificates: [],
  page: ['audit', 'engine', 'store', 'policies'],
  kube: ['engine'],
  results: ['audit', 'engine', 'kube', 'store'],
  events: ['audit', 'engine', 'kube'],
  server: ['engine', 'admission', 'audit', 'store', 'files', 'kube', 'policies', 'results', 'events'],
  cli: [
    'engine',
    'admission',
    'audit',
    'store',
    'files',
    'kube',
    'policies',
    'manifest',
    'knowledge',
    'server',
    'page',
    'results',
    'events',
    'certificates',
  ],
};

const folders = Object.keys(mayImport);

const directions = folders.map((folder) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `/(?:${folders.filter((other) => other !== folder && !mayImport[folder].includes(other)).join('|')})/`,
            message: `src/${folder} may import only from: ${['itself', ...mayImport[folder]].join(', ')}.`,
          },
          ...(folder === 'kube' ? [] : [{ regex: '^@kubernetes/', message: 'Only src/kube talks to the cluster.' }]),
        ],
      },
    ],
  },
}));

/** The engine and the wire form are pure: nothing from Node, no clock, no randomness, no console. */
const pure = {
  files: ['src/engine/**/*.ts', 'src/admission/**/*.ts'],
  rules: {
    'no-console': 'error',
    'no-restricted-globals': ['error', 'process', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'fetch'],
    'no-restricted-properties': ['error', { object: 'Math', property: 'random' }, { object: 'Date', property: 'now' }],
    'no-restricted-syntax': [
      'error',
      { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'The engine has no clock.' },
      { selector: 'ImportDeclaration[source.value=/^node:/]', message: 'Pure code imports nothing from Node.' },
    ],
  },
};

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js', '*.mjs', 'test/*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Sees winston's transports as other classes than the ones its own types name.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 150, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 40, skipComments: true }],
      complexity: ['error', 10],
    },
  },
  ...directions,
  pure,
  { files: ['*.js', '*.mjs', 'test/*.mjs'], ...ts.configs.disableTypeChecked },
);

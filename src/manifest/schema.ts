import {
  Scalar,
  type DocumentOptions,
  type ParsedNode,
  type ParseOptions,
  type ScalarTag,
  type SchemaOptions,
} from 'yaml';

// A manifest means what the API server's reader makes of it: kubectl goes through sigs.k8s.io/yaml, whose fork of
// go-yaml v2 is neither YAML 1.1 nor 1.2 (goyaml.v2/resolve.go). Run with v1.6.0: `privileged: yes`, `y`, `on` are true,
// `defaultMode: 0644` is 420, `1_000` is 1000; but `22:22` and `2001-01-01` stay strings, which YAML 1.1 would not.

const boolean: ScalarTag = {
  identify: (value) => typeof value === 'boolean',
  default: true,
  tag: 'tag:yaml.org,2002:bool',
  test: /^(?:y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE|n|N|no|No|NO|off|Off|OFF|false|False|FALSE)$/,
  resolve: (source) => /^(?:y|on|t)/i.test(source),
};

const nothing: ScalarTag = {
  identify: (value) => value == null,
  default: true,
  tag: 'tag:yaml.org,2002:null',
  test: /^(?:~|null|Null|NULL)?$/,
  createNode: () => new Scalar(null),
  resolve: () => null,
  stringify: () => 'null',
};

const integer: ScalarTag = {
  identify: (value) => Number.isInteger(value),
  default: true,
  tag: 'tag:yaml.org,2002:int',
  test: /^[-+]?(?:0[bB][01_]+|0[xX][\da-fA-F_]+|0[oO]?[0-7_]+|0|[1-9][\d_]*)$/,
  resolve: (source) => {
    const digits = source.replace(/[-+_]/g, '');
    const size = /^0\d/.test(digits) ? parseInt(digits, 8) : Number(digits);
    return source.startsWith('-') ? -size : size;
  },
};

const float: ScalarTag = {
  identify: (value) => typeof value === 'number',
  default: true,
  tag: 'tag:yaml.org,2002:float',
  test: /^[-+]?(?:\.\d+|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?\d+)?$/,
  resolve: (source) => Number(source.replace(/_/g, '')),
};

/** What YAML means in a manifest: the same values that kubectl would send; only keys such as `on` or `1` stay strings. */
export const kubernetesYaml = {
  schema: 'failsafe',
  customTags: [nothing, boolean, integer, float],
  resolveKnownTags: false,
  merge: true,
  // Whoever takes the values sees which are given twice: here each key would be compared with every other.
  uniqueKeys: false,
  stringKeys: true,
  keepSourceTokens: true,
  prettyErrors: false,
} satisfies ParseOptions & DocumentOptions & SchemaOptions;

/** The text of a map's key. With `stringKeys` every key that parsed is a scalar; anything else is an error of the document. */
export function keyOf(key: ParsedNode): string {
  return key instanceof Scalar ? String(key.value) : '';
}

/** Whether this key is an unquoted `<<`, which takes in the keys of another map. */
export function isMergeKey(key: ParsedNode): boolean {
  return key instanceof Scalar && key.type === Scalar.PLAIN && key.value === '<<';
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CAPABILITIES, isCapability } from '../../src/engine/capabilities.ts';
import { withLevel } from '../../src/engine/levels.ts';
import { heldEverywhere, isDefaultButNotOnCrio } from '../../src/engine/runtimes.ts';
import {
  CAPABILITY_FACTS,
  defaultsOf,
  defaultWords,
  factsOn,
  GENERAL_SOURCES,
  podSecurityWords,
  sourcesOf,
} from '../../src/knowledge/capabilities.ts';
import { capabilitiesPage } from '../../src/knowledge/capabilities-page.ts';
import { DEFAULTS } from '../runtimes.ts';

const byNumber = (names: Iterable<string>): string[] => {
  const wanted = new Set(names);
  return CAPABILITIES.filter((name) => wanted.has(name));
};

describe('the data about capabilities says what the engine goes by', () => {
  test('the same names under the same numbers', () => {
    expect(CAPABILITY_FACTS.map(({ name, number }) => [name, number])).toEqual(
      CAPABILITIES.map((name, number) => [name, number]),
    );
  });

  test('the defaults of the runtimes', () => {
    const everywhere = heldEverywhere({ add: [], drop: [] });
    expect(defaultsOf('cri-o')).toEqual(CAPABILITIES.filter(everywhere));
    for (const runtime of ['containerd', 'docker'] as const)
      expect(defaultsOf(runtime)).toEqual(
        CAPABILITIES.filter((name) => everywhere(name) || isDefaultButNotOnCrio(name)),
      );
  });

  test('the defaults of the models that the runtimes were read into', () => {
    expect(defaultsOf('containerd')).toEqual(byNumber(DEFAULTS.containerd));
    expect(defaultsOf('docker')).toEqual(byNumber(DEFAULTS.moby));
    expect(defaultsOf('cri-o')).toEqual(byNumber(DEFAULTS['CRI-O']));
  });

  test.each(['baseline', 'restricted'] as const)('what a pod may add under %s', (level) => {
    const allowed = withLevel({ level } as Parameters<typeof withLevel>[0]).capabilities?.allowedAdd ?? [];
    const said = CAPABILITY_FACTS.filter(({ podSecurity }) => podSecurity.includes(level));
    expect(said.map(({ name }) => name)).toEqual(byNumber(allowed));
    expect(said.length).toBeGreaterThan(0);
  });
});

// Names in capitals that are constants of other kinds.
const OTHER_NAMES = new Set(['RLIMIT_MEMLOCK', 'SO_MARK']);

describe.each(CAPABILITY_FACTS.map((facts) => [facts.name, facts] as const))('the texts about %s', (_, facts) => {
  const { summary, allows, abuse, neededBy, instead } = facts;
  const texts = [summary, allows, abuse, ...neededBy, instead];

  test('are plain ASCII on one line, without stray spaces', () => {
    for (const text of texts) expect(text).toMatch(/^[!-~]+(?: [!-~]+)*$/);
  });

  test('are sentences, but for the summary and what needs it', () => {
    for (const text of [allows, abuse, instead]) expect(text).toMatch(/^[A-Z].*\.$/);
    expect(summary.length).toBeLessThanOrEqual(28);
    expect(neededBy.length).toBeGreaterThan(0);
  });

  test('name no capability that does not exist', () => {
    const names = texts.flatMap((text) => text.match(/\b[A-Z]+_[A-Z_]+\b/g) ?? []);
    expect(names.filter((name) => !isCapability(name) && !OTHER_NAMES.has(name))).toEqual([]);
  });

  test('have sources, each once and over https, of which the defaults are some only where there are any', () => {
    const sources = sourcesOf(facts);
    expect(new Set(sources).size).toBe(sources.length);
    for (const source of sources) expect(URL.parse(source)).toMatchObject({ protocol: 'https:', username: '' });
    expect(facts.sources.length).toBeGreaterThan(0);
    expect(sources.includes(GENERAL_SOURCES.crio)).toBe(facts.defaultIn.length > 0);
  });
});

test('no text about one capability is that about another', () => {
  const texts = CAPABILITY_FACTS.map(({ allows }) => allows);
  expect(new Set(texts).size).toBe(texts.length);
});

test.each(['NET_RAW', 'net_raw', 'CAP_NET_RAW', 'Cap_Net_Raw'])('%s is found', (spelling) => {
  expect(factsOn(spelling)?.number).toBe(13);
});

test.each(['', 'ALL', 'CAP_', 'NET_RWA', 'CAP_CAP_NET_RAW', 'constructor'])('%j is no capability', (spelling) => {
  expect(factsOn(spelling)).toBeUndefined();
});

test.each([
  ['CHOWN', 'on containerd, Docker and CRI-O', 'baseline lets a pod add it, restricted does not'],
  ['NET_BIND_SERVICE', 'on containerd, Docker and CRI-O', 'baseline and restricted let a pod add it'],
  ['NET_RAW', 'on containerd and Docker, not on CRI-O', 'neither baseline nor restricted lets a pod add it'],
  ['SYS_ADMIN', 'on no runtime', 'neither baseline nor restricted lets a pod add it'],
])('%s in words', (name, byDefault, podSecurity) => {
  const facts = factsOn(name)!;
  expect([defaultWords(facts), podSecurityWords(facts)]).toEqual([byDefault, podSecurity]);
});

describe('docs/capabilities.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/capabilities.md'), 'utf8');

  test('is what the data gives: dropcap capabilities -o markdown', () => {
    expect(page).toBe(capabilitiesPage(CAPABILITY_FACTS));
  });

  test('has a section for each capability, which the table links to', () => {
    const sections = [...page.matchAll(/^## ([A-Z_]+)$/gm)].map(([, name]) => name!);
    expect(sections).toEqual([...CAPABILITIES]);
    for (const name of CAPABILITIES) expect(page).toContain(`[${name}](#${name.toLowerCase()})`);
  });
});

/** The documentation page about capabilities, made from their data. */
import { defaultWords, GENERAL_SOURCES, podSecurityWords, type CapabilityFacts } from './capabilities.ts';
import { setOfNames } from './capabilities-mask.ts';

const INTRODUCTION = `# Linux capabilities

<!-- Made from src/knowledge/capabilities.json: dropcap capabilities -o markdown > docs/capabilities.md -->

Root's rights come in pieces, the capabilities. A container that asks for nothing gets fourteen of them from containerd and
Docker, nine from CRI-O; \`drop: [ALL]\` takes them away, and \`add\` gives single ones. In a manifest they are spelt without
\`CAP_\`. \`dropcap capabilities NAME\` says the same as this page.

A pod may add what its Pod Security level allows: under \`baseline\` the fourteen without NET_RAW, under \`restricted\`
NET_BIND_SERVICE alone. What a pod adds reaches processes that are root; one of another user gets it only from a program that is
marked with it (\`setcap\`).
`;

const linkName = (link: string): string => {
  const manual = /\/man\d\/([^/]+)\.(\d\w*)\.html$/.exec(link);
  return manual ? `[${manual[1]!}(${manual[2]!})](${link})` : `<${link}>`;
};

// Words in angle brackets would be read as HTML, and lone asterisks and underscores as emphasis; names of capabilities are safe.
const escaped = (text: string): string => text.replaceAll(/[<>*|[\]]/g, String.raw`\$&`);

function row(facts: CapabilityFacts): string {
  const { name, number, summary, defaultIn, podSecurity } = facts;
  const byDefault = defaultIn.length === 0 ? '' : defaultIn.includes('cri-o') ? 'yes' : 'not on CRI-O';
  const link = `[${name}](#${name.toLowerCase()})`;
  return `| ${number} | ${link} | ${byDefault} | ${podSecurity.at(-1) ?? ''} | ${escaped(summary)} |`;
}

function section(facts: CapabilityFacts): string {
  const { name, number, since, allows, abuse, neededBy, instead, sources } = facts;
  return `## ${name}

Number ${number}, mask \`${setOfNames([name]).mask}\`, since Linux ${since}. Given by default ${defaultWords(facts)}; ${podSecurityWords(facts)}.

${escaped(allows)}

- **Abuse**: ${escaped(abuse)}
- **Needed by**: ${escaped(neededBy.join('; '))}.
- **Instead**: ${escaped(instead)}

${sources.map(linkName).join(', ')}
`;
}

/** A page in Markdown about some capabilities: a table, then a section for each. */
export function capabilitiesPage(capabilities: readonly CapabilityFacts[]): string {
  const table = [
    '| number | capability | given by default | strictest level that lets a pod add it | what it allows |',
    '|---|---|---|---|---|',
    ...capabilities.map(row),
  ].join('\n');
  const sources = `## Sources\n\n${Object.values(GENERAL_SOURCES)
    .map((link) => `- ${linkName(link)}`)
    .join('\n')}\n`;
  return [INTRODUCTION, `${table}\n`, ...capabilities.map(section), sources].join('\n');
}

/** Which of the measured ways of starting a container's programs is its own. */
import { parseImage } from '../engine/image.ts';
import type { Program, Start } from './breakage.ts';
import { programsNamed, programsOfImage } from './breakage-lookup.ts';
import { isEntrypoint, type Called } from './forecast-commands.ts';
import type { Facts } from './forecast-facts.ts';
import { showsIn } from './forecast-sign.ts';

/** A program of the table, and how it is started here. */
export interface Started {
  readonly program: Program;
  readonly start: Start;
  readonly call: Called;
  /** Is it known by the image alone? */
  readonly byImage: boolean;
  /** Is it only like the program that was measured? */
  readonly alike: boolean;
}

/** Programs that were not measured, and do the same as one that was. */
const ALIKE: Readonly<Record<string, string>> = {
  's6-setuidgid': 'gosu',
  setuidgid: 'gosu',
  chpst: 'gosu',
  addgroup: 'useradd',
  usermod: 'useradd',
  groupmod: 'useradd',
};
const SMALL = /(?:^|\/)(?:alpine|busybox)$/;

const isSmall = ({ launch: { image } }: Facts): boolean => SMALL.test(parseImage(image)?.repository ?? '');

/** Programs of this name, those first that the image or busybox before the name speaks for. */
function named(name: string, { behind }: Called, facts: Facts): readonly Program[] {
  const ofImage = programsOfImage(facts.launch.image);
  const small = behind.includes('busybox') || isSmall(facts);
  const rank = (program: Program): number =>
    small && program.name.startsWith('busybox') ? 0 : !small && ofImage.includes(program) ? 1 : 2;
  return isEntrypoint(name) ? [] : programsNamed(name).toSorted((a, b) => rank(a) - rank(b));
}

/** Ways of starting for this user, those for root first where the image decides. */
function forUser(starts: readonly Start[], { becameUser }: Called, { user }: Facts): readonly Start[] {
  const role = becameUser ? 'user' : user;
  const mine = (who: Start['user']): readonly Start[] => starts.filter((one) => one.user === who || one.user === 'any');
  if (role !== 'unknown') return mine(role);
  return mine('root').length > 0 ? mine('root') : mine('user');
}

const isSpecial = ({ sign }: Start): boolean => sign?.with !== undefined || sign?.behind === true;

/** Of the ways that fit, the one that its image's entrypoint takes, or else the one with most signs, or else the usual one. */
function startOf(program: Program, call: Called, facts: Facts, byImage: boolean): Start | undefined {
  const starts = forUser(program.starts, call, facts);
  const fits = starts.filter(({ sign = {} }) => (byImage && sign.image === true) || showsIn(call, sign));
  const ofEntrypoint = byImage ? starts.find(({ sign }) => sign?.entrypoint) : undefined;
  return ofEntrypoint ?? fits.findLast(isSpecial) ?? fits[0];
}

function calledPrograms(call: Called, facts: Facts): readonly Started[] {
  const alike = Object.hasOwn(ALIKE, call.name);
  const ofImage = facts.imageFirst ? programsOfImage(facts.launch.image) : [];
  const known = named(alike ? ALIKE[call.name]! : call.name, call, facts).flatMap((program) => {
    const start = startOf(program, call, facts, ofImage.includes(program));
    return start ? [{ program, start, call, byImage: false, alike }] : [];
  });
  // Of a small image the name is busybox's own, however it is started.
  const own = known[0]?.program.name.startsWith('busybox') ? known[0] : undefined;
  const best = own ?? known.find(({ start }) => isSpecial(start)) ?? known[0];
  return best ? [best] : [];
}

/** What the image starts by itself: only servers, since the others are there for other programs. */
function imagePrograms({ launch, calls, imageFirst, user }: Facts, facts: Facts): readonly Started[] {
  const scriptOnly = calls.length > 0 && calls.every(({ name }) => isEntrypoint(name));
  if (!imageFirst || (calls.length > 0 && !scriptOnly) || launch.image === '') return [];
  return programsOfImage(launch.image)
    .filter(({ server }) => server)
    .flatMap((program) => {
      const name = program.commands[0]!;
      const call = { name, words: [name, ...launch.args], behind: [], becameUser: false, guarded: false };
      const start = startOf(program, call, facts, true);
      return start && !(user === 'unknown' && start.breaks === 'before')
        ? [{ program, start, call, byImage: true, alike: false }]
        : [];
    });
}

/** The programs of the table that a container starts, each in the way that fits it best. */
export const startedPrograms = (facts: Facts): readonly Started[] => [
  ...imagePrograms(facts, facts),
  ...facts.calls.flatMap((call) => calledPrograms(call, facts)),
];

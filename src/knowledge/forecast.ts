/** What is likely to break in a container when it is hardened, as far as its manifest tells. */
import type { Sureness } from './breakage.ts';
import { factsOf } from './forecast-facts.ts';
import { hazardOf, type Hazard } from './forecast-hazards.ts';
import { otherHazards } from './forecast-rules.ts';
import { startedPrograms } from './forecast-starts.ts';
import type { Forecast, Holding, Launch, Risk } from './forecast-terms.ts';
import { unknownOf } from './forecast-unknown.ts';

const SUREST_FIRST: readonly Sureness[] = ['sure', 'likely', 'possible'];

const worksWith = ({ needs, escalation }: Hazard, { capabilities, mayEscalate }: Holding): boolean =>
  needs.every((name) => capabilities.has(name)) && (mayEscalate || !escalation);

/** What hardening takes of what it asks for; undefined where it takes nothing, or it did not work before. */
function riskOf(hazard: Hazard, { before, after }: Launch): Risk | undefined {
  const { asksToo, ...risk } = hazard;
  const asked = [...new Set([...risk.needs, ...asksToo.filter((name) => before.capabilities.has(name))])].sort();
  const taken = asked.filter((name) => !after.capabilities.has(name));
  if (!worksWith(hazard, before) || (worksWith(hazard, after) && taken.length === 0)) return undefined;
  return { ...risk, needs: taken };
}

const isTaken = ({ before, after }: Launch): boolean =>
  (before.mayEscalate && !after.mayEscalate) || [...before.capabilities].some((name) => !after.capabilities.has(name));

const keyOf = ({ title, needs }: Hazard): string => `${title} ${needs.join(' ')}`;

/** Foretells what hardening breaks in one container, from what its manifest says. It reads nothing else. */
export function forecast(launch: Launch): Forecast {
  if (!isTaken(launch)) return { risks: [], unknown: [] };
  const facts = factsOf(launch);
  const started = startedPrograms(facts);
  const known = started.flatMap((one) => hazardOf(one, facts));
  const hazards = [...known, ...otherHazards(facts, known)].sort(
    (a, b) => SUREST_FIRST.indexOf(a.sure) - SUREST_FIRST.indexOf(b.sure),
  );
  const once = [...new Map(hazards.toReversed().map((one) => [keyOf(one), one])).values()].reverse();
  const risks = once.map((hazard) => riskOf(hazard, launch)).filter((risk) => risk !== undefined);
  const brokenBefore = once.filter((hazard) => !worksWith(hazard, launch.before));
  return { risks, unknown: unknownOf(facts, started, brokenBefore) };
}

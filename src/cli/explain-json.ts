/** What `dropcap explain` says, as JSON. */
import type { Explained } from './explain-container.ts';

/** The whole document. */
export interface Explanation {
  /** In the order of reading. */
  readonly containers: readonly Explained[];
  /** A line for each thing that could not be read or decided about. */
  readonly errors: readonly string[];
}

/** An `Explanation`, indented by two. */
export const asJson = (explanation: Explanation): string => `${JSON.stringify(explanation, null, 2)}\n`;

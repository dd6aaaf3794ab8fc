/** Records waiting, written and lost so far, on their way to one place. */
export interface TrailCounts {
  readonly backlog: number;
  readonly written: number;
  readonly lost: number;
}

/** Labels or annotations of a Kubernetes object. */
export type Labels = Readonly<Record<string, string>>;

/** One requirement of a label selector, as in `matchExpressions`. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[] | undefined;
}

/** A Kubernetes label selector: both parts must hold, and an empty selector covers everything. */
export interface LabelSelector {
  readonly matchLabels?: Labels | undefined;
  readonly matchExpressions?: readonly Requirement[] | undefined;
}

/** A selector as a flat list of requirements. */
export const requirementsOf = (selector: LabelSelector): Requirement[] => [
  ...Object.entries(selector.matchLabels ?? {}).map(([key, value]): Requirement => ({
    key,
    operator: 'In',
    values: [value],
  })),
  ...(selector.matchExpressions ?? []),
];

/** Does an object with these labels meet the requirement? As in the API server, `NotIn` also covers a missing label. */
export function meets(labels: Labels, { key, operator, values = [] }: Requirement): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

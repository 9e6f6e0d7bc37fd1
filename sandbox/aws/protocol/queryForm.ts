/** The parameters of a call of the query protocols: lists are numbered from 1, members are joined by dots. */
export type QueryForm = ReadonlyMap<string, string>;

/** Reads the body of a call to EC2, Auto Scaling, IAM or STS. */
export function readQueryForm(body: Buffer | string): Map<string, string> {
  return new Map(new URLSearchParams(body.toString()));
}

/** Whether an action only looks, by its name. */
export function isReading(action: string): boolean {
  return /^(Describe|Get|List|Search)/.test(action);
}

/** The body for a form. */
export function writeQueryForm(form: QueryForm): string {
  return new URLSearchParams([...form]).toString();
}

/** The values of a list: `InstanceId.1`, `InstanceId.2`; Auto Scaling's lists have `member.` in between. */
export function listOf(form: QueryForm, name: string): string[] {
  return numbers(form, name).flatMap((number) => form.get(`${name}.${number}`) ?? []);
}

/** The members of each structure in a list: `Tag.1.Key`, `Tag.1.Value`. */
export function structuresOf(form: QueryForm, name: string): ReadonlyMap<string, string>[] {
  return numbers(form, name).map((number) => membersOf(form, `${name}.${number}`));
}

/** The members of one structure, named without what leads to it. */
export function membersOf(form: QueryForm, name: string): ReadonlyMap<string, string> {
  const members = [...form].filter(([key]) => key.startsWith(`${name}.`));
  return new Map(members.map(([key, value]) => [key.slice(name.length + 1), value]));
}

/** Whether anything is given for a name. */
export function isGiven(form: QueryForm, name: string): boolean {
  return [...form.keys()].some((key) => key === name || key.startsWith(`${name}.`));
}

/** A number, if it is given. */
export function numberOf(form: QueryForm, name: string): number | undefined {
  const value = form.get(name);
  return value === undefined ? undefined : Number(value);
}

function numbers(form: QueryForm, name: string): number[] {
  const found = new Set<number>();
  for (const key of form.keys()) {
    if (!key.startsWith(`${name}.`)) continue;
    const number = /^\d+/.exec(key.slice(name.length + 1))?.[0];
    if (number !== undefined) found.add(Number(number));
  }
  return [...found].sort((left, right) => left - right);
}

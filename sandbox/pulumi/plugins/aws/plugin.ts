import { autoName } from "../protocol/autoName";
import {
  HalfMade,
  type Act,
  type Checked,
  type Difference,
  type Failure,
  type Live,
  type Naming,
  type Plugin,
  type Subject,
} from "../protocol/plugin";
import { containsUnknown, equal } from "../../engine/propertyValues";
import { without, type Properties } from "../protocol/values";
import { changesBetween } from "../schema/compare";
import {
  importedInputs,
  plannedState,
  plannedUpdate,
  refreshedInputs,
  stateOf,
  withoutOwn,
} from "../schema/state";
import { problemsOf, withDefaults } from "../schema/validate";
import { Regions, type Aws } from "./aws";
import { configurationFrom, configurationProblems, defaultTagsOf, normalized } from "./configuration";
import type { AwsFunction } from "./awsFunction";
import { profileOf } from "./profile";
import { optionalText, type ResourceKind } from "./resourceKind";
import { withAllTags } from "./tags";

/** Names of inputs that the stand-in chose itself: another resource in its place may have another name. */
const DEFAULTED = "__defaults";

/** The stand-in for the aws plugin: its resources and functions are those of the tables that it is given. */
export class AwsPlugin implements Plugin {
  readonly name = "aws";
  private regions: Regions | undefined;
  private configured: Properties = {};

  constructor(
    readonly version: string,
    private readonly kinds: readonly ResourceKind[],
    private readonly functions: readonly AwsFunction[],
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  checkConfig(inputs: Properties): Checked {
    const own = normalized(inputs, this.env);
    return { inputs: own, failures: configurationProblems(own) };
  }

  /** Another region is another place: what is in it would have to be made anew, and the engine asks each resource. */
  diffConfig(olds: Properties, news: Properties): Difference {
    const was = normalized(olds, this.env);
    const is = normalized(news, this.env);
    const keys = new Set([...Object.keys(was), ...Object.keys(is)]);
    const changed = [...keys].filter((key) => !equal(was[key], is[key]));
    return { changes: new Map(changed.map((key) => [key, "update"])) };
  }

  async configure(inputs: Properties): Promise<void> {
    this.configured = normalized(inputs, this.env);
    // In a preview it may depend on what is not there yet; then nothing is asked of it either.
    if (containsUnknown(this.configured)) return;
    const profile = await profileOf(this.configured, this.env);
    this.regions = new Regions(configurationFrom(this.configured, this.env, profile));
  }

  check(subject: Subject, olds: Properties | undefined, news: Properties, naming: Naming): Promise<Checked> {
    const kind = this.kindOf(subject.type);
    const own = withDefaults(kind.schema, withoutOwn(news));
    const region = this.configured["region"];
    if (own["region"] === undefined && region !== undefined) own["region"] = region;
    // No argument of the SDK, but filled in here: it comes back when checked inputs are checked again.
    const given = without(own, "tagsAll");
    const failures: Failure[] = [
      ...problemsOf(kind.type, kind.schema, given),
      ...(kind.problems?.(given) ?? []),
    ];
    const inputs = "tagsAll" in kind.schema ? withAllTags(given, defaultTagsOf(this.configured)) : given;
    return Promise.resolve(named(kind, subject, olds, inputs, naming, failures));
  }

  diff(subject: Subject, state: Properties, _oldInputs: Properties, news: Properties): Promise<Difference> {
    const kind = this.kindOf(subject.type);
    return Promise.resolve({
      changes: changesBetween(kind.schema, state, withoutOwn(news)),
      deleteBeforeReplace: kind.deleteBeforeReplace === true || keepsName(kind, state, news),
    });
  }

  previewCreate(subject: Subject, inputs: Properties): Properties {
    return plannedState(this.kindOf(subject.type).schema, inputs);
  }

  previewUpdate(subject: Subject, state: Properties, inputs: Properties): Properties {
    return plannedUpdate(this.kindOf(subject.type).schema, state, inputs);
  }

  async create(subject: Subject, inputs: Properties, act: Act): Promise<Live> {
    const kind = this.kindOf(subject.type);
    const own = withoutOwn(inputs);
    const aws = this.aws(own, act);
    const id = await kind.create(own, aws);
    try {
      await kind.settle?.(id, own, aws);
      return { id, state: await this.stateThere(kind, id, own, aws) };
    } catch (error) {
      throw new HalfMade({ id, state: await this.stateLeft(kind, id, own, aws) }, asError(error));
    }
  }

  async read(
    subject: Subject,
    id: string,
    state: Properties,
    inputs: Properties | undefined,
    act: Act,
  ): Promise<(Live & { inputs: Properties }) | undefined> {
    const kind = this.kindOf(subject.type);
    const aws = this.aws(state, act);
    const importing = inputs === undefined && Object.keys(state).length === 0;
    const real = importing ? await kind.imported?.(id, aws) : undefined;
    const realId = real?.id ?? idNow({ id, state });
    const live = await kind.read(realId, aws, real?.known ?? state);
    if (live === undefined) return undefined;
    const now = stateOf(kind.schema, { ...live, region: aws.region }, state);
    return {
      id: realId,
      state: now,
      inputs:
        inputs === undefined ? importedInputs(kind.schema, now) : refreshedInputs(kind.schema, now, inputs),
    };
  }

  async update(subject: Subject, old: Live, inputs: Properties, act: Act): Promise<Properties> {
    const kind = this.kindOf(subject.type);
    const own = withoutOwn(inputs);
    const aws = this.aws(own, act);
    const before = idNow(old);
    try {
      const id = (await kind.update?.(before, old.state, own, aws)) ?? before;
      return withIdNow(old.id, id, await this.stateThere(kind, id, own, aws));
    } catch (error) {
      // What was changed until then is in the state, or the next preview would not tell what is left to do.
      const state = withIdNow(old.id, before, await this.stateLeft(kind, before, old.state, aws));
      throw new HalfMade({ id: old.id, state }, asError(error));
    }
  }

  async delete(subject: Subject, old: Live, act: Act): Promise<void> {
    await this.kindOf(subject.type).delete(idNow(old), old.state, this.aws(old.state, act));
  }

  async invoke(token: string, args: Properties, act: Act): Promise<Properties> {
    const found = this.functions.find((candidate) => candidate.token === token);
    if (found === undefined) {
      throw new Error(`${token} is not part of the sandbox's stand-in for the aws plugin`);
    }
    const [problem] = problemsOf(token, found.args, args);
    if (problem !== undefined) throw new Error(problem.reason);
    const aws = this.aws(args, act);
    return { ...(await found.call(args, aws)), ...(found.regional === false ? {} : { region: aws.region }) };
  }

  private kindOf(type: string): ResourceKind {
    const kind = this.kinds.find((candidate) => candidate.type === type);
    if (kind === undefined)
      throw new Error(`${type} is not part of the sandbox's stand-in for the aws plugin`);
    return kind;
  }

  private aws(properties: Properties, act: Act): Aws {
    if (this.regions === undefined) throw new Error("the aws provider is not configured");
    return this.regions.aws(optionalText(properties, "region"), act);
  }

  private async stateThere(kind: ResourceKind, id: string, asked: Properties, aws: Aws): Promise<Properties> {
    const live = await kind.read(id, aws, asked);
    if (live === undefined) throw new Error(`reading ${kind.type} (${id}): couldn't find resource`);
    return stateOf(kind.schema, { ...live, region: aws.region }, asked);
  }

  /** State after something went wrong: what AWS says if it says anything, else what was known. */
  private async stateLeft(kind: ResourceKind, id: string, known: Properties, aws: Aws): Promise<Properties> {
    try {
      return await this.stateThere(kind, id, known, aws);
    } catch {
      return known;
    }
  }
}

/**
 * The id that AWS knows a resource by. An update may change it, and can't tell Pulumi, for which it stays the first one
 * until the next read; so it is in the state, as the real plugin has it.
 */
function idNow({ id, state }: Live): string {
  return optionalText(state, "id") ?? id;
}

function withIdNow(first: string, now: string, state: Properties): Properties {
  return now === first ? state : { ...state, id: now };
}

/** Fills in the name of a resource that has to have one. */
function named(
  kind: ResourceKind,
  subject: Subject,
  olds: Properties | undefined,
  inputs: Properties,
  naming: Naming,
  failures: readonly Failure[],
): Checked {
  const property = kind.autoNamed;
  if (property === undefined || inputs[property] !== undefined || inputs[`${property}Prefix`] !== undefined) {
    return { inputs, failures };
  }
  if (naming.asked === "disabled") {
    const reason = `${property} has to be given: automatic names are turned off in the project`;
    return { inputs, failures: [...failures, { property, reason }] };
  }
  const before = defaultedIn(olds).includes(property) ? olds?.[property] : undefined;
  const name = before ?? naming.asked?.name ?? autoName(subject.name, naming.seed);
  return { inputs: { ...inputs, [property]: name, [DEFAULTED]: [property] }, failures };
}

function defaultedIn(inputs: Properties | undefined): unknown[] {
  const defaulted = inputs?.[DEFAULTED];
  return Array.isArray(defaulted) ? defaulted : [];
}

/** Whether another one would have the same name, which the program chose: then both can't be at once. */
function keepsName(kind: ResourceKind, state: Properties, news: Properties): boolean {
  const property = kind.autoNamed;
  if (property === undefined || defaultedIn(news).includes(property)) return false;
  return news[property] !== undefined && news[property] === state[property];
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

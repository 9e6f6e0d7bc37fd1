import {
  DescribeAutoScalingGroupsCommand,
  ResumeProcessesCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  DeleteNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  type NetworkInterface,
} from "@aws-sdk/client-ec2";
import {
  DescribeAddonCommand,
  DescribeNodegroupCommand,
  DescribeUpdateCommand,
  ResourceNotFoundException,
  UpdateAddonCommand,
  UpdateNodegroupConfigCommand,
} from "@aws-sdk/client-eks";
import { KubernetesError, type ApiObject, type Kubernetes } from "../../../automation/kubernetes";
import type { RotationHappening } from "../../../automation/rotation/events";
import type { ActingTools } from "../../../automation/rotation/outside";
import { playedLease } from "../rotation/playedLease";

/** A group of nodes: managed with an Auto Scaling group `asg-NAME`, or an Auto Scaling group alone. */
export interface PlayedGroup {
  readonly isManaged: boolean;
  min: number;
  max: number;
  desired: number;
  suspended: string[];
  readonly zones: readonly string[];
  readonly subnetIds: readonly string[];
  readonly status?: string;
}

/** What a rollback finds, and changes. */
export interface PlayedWorld {
  /** Objects of Kubernetes by their paths. */
  readonly objects: Record<string, ApiObject>;
  readonly groups: Record<string, PlayedGroup>;
  /** What the add-on vpc-cni is configured with; none without the add-on. */
  addOn?: string;
  enis: NetworkInterface[];
  readonly subnets: readonly { readonly id: string; readonly zone: string; readonly free: number }[];
}

/** The process is killed: nothing of it happens any more. */
export class Killed extends Error {}

/**
 * The outside of a rollback over such a world.
 *
 * @param killedAfter how many changes it makes until it is killed. @default it is not
 */
export function toolsOver(world: PlayedWorld, killedAfter = Infinity) {
  const events: RotationHappening[] = [];
  let changes = 0;
  const alive = () => {
    if (changes >= killedAfter) throw new Killed();
  };
  const change = () => {
    alive();
    changes += 1;
  };
  const clock = { now: () => 1_000, sleep: () => Promise.resolve() };
  const tools = {
    kubernetes: kubernetesOver(world, alive, change),
    eks: { send: answering(eksAnswer(world, alive, change)) },
    autoScaling: { send: answering(autoScalingAnswer(world, alive, change)) },
    ec2: ec2Over(world, alive, change),
    lease: playedLease(),
    clock,
    signal: new AbortController().signal,
    emit: (event: RotationHappening) => events.push(event),
  } as object as ActingTools;
  return { tools, events, changes: () => changes };
}

type Act = () => void;

interface Command {
  readonly input: object;
}

function answering(answer: (command: Command) => object): (command: Command) => Promise<object> {
  // A promise that rejects, not a call that throws.
  return (command) => Promise.resolve().then(() => answer(command));
}

function kubernetesOver({ objects }: PlayedWorld, alive: Act, change: Act): Kubernetes {
  const at = (path: string): ApiObject => {
    alive();
    const found = objects[path];
    if (found === undefined) throw new KubernetesError(`GET ${path}`, 404, "not there");
    return found;
  };
  const soon = <T>(act: () => T): Promise<T> => Promise.resolve().then(act);
  return {
    get: (path: string) => soon(() => structuredClone(at(path))),
    list: (path: string, slim: (object: ApiObject) => unknown) =>
      soon(() => {
        alive();
        const under = Object.entries(objects).filter(
          ([key]) => key.startsWith(`${path}/`) && !key.slice(path.length + 1).includes("/"),
        );
        return under.map(([, object]) => slim(structuredClone(object)));
      }),
    create: (path: string, object: ApiObject) =>
      soon(() => {
        change();
        objects[`${path}/${object.metadata.name}`] = object;
        return object;
      }),
    replace: (path: string, object: ApiObject) =>
      soon(() => {
        at(path);
        change();
        objects[path] = object;
        return object;
      }),
    patch: (path: string, patch: object) =>
      soon(() => {
        const before = at(path);
        change();
        objects[path] = merged(before, patch) as ApiObject;
        return objects[path];
      }),
    delete: (path: string) =>
      soon(() => {
        change();
        Reflect.deleteProperty(objects, path);
      }),
  } as object as Kubernetes;
}

/** A JSON merge patch. */
function merged(into: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result = { ...(into as Record<string, unknown>) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = merged(result[key], value);
  }
  return result;
}

function eksAnswer(world: PlayedWorld, alive: Act, change: Act) {
  const missing = () => new ResourceNotFoundException({ message: "not there", $metadata: {} });
  return (command: Command): object => {
    alive();
    if (command instanceof DescribeUpdateCommand) return { update: { status: "Successful" } };
    if (command instanceof DescribeAddonCommand) {
      if (world.addOn === undefined) throw missing();
      return { addon: { configurationValues: world.addOn } };
    }
    if (command instanceof UpdateAddonCommand) {
      change();
      world.addOn = command.input.configurationValues ?? "";
      return { update: { id: "1" } };
    }
    const { nodegroupName = "" } = command.input as { readonly nodegroupName?: string };
    const group = world.groups[nodegroupName];
    if (group?.isManaged !== true) throw missing();
    if (command instanceof DescribeNodegroupCommand) {
      const { min: minSize, max: maxSize, desired: desiredSize, status = "ACTIVE" } = group;
      const resources = { autoScalingGroups: [{ name: `asg-${nodegroupName}` }] };
      const scalingConfig = { minSize, maxSize, desiredSize };
      return { nodegroup: { status, scalingConfig, resources, instanceTypes: ["m5.large"] } };
    }
    if (command instanceof UpdateNodegroupConfigCommand) {
      change();
      const { minSize = group.min, desiredSize = group.desired } = command.input.scalingConfig ?? {};
      if (minSize > desiredSize) throw new Error("minSize is more than desiredSize");
      Object.assign(group, { min: minSize, desired: desiredSize });
      return { update: { id: "1" } };
    }
    throw new Error(command.constructor.name);
  };
}

function autoScalingAnswer({ groups }: PlayedWorld, alive: Act, change: Act) {
  const groupOf = (name = "") => {
    const managed = groups[name.replace(/^asg-/, "")];
    return name.startsWith("asg-") ? managed : groups[name]?.isManaged === false ? groups[name] : undefined;
  };
  return (command: Command): object => {
    alive();
    if (command instanceof DescribeAutoScalingGroupsCommand) {
      return {
        AutoScalingGroups: (command.input.AutoScalingGroupNames ?? []).flatMap((name) => {
          const group = groupOf(name);
          if (group === undefined) return [];
          return [
            {
              AutoScalingGroupName: name,
              MinSize: group.min,
              MaxSize: group.max,
              DesiredCapacity: group.desired,
              AvailabilityZones: group.zones,
              VPCZoneIdentifier: group.subnetIds.join(","),
              SuspendedProcesses: group.suspended.map((ProcessName) => ({ ProcessName })),
              Instances: [],
            },
          ];
        }),
      };
    }
    const { AutoScalingGroupName } = command.input as { readonly AutoScalingGroupName?: string };
    const group = groupOf(AutoScalingGroupName);
    if (group === undefined) throw new Error(`no group ${String(AutoScalingGroupName)}`);
    change();
    if (command instanceof SuspendProcessesCommand)
      group.suspended = [...new Set([...group.suspended, ...(command.input.ScalingProcesses ?? [])])];
    else if (command instanceof ResumeProcessesCommand)
      group.suspended = group.suspended.filter(
        (name) => command.input.ScalingProcesses?.includes(name) !== true,
      );
    else if (command instanceof UpdateAutoScalingGroupCommand) {
      const { MinSize = group.min, DesiredCapacity = group.desired } = command.input;
      Object.assign(group, { min: MinSize, desired: Math.max(MinSize, DesiredCapacity) });
    } else throw new Error(command.constructor.name);
    return {};
  };
}

/** Its paginators take nothing but a client of their own. */
function ec2Over(world: PlayedWorld, alive: Act, change: Act): EC2Client {
  const answer = (command: Command): object => {
    alive();
    if (command instanceof DescribeNetworkInterfacesCommand) {
      const [{ Values = [] } = {}] = command.input.Filters ?? [];
      return { NetworkInterfaces: world.enis.filter(({ SubnetId = "" }) => Values.includes(SubnetId)) };
    }
    if (command instanceof DeleteNetworkInterfaceCommand) {
      change();
      const { NetworkInterfaceId } = command.input;
      world.enis = world.enis.filter((eni) => eni.NetworkInterfaceId !== NetworkInterfaceId);
      return {};
    }
    if (command instanceof DescribeSubnetsCommand) {
      const [{ Values = [] } = {}] = command.input.Filters ?? [];
      const asked = world.subnets.filter(({ id }) => Values.includes(id));
      return {
        Subnets: asked.map(({ id, zone, free }) => ({
          SubnetId: id,
          AvailabilityZone: zone,
          AvailableIpAddressCount: free,
        })),
      };
    }
    // Of an Auto Scaling group without a launch template, nobody asks more.
    throw new Error(command.constructor.name);
  };
  const client = new EC2Client({ region: "us-west-2" });
  return Object.assign(client, { send: answering(answer) });
}

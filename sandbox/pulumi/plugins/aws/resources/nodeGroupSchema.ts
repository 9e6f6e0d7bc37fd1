import type { Value } from "../../protocol/values";
import type { Schema } from "../../schema/property";
import { tagsSchema } from "../tags";
import { oneOf } from "./oneOf";

const atLeast = (least: number) => (value: Value) =>
  typeof value === "number" && Number.isInteger(value) && value >= least
    ? undefined
    : `${JSON.stringify(value)} has to be a whole number from ${least}`;

const percentOrCount = (value: Value) =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 100
    ? undefined
    : `${JSON.stringify(value)} has to be a whole number from 1 to 100`;

const longest = (characters: number) => (value: Value) =>
  typeof value === "string" && value.length <= characters
    ? undefined
    : `${JSON.stringify(value)} has to have at most ${characters} characters`;

/** The properties of `aws:eks/nodeGroup:NodeGroup`. */
export const nodeGroupSchema: Schema = {
  amiType: { type: "string", computed: true, replaces: true },
  arn: { type: "string", output: true },
  capacityType: {
    type: "string",
    computed: true,
    replaces: true,
    problem: (value) => oneOf(["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"], value),
  },
  clusterName: { type: "string", required: true, replaces: true },
  diskSize: { type: "number", computed: true, replaces: true },
  forceUpdateVersion: { type: "boolean", kept: true },
  instanceTypes: { type: { list: "string" }, computed: true, replaces: true },
  labels: { type: "map" },
  launchTemplate: {
    type: {
      object: {
        id: { type: "string", computed: true, replaces: true, conflictsWith: ["name"] },
        name: { type: "string", computed: true, replaces: true },
        version: { type: "string", required: true },
      },
    },
  },
  nodeGroupName: {
    type: "string",
    computed: true,
    replaces: true,
    conflictsWith: ["nodeGroupNamePrefix"],
    problem: longest(63),
  },
  nodeGroupNamePrefix: { type: "string", computed: true, replaces: true, problem: longest(63 - 26) },
  nodeRepairConfig: { type: "map", computed: true, refused: "nodes are not repaired in the sandbox" },
  nodeRoleArn: { type: "string", required: true, replaces: true },
  region: { type: "string", computed: true, replaces: true },
  releaseVersion: { type: "string", computed: true },
  remoteAccess: { type: "map", replaces: true, refused: "there is no machine behind a node to log in to" },
  resources: { type: { list: "map" }, output: true },
  scalingConfig: {
    type: {
      object: {
        desiredSize: { type: "number", required: true, problem: atLeast(0) },
        maxSize: { type: "number", required: true, problem: atLeast(1) },
        minSize: { type: "number", required: true, problem: atLeast(0) },
      },
    },
    required: true,
  },
  status: { type: "string", output: true },
  subnetIds: { type: { set: "string" }, required: true, replaces: true },
  ...tagsSchema,
  taints: {
    type: {
      set: {
        object: {
          effect: {
            type: "string",
            required: true,
            problem: (value) => oneOf(["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"], value),
          },
          key: { type: "string", required: true, problem: longest(63) },
          value: { type: "string", problem: longest(63) },
        },
      },
    },
  },
  updateConfig: {
    type: {
      object: {
        maxUnavailable: {
          type: "number",
          conflictsWith: ["maxUnavailablePercentage"],
          problem: percentOrCount,
        },
        maxUnavailablePercentage: { type: "number", problem: percentOrCount },
        updateStrategy: { type: "string", refused: "groups are updated in the default way only" },
      },
    },
    computed: true,
  },
  version: { type: "string", computed: true },
  warmPoolConfig: { type: "map", computed: true, refused: "there are no warm pools in the sandbox" },
};

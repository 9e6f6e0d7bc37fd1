import type { Value } from "../../protocol/values";
import type { Schema } from "../../schema/property";
import { oneOf } from "./oneOf";

const unused = "groups of the sandbox launch and balance, and do nothing else";
const balancers = "there are no load balancers in the sandbox";

const atLeastZero = (value: Value) =>
  typeof value === "number" && Number.isInteger(value) && value >= 0
    ? undefined
    : `${JSON.stringify(value)} has to be a whole number from 0`;

const templateSpecification: Schema = {
  launchTemplateId: { type: "string", computed: true },
  launchTemplateName: { type: "string", computed: true },
  version: { type: "string", computed: true },
};

const override: Schema = {
  instanceRequirements: { type: "map", refused: "instances have a type here: give instanceType" },
  instanceType: { type: "string", required: true },
  launchTemplateSpecification: { type: "map", refused: "all types of a group come from one template here" },
  weightedCapacity: { type: "string", refused: "every instance counts as one here" },
};

const mixedInstancesPolicy: Schema = {
  instancesDistribution: {
    type: {
      object: {
        onDemandAllocationStrategy: { type: "string", computed: true },
        onDemandBaseCapacity: { type: "number", computed: true },
        onDemandPercentageAboveBaseCapacity: { type: "number", computed: true },
        spotAllocationStrategy: { type: "string", computed: true },
        spotInstancePools: { type: "number", computed: true, refused: unused },
        spotMaxPrice: { type: "string", refused: "nothing costs anything here" },
      },
    },
    computed: true,
  },
  launchTemplate: {
    type: {
      object: {
        launchTemplateSpecification: { type: { object: templateSpecification }, required: true },
        overrides: { type: { list: { object: override } }, computed: true },
      },
    },
    required: true,
  },
};

/** The properties of `aws:autoscaling/group:Group`. Default tags of the provider are none of a group's. */
export const groupSchema: Schema = {
  arn: { type: "string", output: true },
  availabilityZoneDistribution: { type: "map", computed: true, refused: unused },
  availabilityZones: { type: { set: "string" }, computed: true, refused: "give vpcZoneIdentifiers" },
  capacityRebalance: { type: "boolean" },
  capacityReservationSpecification: { type: "map", computed: true, refused: unused },
  context: { type: "string", refused: unused },
  defaultCooldown: { type: "number", computed: true },
  defaultInstanceWarmup: { type: "number", refused: unused },
  desiredCapacity: { type: "number", computed: true, problem: atLeastZero },
  desiredCapacityType: { type: "string", refused: unused },
  enabledMetrics: { type: { set: "string" }, refused: unused },
  forceDelete: { type: "boolean", default: false, kept: true },
  forceDeleteWarmPool: { type: "boolean", default: false, kept: true },
  healthCheckGracePeriod: { type: "number", default: 300 },
  healthCheckType: { type: "string", computed: true, problem: (value) => oneOf(["EC2"], value) },
  ignoreFailedScalingActivities: { type: "boolean", default: false, kept: true },
  initialLifecycleHooks: { type: { set: "map" }, replaces: true, refused: unused },
  instanceLifecyclePolicy: { type: "map", computed: true, refused: unused },
  instanceMaintenancePolicy: { type: "map", refused: unused },
  instanceRefresh: { type: "map", refused: "instances are replaced by podnet, not by the group" },
  launchConfiguration: { type: "string", refused: "give launchTemplate" },
  launchTemplate: {
    type: {
      object: {
        id: { type: "string", computed: true, conflictsWith: ["name"] },
        name: { type: "string", computed: true },
        version: { type: "string", computed: true },
      },
    },
    computed: true,
    conflictsWith: ["mixedInstancesPolicy"],
  },
  loadBalancers: { type: { set: "string" }, computed: true, refused: balancers },
  maxInstanceLifetime: { type: "number", refused: unused },
  maxSize: { type: "number", required: true, problem: atLeastZero },
  metricsGranularity: { type: "string", default: "1Minute", kept: true },
  minElbCapacity: { type: "number", refused: balancers },
  minSize: { type: "number", required: true, problem: atLeastZero },
  mixedInstancesPolicy: { type: { object: mixedInstancesPolicy }, computed: true },
  name: { type: "string", computed: true, replaces: true, conflictsWith: ["namePrefix"] },
  namePrefix: { type: "string", computed: true, replaces: true },
  placementGroup: { type: "string", refused: unused },
  predictedCapacity: { type: "number", output: true },
  protectFromScaleIn: { type: "boolean", default: false },
  region: { type: "string", computed: true, replaces: true },
  serviceLinkedRoleArn: {
    type: "string",
    computed: true,
    refused: "a group has the account's own role here",
  },
  suspendedProcesses: { type: { set: "string" } },
  tags: {
    type: {
      set: {
        object: {
          key: { type: "string", required: true },
          propagateAtLaunch: { type: "boolean", required: true },
          value: { type: "string", required: true },
        },
      },
    },
  },
  targetGroupArns: { type: { set: "string" }, computed: true, refused: balancers },
  terminationPolicies: { type: { list: "string" }, refused: unused },
  trafficSources: { type: { set: "map" }, computed: true, refused: balancers },
  vpcZoneIdentifiers: { type: { set: "string" }, required: true },
  waitForCapacityTimeout: { type: "string", default: "10m", kept: true },
  waitForElbCapacity: { type: "number", refused: balancers },
  warmPool: { type: "map", refused: "there are no warm pools in the sandbox" },
  warmPoolSize: { type: "number", output: true },
};

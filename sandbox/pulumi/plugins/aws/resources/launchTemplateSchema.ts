import type { Value } from "../../protocol/values";
import type { Schema } from "../../schema/property";
import { tagsSchema } from "../tags";
import { oneOf } from "./oneOf";

const unused = "instances of the sandbox are launched without it";

/** A boolean that may be left open, which Terraform writes as text. */
const nullableBoolean = {
  type: "string",
  problem: (value: Value) => oneOf(["true", "false"], value),
} as const;

const longest = (characters: number) => (value: Value) =>
  typeof value === "string" && value.length <= characters
    ? undefined
    : `${JSON.stringify(value)} has to have at most ${characters} characters`;

const blockDeviceMapping: Schema = {
  deviceName: { type: "string" },
  ebs: {
    type: {
      object: {
        deleteOnTermination: nullableBoolean,
        encrypted: nullableBoolean,
        iops: { type: "number", computed: true },
        kmsKeyId: { type: "string" },
        snapshotId: { type: "string" },
        throughput: { type: "number", computed: true },
        volumeInitializationRate: { type: "number", refused: unused },
        volumeSize: { type: "number", computed: true },
        volumeType: { type: "string", computed: true },
      },
    },
  },
  noDevice: { type: "string" },
  virtualName: { type: "string" },
};

const networkInterface: Schema = {
  associatePublicIpAddress: nullableBoolean,
  deleteOnTermination: nullableBoolean,
  description: { type: "string" },
  deviceIndex: { type: "number" },
  securityGroups: { type: { set: "string" } },
  subnetId: { type: "string" },
};

/** The inputs that make a version: another one of them needs another version. */
export const launchTemplateDataSchema: Schema = {
  blockDeviceMappings: { type: { list: { object: blockDeviceMapping } } },
  capacityReservationSpecification: { type: "map", refused: unused },
  cpuOptions: { type: "map", refused: unused },
  creditSpecification: { type: "map", refused: unused },
  description: { type: "string", problem: longest(255) },
  disableApiStop: { type: "boolean" },
  disableApiTermination: { type: "boolean" },
  ebsOptimized: nullableBoolean,
  enclaveOptions: { type: "map", refused: unused },
  hibernationOptions: { type: "map", refused: unused },
  iamInstanceProfile: {
    type: { object: { arn: { type: "string", conflictsWith: ["name"] }, name: { type: "string" } } },
  },
  imageId: { type: "string" },
  instanceInitiatedShutdownBehavior: { type: "string", refused: unused },
  instanceMarketOptions: {
    type: {
      object: {
        marketType: { type: "string", problem: (value) => oneOf(["spot"], value) },
        spotOptions: { type: "map", refused: unused },
      },
    },
  },
  instanceRequirements: { type: "map", refused: "instances have a type here: give instanceType" },
  instanceType: { type: "string" },
  kernelId: { type: "string", refused: unused },
  keyName: { type: "string" },
  licenseSpecifications: { type: { list: "map" }, refused: unused },
  maintenanceOptions: { type: "map", refused: unused },
  metadataOptions: {
    type: {
      object: {
        httpEndpoint: {
          type: "string",
          computed: true,
          problem: (value) => oneOf(["enabled", "disabled"], value),
        },
        httpProtocolIpv6: { type: "string", computed: true },
        httpPutResponseHopLimit: { type: "number", computed: true },
        httpTokens: {
          type: "string",
          computed: true,
          problem: (value) => oneOf(["optional", "required"], value),
        },
        instanceMetadataTags: { type: "string", computed: true },
      },
    },
    computed: true,
  },
  monitoring: { type: { object: { enabled: { type: "boolean" } } } },
  networkInterfaces: { type: { list: { object: networkInterface } } },
  networkPerformanceOptions: { type: "map", refused: unused },
  placement: { type: "map", refused: unused },
  privateDnsNameOptions: { type: "map", refused: unused },
  ramDiskId: { type: "string", refused: unused },
  secondaryInterfaces: { type: { list: "map" }, refused: unused },
  securityGroupNames: {
    type: { set: "string" },
    refused: "groups are those of a VPC: give vpcSecurityGroupIds",
  },
  tagSpecifications: {
    type: {
      list: {
        object: {
          resourceType: {
            type: "string",
            problem: (value) =>
              oneOf(["instance", "network-interface", "spot-instances-request", "volume"], value),
          },
          tags: { type: "map" },
        },
      },
    },
  },
  userData: { type: "string" },
  vpcSecurityGroupIds: { type: { set: "string" }, conflictsWith: ["securityGroupNames"] },
};

/** The properties of `aws:ec2/launchTemplate:LaunchTemplate`. */
export const launchTemplateSchema: Schema = {
  ...launchTemplateDataSchema,
  arn: { type: "string", output: true },
  defaultVersion: { type: "number", computed: true, conflictsWith: ["updateDefaultVersion"] },
  latestVersion: { type: "number", output: true },
  name: {
    type: "string",
    computed: true,
    replaces: true,
    conflictsWith: ["namePrefix"],
    problem: longest(128),
  },
  namePrefix: { type: "string", computed: true, replaces: true, problem: longest(128 - 26) },
  region: { type: "string", computed: true, replaces: true },
  ...tagsSchema,
  updateDefaultVersion: { type: "boolean", kept: true },
};

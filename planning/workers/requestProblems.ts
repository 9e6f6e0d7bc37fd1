import { isLabelKey, isLabelValue } from "../kubernetesNames";
import { shown, type Problem } from "../problem";
import { TAINT_EFFECTS } from "../userData/nodeSettings";
import type { WorkerRequest } from "./workerRequest";

/** Image types for which EKS chooses the image, and that run pods on Linux. */
const AMI_TYPE = /^(AL2023|BOTTLEROCKET)_[A-Za-z0-9_]+$/;
const CAPACITY_TYPES = ["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"];

/** What is wrong with a request for workers by itself, whatever the cluster has. */
export function requestProblems(request: WorkerRequest): Problem[] {
  return [
    ...imageProblems(request),
    ...kindProblems(request),
    ...sizeProblems(request),
    ...capacityProblems(request),
    ...taintProblems(request),
  ];
}

function imageProblems({ kind, amiType, hasImage, osFamily }: WorkerRequest): Problem[] {
  const problems: Problem[] = [];
  if (amiType !== undefined && !AMI_TYPE.test(amiType)) {
    problems.push({
      path: "amiType",
      reason: `${shown(amiType)} is no image type of AL2023 or Bottlerocket.`,
      fix: "Give one such as AL2023_x86_64_STANDARD or BOTTLEROCKET_ARM_64, or an image of your own: imageId and osFamily.",
    });
  }
  if (hasImage && amiType !== undefined) {
    problems.push({
      path: "amiType",
      reason: "is given beside imageId; EKS takes only one of them.",
      fix: "Leave out one of them.",
    });
  }
  if (hasImage && osFamily === undefined) {
    problems.push({
      path: "osFamily",
      reason: "is missing; how a node is told to join depends on the operating system of its image.",
      fix: "Give al2023 or bottlerocket.",
    });
  }
  if (!hasImage && osFamily !== undefined) {
    problems.push({
      path: "osFamily",
      reason: "is given without imageId.",
      fix: "Give the image as well, or amiType in place of both.",
    });
  }
  if (!hasImage && kind === "autoScaling") {
    problems.push({
      path: "imageId",
      reason: "is missing; for an Auto Scaling group nobody chooses an image.",
      fix: "Give one and osFamily; aws ssm get-parameter --name /aws/service/eks/optimized-ami/VERSION/amazon-linux-2023/x86_64/standard/recommended/image_id prints that of AL2023.",
    });
  }
  return problems;
}

function kindProblems(request: WorkerRequest): Problem[] {
  const { kind, hasNodeRole, hasInstanceProfile, instanceTypes } = request;
  const problems: Problem[] = [];
  const refuse = (path: string, reason: string, fix: string) => problems.push({ path, reason, fix });
  if (kind === "managed" && hasInstanceProfile) {
    refuse(
      "instanceProfileArn",
      "is given for a managed group, for which EKS makes one from the role.",
      "Give nodeRoleArn instead.",
    );
  }
  if (kind === "autoScaling") {
    if (!hasInstanceProfile) {
      refuse(
        "instanceProfileArn",
        "is missing; the nodes of an Auto Scaling group have no role without it.",
        "Give the ARN of an instance profile whose role the cluster admits (an access entry of type EC2_LINUX).",
      );
    }
    if (hasNodeRole) {
      refuse(
        "nodeRoleArn",
        "is given for an Auto Scaling group, whose nodes have the role of their instance profile.",
        "Give instanceProfileArn instead.",
      );
    }
  }
  if (instanceTypes?.length === 0) {
    refuse("instanceTypes", "is empty.", "Give at least one, such as m5.large.");
  }
  return problems;
}

function sizeProblems({ minSize = 0, maxSize, diskSize }: WorkerRequest): Problem[] {
  const problems: Problem[] = [];
  const check = (path: string, size: number | undefined, least: number) => {
    if (size === undefined || (Number.isSafeInteger(size) && size >= least)) return;
    problems.push({
      path,
      reason: `${size} is not a whole number from ${least} up.`,
      fix: "Give such a number.",
    });
  };
  check("minSize", minSize, 0);
  check("maxSize", maxSize, 1);
  check("diskSize", diskSize, 1);
  if (problems.length === 0 && maxSize !== undefined && minSize > maxSize) {
    problems.push({
      path: "minSize",
      reason: `${minSize} is more than maxSize ${maxSize}.`,
      fix: "Raise maxSize, or lower it.",
    });
  }
  return problems;
}

function capacityProblems({ kind, capacityType }: WorkerRequest): Problem[] {
  const possible = kind === "autoScaling" ? CAPACITY_TYPES.slice(0, 2) : CAPACITY_TYPES;
  if (capacityType === undefined || possible.includes(capacityType)) return [];
  return [
    {
      path: "capacityType",
      reason: `${shown(capacityType)} is no capacity type of this kind of group.`,
      fix: `Give one of ${possible.join(", ")}.`,
    },
  ];
}

function taintProblems({ taints = [] }: WorkerRequest): Problem[] {
  const problems: Problem[] = [];
  taints.forEach(({ key, value = "", effect }, index) => {
    const path = `taints[${index}]`;
    if (!isLabelKey(key) || !isLabelValue(value)) {
      problems.push({
        path,
        reason: `${shown(`${key}=${value}`)} is not the key and value of a taint.`,
        fix: "Write them as those of a label: letters, digits, -, _ and ., such as dedicated=data.",
      });
    }
    if (!(TAINT_EFFECTS as readonly string[]).includes(effect)) {
      problems.push({
        path,
        reason: `${shown(effect)} is not the effect of a taint.`,
        fix: `Give one of ${TAINT_EFFECTS.join(", ")}.`,
      });
    }
    const twin = taints.findIndex((other) => other.key === key && other.effect === effect);
    if (twin !== index) {
      problems.push({
        path,
        reason: `${shown(`${key}:${effect}`)} is given twice (taints[${twin}]).`,
        fix: "Give each pair of key and effect once.",
      });
    }
  });
  return problems;
}

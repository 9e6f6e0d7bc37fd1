import { parse, stringify, type TomlTable } from "smol-toml";
import { invalidParameter } from "./eksError";
import { kubernetesTaint, type NodeUserData } from "./nodeUserData";

/**
 * User data for Bottlerocket: its settings in TOML.
 *
 * @param usersOwn user data of the user's launch template, base64; its settings win.
 * @returns base64, as launch templates have it.
 * @throws AwsError for user data of the user's own that isn't TOML.
 */
export function renderBottlerocketUserData(data: NodeUserData, usersOwn?: string): string {
  const taints: Record<string, string[]> = {};
  for (const taint of data.taints) {
    const { key, value = "", effect } = kubernetesTaint(taint);
    taints[key] = [...(taints[key] ?? []), `${value}:${effect}`];
  }
  const kubernetes: TomlTable = {
    "cluster-name": data.clusterName,
    "api-server": data.server,
    "cluster-certificate": Buffer.from(data.certificateAuthority).toString("base64"),
    "cluster-dns-ip": data.clusterDns,
    "max-pods": data.maxPods,
    "node-labels": { ...data.labels },
    ...(Object.keys(taints).length === 0 ? {} : { "node-taints": taints }),
  };
  const merged = merge({ settings: { kubernetes } }, usersOwn === undefined ? {} : read(usersOwn));
  return Buffer.from(stringify(merged)).toString("base64");
}

function read(userData: string): TomlTable {
  try {
    return parse(Buffer.from(userData, "base64").toString());
  } catch {
    throw invalidParameter("User data was not in the TOML format");
  }
}

function merge(base: TomlTable, over: TomlTable): TomlTable {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isTable(below) && isTable(value) ? merge(below, value) : value;
  }
  return merged;
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

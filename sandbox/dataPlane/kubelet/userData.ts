import type { InstanceLimits } from "../limitsOfInstanceType";
import { isBottlerocket, readBottlerocketSettings } from "./bottlerocket";
import type { KubeletSettings } from "./kubeletSettings";
import { readNodeConfigs } from "./nodeConfig";

/**
 * Reads user data as the operating system that it is for does: NodeConfigs of AL2023 in parts of a MIME document or
 * alone, or the settings of Bottlerocket.
 *
 * Parts of other types, such as shell scripts, are passed over.
 *
 * @param userData decoded; empty for none.
 * @param limits of the instance's type, with which a maxPodsExpression is computed.
 * @throws Error for what would start a node and what this data plane can't read, such as an AL2 bootstrap script.
 */
export function readKubeletSettings(userData: string, limits: InstanceLimits): KubeletSettings {
  if (isBottlerocket(userData)) return readBottlerocketSettings(userData);
  return readNodeConfigs(nodeConfigs(userData), limits);
}

function nodeConfigs(userData: string): string[] {
  return parts(userData).flatMap(({ contentType, body }) => {
    if (contentType === "application/node.eks.aws") return [body];
    if (contentType !== undefined && contentType !== "text/plain") return [];
    const text = body.trim();
    if (text === "") return [];
    if (/^kind:\s*NodeConfig\s*$/m.test(text)) return [text];
    if (/^#!/.test(text) && !text.includes("/etc/eks/bootstrap.sh")) return [];
    throw new Error(
      `the sandbox's data plane reads a NodeConfig of AL2023 and settings of Bottlerocket only, and not user data that ` +
        `begins with ${JSON.stringify(text.slice(0, 60))}`,
    );
  });
}

/** The parts of a MIME multipart document; any other text is one part of no type. */
function parts(userData: string): { contentType: string | undefined; body: string }[] {
  const text = userData.replaceAll("\r\n", "\n");
  const boundary = /^content-type:\s*multipart\/mixed;[^]*?boundary="?([^"\n;]+)"?/im.exec(text)?.[1];
  if (boundary === undefined) return [{ contentType: undefined, body: text }];
  return text
    .split(`\n--${boundary}`)
    .slice(1)
    .filter((part) => !part.startsWith("--"))
    .map((part) => {
      const [head = "", ...rest] = part.replace(/^\n/, "").split("\n\n");
      const contentType = /^content-type:\s*([^;\s]+)/im.exec(head)?.[1]?.toLowerCase();
      const body = rest.join("\n\n");
      const isBase64 = /^content-transfer-encoding:\s*base64/im.test(head);
      return { contentType, body: isBase64 ? Buffer.from(body, "base64").toString() : body };
    });
}
